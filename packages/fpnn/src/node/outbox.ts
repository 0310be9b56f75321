import type { Socket } from 'node:net';
import type { QueuedBytes } from './queued-bytes.ts';

/** The bytes waiting to be written to one socket. Holds nothing while there are none. */
export class Outbox {
  readonly #socket: Socket;
  #queued: QueuedBytes | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes waiting for the flush. */
  get queuedBytes(): number {
    const queued = this.#queued;
    return queued === undefined ? 0 : queued.length;
  }

  /** Bytes not yet taken by the operating system. */
  get bufferedBytes(): number {
    return this.queuedBytes + this.#socket.writableLength;
  }

  get isEmpty(): boolean {
    return this.#queued === undefined;
  }

  /**
   * @param bytes - Kept by reference until they are written.
   * @param root - Where queues begin in this turn.
   */
  push(bytes: Uint8Array, root: QueuedBytes): void {
    this.#queued = (this.#queued ?? root).with(bytes);
  }

  /** Writes what waits as one piece. */
  flush(): void {
    const queued = this.#queued;
    this.#queued = undefined;
    if (queued !== undefined && this.#socket.writable) this.#socket.write(queued.joined());
  }

  discard(): void {
    this.#queued = undefined;
  }
}
