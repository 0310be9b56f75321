import type { Socket } from 'node:net';

/** The bytes waiting to be written to one socket. Holds nothing while there are none. */
export class Outbox {
  readonly #socket: Socket;
  #first: Uint8Array | undefined;
  #more: Uint8Array[] | undefined;
  #queuedBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes not yet taken by the operating system. */
  get bufferedBytes(): number {
    return this.#queuedBytes + this.#socket.writableLength;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** @param bytes - Kept by reference until they are written. */
  push(bytes: Uint8Array): void {
    this.#queuedBytes += bytes.length;
    if (this.#first === undefined) this.#first = bytes;
    else if (this.#more === undefined) this.#more = [this.#first, bytes];
    else this.#more.push(bytes);
  }

  /** Writes what waits as one piece. */
  flush(): void {
    const bytes = this.#more === undefined ? this.#first : Buffer.concat(this.#more, this.#queuedBytes);
    this.discard();
    if (bytes !== undefined && this.#socket.writable) this.#socket.write(bytes);
  }

  discard(): void {
    this.#first = undefined;
    this.#more = undefined;
    this.#queuedBytes = 0;
  }
}
