/**
 * What one or many sockets have to write: a piece behind those that were queued before it.
 *
 * Sockets that are given the same pieces in the same order, as the members of a room are, share the queue: giving a socket
 * its next piece is then one comparison, and the pieces are joined once for all of them.
 */
export class QueuedBytes {
  /** All bytes, those of the earlier pieces included. */
  readonly length: number;
  readonly #piece: Uint8Array;
  readonly #earlier: QueuedBytes | undefined;
  #joined: Uint8Array | undefined;
  #next: QueuedBytes | undefined;

  private constructor(piece: Uint8Array, earlier: QueuedBytes | undefined) {
    this.#piece = piece;
    this.#earlier = earlier;
    this.length = earlier === undefined ? piece.length : earlier.length + piece.length;
  }

  /** The start of a queue. One root serves sockets that may be given the same. */
  static root(): QueuedBytes {
    return new QueuedBytes(EMPTY, undefined);
  }

  /** The queue with one more piece, which is kept by reference. */
  with(piece: Uint8Array): QueuedBytes {
    const next = this.#next;
    if (next !== undefined && next.#piece === piece) return next;
    const made = new QueuedBytes(piece, this);
    this.#next = made;
    return made;
  }

  /** Forgets what followed, so that the next to come starts anew and nothing is held on to. */
  forget(): void {
    this.#next = undefined;
  }

  /** All pieces in one. */
  joined(): Uint8Array {
    this.#joined ??= this.#join();
    return this.#joined;
  }

  #join(): Uint8Array {
    const piece = this.#piece;
    // A single piece behind the root needs no copy. What is no Buffer, each socket would turn into one for itself.
    if (this.length === piece.length) return Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const whole = Buffer.allocUnsafe(this.length);
    let end = this.length;
    for (let at: QueuedBytes | undefined = this; at !== undefined; at = at.#earlier) {
      end -= at.#piece.length;
      whole.set(at.#piece, end);
    }
    return whole;
  }
}

const EMPTY = new Uint8Array(0);
