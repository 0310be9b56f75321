import type { RoomSignal } from '@parley/contract';
import type { RtmError } from '@parley/contract/sdk';
import type { SessionEnd, SessionState } from './connection/session-keeper.ts';
import type { Message } from './messages/message.ts';
import type { Gap } from './recovery/inbox.ts';

/** What a client tells, by the name of the event. */
export type ClientEvents = {
  /** A message has come: once, and in the order of its conversation, whether live or from history after a gap. */
  message: Message;
  /** What pages with voice and video tell each other in a room. It travels as a message, and is none. */
  roomSignal: { readonly roomId: bigint; readonly from: bigint; readonly signal: RoomSignal };
  /** The session is in another state. */
  stateChange: { readonly state: SessionState; readonly previous: SessionState };
  /** What was missed while the connection was away has been delivered. */
  recovered: Record<never, never>;
  /** A part of a conversation could not be recovered; `client.history.page` with `cursor: after` reads on from there. */
  gap: Gap;
  /** The server took the user out of a room. */
  kickedFromRoom: { readonly roomId: bigint };
  /** A room could not be entered again after the connection was lost. */
  roomLost: { readonly roomId: bigint; readonly error: RtmError };
  /** Another login of the user, or an operator, ended the session. The client does not log in again by itself. */
  kickedOut: Record<never, never>;
  /** The session has ended for whatever reason; `login()` begins another one, except after `close()`. */
  sessionEnded: SessionEnd;
};
