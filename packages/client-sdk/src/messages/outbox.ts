import { ERROR_CODES } from '@parley/contract';
import { RtmError, toRtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';
import type { Call } from '../call.ts';
import { type Conversation, conversationId, conversationKey, conversationType } from '../conversation.ts';
import { aborted, isConnectionLost, isTransient } from '../errors.ts';
import type { MessageBody, SendResult } from './send-options.ts';

/** Pause before a send is repeated that failed although the connection stands; grows with each repeat. */
const REPEAT_PAUSE_MS = 500;
const REPEAT_PAUSE_MAX_MS = 5_000;
/** How long one try waits for its answer. */
const ANSWER_TIMEOUT_MS = 10_000;

export type OutgoingMessage = {
  readonly conversation: Conversation;
  readonly mid: bigint;
  readonly mtype: number;
  readonly msg: MessageBody;
  readonly attrs: string;
};

export type OutboxOptions = {
  readonly uid: bigint;
  /** Messages that may wait at once, those on their way included. */
  readonly messagesMax: number;
  /** Waits for a session that is online, and gives its calls. Rejects when the session has ended. */
  readonly waitForCall: (signal: AbortSignal) => Promise<Call>;
  readonly onSent: (message: OutgoingMessage, mtime: number) => void;
};

type Entry = OutgoingMessage & {
  readonly stop: AbortController;
  /** Settles the promise of the sender. */
  readonly resolve: (result: SendResult) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Messages on their way. Those of a conversation go one after the other, since a server promises no order among calls
 * that run at the same time; conversations do not wait for each other. A message whose answer was lost is sent again with
 * the same `mid`, which the server recognises: it is stored once.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<string, Entry[]>();
  #size = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the message is one of this outbox whose sender still waits. */
  isBeingSent(conversation: Conversation, from: bigint, mid: bigint): boolean {
    if (from !== this.#options.uid) return false;
    return this.#lanes.get(conversationKey(conversation))?.some((entry) => entry.mid === mid) ?? false;
  }

  /**
   * Sends a message as soon as there is a session, after those of the conversation that wait already.
   *
   * @param wait.timeoutMs - 0 waits for ever.
   * @throws RtmError the refusal of the server; 20003 when the time is up and 20015 when aborted: the message may have been
   * stored all the same; 20011 when too many messages wait; the end of the session.
   */
  send(message: OutgoingMessage, wait: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<SendResult> {
    const { signal, timeoutMs } = wait;
    const { messagesMax } = this.#options;
    if (signal?.aborted) return Promise.reject(aborted(signal));
    if (this.#size >= messagesMax) {
      return Promise.reject(new RtmError(FPNN_CODES.workQueueFull, `${messagesMax} messages wait to be sent already`));
    }
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const giveUp = (error: RtmError) => {
        settle();
        reject(error);
        stop.abort(error);
        this.#removeWaiting(entry);
      };
      const onAbort = () => giveUp(aborted(signal!));
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const late = () => giveUp(new RtmError(FPNN_CODES.timeout, `the message was not sent within ${timeoutMs} ms`));
      const timer = timeoutMs > 0 ? setTimeout(late, timeoutMs) : undefined;
      signal?.addEventListener('abort', onAbort, { once: true });
      const entry: Entry = {
        ...message,
        stop,
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.#append(entry);
    });
  }

  #append(entry: Entry): void {
    const key = conversationKey(entry.conversation);
    const lane = this.#lanes.get(key);
    this.#size += 1;
    if (lane !== undefined) {
      lane.push(entry);
      return;
    }
    const started = [entry];
    this.#lanes.set(key, started);
    void this.#run(key, started);
  }

  /** The first of a lane is on its way, and ends by its own signal. */
  #removeWaiting(entry: Entry): void {
    const lane = this.#lanes.get(conversationKey(entry.conversation));
    const index = lane?.indexOf(entry) ?? -1;
    if (index < 1) return;
    lane!.splice(index, 1);
    this.#size -= 1;
  }

  async #run(key: string, lane: Entry[]): Promise<void> {
    for (let entry = lane[0]; entry !== undefined; entry = lane[0]) {
      let result: SendResult | undefined;
      try {
        result = { mid: entry.mid, mtime: await this.#deliver(entry) };
        this.#options.onSent(entry, result.mtime);
      } catch (error) {
        entry.reject(error);
      }
      lane.shift();
      this.#size -= 1;
      if (result !== undefined) entry.resolve(result);
    }
    this.#lanes.delete(key);
  }

  /** Tries until the server has answered for good or the sender gives up. */
  async #deliver(entry: Entry): Promise<number> {
    const { signal } = entry.stop;
    for (let tries = 1; ; tries += 1) {
      const call = await this.#options.waitForCall(signal);
      try {
        const { mtime } = await sendOver(call, entry, { timeoutMs: ANSWER_TIMEOUT_MS, signal });
        return mtime;
      } catch (cause) {
        if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
        const error = toRtmError(cause);
        if (signal.aborted) throw error;
        // Another service answers so to a repeat: the first try had arrived.
        if (error.code === ERROR_CODES.duplicatedMid && tries > 1) return this.#timeOf(call, entry, error);
        if (!isTransient(error)) throw error;
        if (!isConnectionLost(error)) await pause(Math.min(REPEAT_PAUSE_MS * tries, REPEAT_PAUSE_MAX_MS), signal);
      }
    }
  }

  async #timeOf(call: Call, { conversation, mid, stop }: Entry, refusal: RtmError): Promise<number> {
    const address = { from: this.#options.uid, mid, xid: conversationId(conversation) };
    try {
      const { signal } = stop;
      return (await call('getmsg', { ...address, type: conversationType(conversation) }, { signal })).mtime;
    } catch {
      // Then the refusal meant what it says.
      throw refusal;
    }
  }
}

function sendOver(call: Call, message: OutgoingMessage, options: { timeoutMs: number; signal: AbortSignal }) {
  const { conversation, mid, mtype, msg, attrs } = message;
  const content = { mid, mtype, msg, attrs };
  switch (conversation.kind) {
    case 'p2p':
      return call('sendmsg', { to: conversation.peerUid, ...content }, options);
    case 'group':
      return call('sendgroupmsg', { gid: conversation.groupId, ...content }, options);
    case 'room':
      return call('sendroommsg', { rid: conversation.roomId, ...content }, options);
    case 'broadcast':
      throw new TypeError('only back ends send broadcasts');
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
