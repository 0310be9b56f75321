import type { ConversationType } from '@parley/contract';
import type { RawString } from '@parley/fpnn';

/** A message on its way to those who are online. It is committed, or of a type that the project does not store. */
export type DeliveredMessage = {
  pid: number;
  type: ConversationType;
  from: bigint;
  /** The receiving user, the group or the room; 0 for a broadcast. */
  xid: bigint;
  mid: bigint;
  mtype: number;
  msg: RawString | Uint8Array;
  attrs: RawString;
  mtime: number;
  /** The session that sent it and does not get it back; absent when the server gate did. */
  exceptSessionId?: string | undefined;
};
