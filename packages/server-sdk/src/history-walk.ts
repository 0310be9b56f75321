import { FPNN_CODES } from '@parley/fpnn';
import type { Id } from './call-options.ts';
import type { HistoryMessage } from './history-message.ts';
import type { HistoryOptions, HistoryResult, PageRequest } from './history-page.ts';
import { RtmError } from './rtm-error.ts';

/** Whose messages to walk. `uid` beside a group, a room or the broadcasts is the user who reads; default nobody. */
export type Conversation =
  | { uid: Id; peerUid: Id }
  | { groupId: Id; uid?: Id }
  | { roomId: Id; uid?: Id }
  | { broadcast: true; uid?: Id };

export type WalkOptions = HistoryOptions & {
  /** True walks backward in time. Default false. */
  desc?: boolean;
  /** Messages per call, 20 at most. Default 20. */
  pageSize?: number;
  /** Earliest time in epoch milliseconds, inclusive. Default 0, no bound. */
  begin?: number;
  /** Latest time in epoch milliseconds, inclusive. Default 0, the present. */
  end?: number;
};

/**
 * Reads page after page until one is empty, handing on the cursor that came with the page before.
 *
 * @throws RtmError of the calls, and 20009 when the cursor stands still although messages came.
 */
export async function* walkPages(
  options: WalkOptions,
  readPage: (request: PageRequest) => Promise<HistoryResult>,
): AsyncGenerator<HistoryMessage, void, undefined> {
  const { desc = false, pageSize = 20, begin = 0, end = 0, ...rest } = options;
  let cursor = { begin, end, lastid: 0n };
  for (;;) {
    const page = await readPage({ desc, num: pageSize, ...cursor, options: rest });
    if (page.num === 0) return;
    yield* page.messages;
    if (page.lastCursorId === cursor.lastid) {
      throw new RtmError(FPNN_CODES.invalidPackage, 'the service returned the same history cursor twice');
    }
    cursor = { begin: page.begin, end: page.end, lastid: page.lastCursorId };
  }
}
