import { type HistoryCursor, RtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';
import type { Call } from '../call.ts';
import { readHistoryPage } from '../calls/history-page.ts';
import { isConnectionLost, isTransient } from '../errors.ts';
import type { ConversationFeed } from './conversation-feed.ts';

const TRIES_MAX = 5;
const FIRST_RETRY_MS = 500;

/** A part of a conversation that was not recovered. */
export type MissedPart = {
  /** What of the conversation came last; 0 when nothing did. A walk through history goes on from there. */
  readonly after: HistoryCursor;
  /** Absent when there were simply too many messages. */
  readonly error?: RtmError;
};

/**
 * Reads what a feed missed from history, page by page from the last known message on, and hands it to the feed. The feed
 * stays held.
 *
 * @param messagesMax - Stops after about so many messages.
 * @returns undefined, or what could not be read.
 * @throws RtmError 20002 when the connection ended; the feed then knows how far it got.
 */
export async function readMissed(
  call: Call,
  uid: bigint,
  feed: ConversationFeed,
  messagesMax: number,
): Promise<MissedPart | undefined> {
  let cursor: HistoryCursor = { begin: feed.resumeFromMtime, end: 0, lastid: 0n };
  for (let count = 0; ; ) {
    try {
      const { messages, next } = await patiently(() =>
        readHistoryPage(call, { conversation: feed.conversation, uid }, cursor),
      );
      if (next === undefined) return undefined;
      if (next.lastid === cursor.lastid) {
        throw new RtmError(FPNN_CODES.invalidPackage, 'the server returned the same history cursor twice');
      }
      for (const message of messages) feed.handleStored(message);
      cursor = next;
      count += messages.length;
      if (count >= messagesMax) return { after: cursor };
    } catch (error) {
      if (!(error instanceof RtmError) || isConnectionLost(error)) throw error;
      return { after: cursor, error };
    }
  }
}

/** Repeats what may succeed later, with growing pauses. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RtmError) || isConnectionLost(error) || !isTransient(error)) throw error;
      if (tries === TRIES_MAX) throw error;
      await new Promise<void>((resolve) => setTimeout(resolve, FIRST_RETRY_MS * 2 ** (tries - 1)));
    }
  }
}
