import { isFileMtype } from '@parley/contract';
import { type FileInfo, readFileContent, readMessageBody } from '@parley/contract/sdk';
import type { RawString } from '@parley/fpnn';

/** A stored message. */
export type HistoryMessage = {
  /** Rises inside a conversation; tells where a page ends. */
  cursorId: bigint;
  fromUid: bigint;
  /** The receiver, group or room; 0 for a broadcast. */
  toId: bigint;
  messageType: number;
  /** The `mid` that the sender gave. */
  messageId: bigint;
  /** Text for what was sent as text, bytes for what was sent as bytes and for text that is not UTF-8. */
  message: string | Uint8Array;
  /** Of a file the sender's own part. */
  attrs: string;
  /** When the service accepted the message, in epoch milliseconds. */
  modifiedTime: number;
  /** Only of files (types 40..50), when the message could be read as one. */
  fileInfo?: FileInfo;
};

/** The parts of a stored message as they come over the wire. */
type StoredParts = {
  readonly id: bigint;
  readonly mtype: number;
  readonly mid: bigint;
  readonly msg: RawString | Uint8Array;
  readonly attrs: string;
  readonly mtime: number;
};

/** A stored message as callers see it. Copies its bytes, so that it does not hold on to the packet it came in. */
export function toHistoryMessage(parts: StoredParts, fromUid: bigint, toId: bigint): HistoryMessage {
  const message = readMessageBody(parts.msg);
  const file =
    isFileMtype(parts.mtype) && typeof message === 'string' ? readFileContent(message, parts.attrs) : undefined;
  return {
    cursorId: parts.id,
    fromUid,
    toId,
    messageType: parts.mtype,
    messageId: parts.mid,
    message,
    attrs: parts.attrs,
    modifiedTime: parts.mtime,
    ...file,
  };
}
