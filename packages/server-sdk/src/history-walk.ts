import type { Id } from './call-options.ts';
import type { HistoryOptions } from './history-page.ts';

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
