import { FPNN_CODES } from '@parley/fpnn';
import { RtmError } from './rtm-error.ts';

/** What leads to the next page. */
export type HistoryCursor = { readonly begin: number; readonly end: number; readonly lastid: bigint };

/** A page as a walk needs it. */
export type WalkedPage<Message> = {
  /** How many messages the service returned, deleted ones included; 0 when there are no more. */
  readonly num: number;
  readonly lastCursorId: bigint;
  readonly begin: number;
  readonly end: number;
  readonly messages: readonly Message[];
};

/**
 * Reads page after page until one is empty, handing on the cursor that came with the page before.
 *
 * @throws RtmError of the calls, and 20009 when the cursor stands still although messages came.
 */
export async function* walkPages<Message>(
  start: { readonly begin: number; readonly end: number },
  readPage: (cursor: HistoryCursor) => Promise<WalkedPage<Message>>,
): AsyncGenerator<Message, void, undefined> {
  let cursor: HistoryCursor = { ...start, lastid: 0n };
  for (;;) {
    const page = await readPage(cursor);
    if (page.num === 0) return;
    yield* page.messages;
    if (page.lastCursorId === cursor.lastid) {
      throw new RtmError(FPNN_CODES.invalidPackage, 'the service returned the same history cursor twice');
    }
    cursor = { begin: page.begin, end: page.end, lastid: page.lastCursorId };
  }
}
