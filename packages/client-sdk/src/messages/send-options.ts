import type { Id } from '@parley/contract/sdk';

/** Text goes out as text, bytes go out as bytes; receivers see the difference. */
export type MessageBody = string | Uint8Array;

export type SendOptions = {
  /** Free text beside the message, JSON advised. Default empty. */
  attrs?: string;
  /** The message id, unique for this sender in this conversation. Default: a new one. */
  mid?: Id;
  /** How long the message may wait, offline or for its answer. Default: the client's `sendTimeoutMs`. 0 waits for ever. */
  timeoutMs?: number;
  /** Gives the message up: what has not gone out yet never does. */
  signal?: AbortSignal;
};

export type SendResult = {
  /** The id that names, recalls or repeats the message. */
  mid: bigint;
  /** When the server accepted the message, in epoch milliseconds. */
  mtime: number;
};
