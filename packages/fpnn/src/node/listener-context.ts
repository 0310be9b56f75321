import type { PeerBuiltins } from '../built-in-methods.ts';
import type { CloseReason, Connection, ConnectionHandlers } from './connection.ts';
import type { ServerKey } from './encryption/server-key.ts';
import type { FlushQueue } from './flush-queue.ts';
import type { IdleSweep, Sweepable } from './idle-sweep.ts';
import type { PartialInputs } from './partial-inputs.ts';

/** A socket of a listener in whatever state, as the listener sees it. */
export interface OpenSocket extends Sweepable {
  /** Sends what is queued and ends with the reason `shutdown`. */
  shutDown(): void;
}

/** What all connections of one listener share. */
export interface ListenerContext {
  readonly onConnection: (connection: Connection) => ConnectionHandlers;
  readonly onViolation: (reason: string) => void;
  readonly onClosed: (reason: CloseReason) => void;
  readonly onError: (error: unknown) => void;
  readonly serverKey: ServerKey | undefined;
  readonly packetMaxBytes: number;
  readonly outputMaxBytes: number;
  /** A connection with more waiting to be sent is not read on. */
  readonly outputPauseBytes: number;
  readonly inFlightMax: number;
  readonly now: () => number;
  readonly builtins: PeerBuiltins | undefined;
  readonly flushQueue: FlushQueue;
  /** The memory that connections keep for what is not whole yet. */
  readonly partialInputs: PartialInputs;
  /** Holds every open socket. */
  readonly sweep: IdleSweep<OpenSocket>;
}
