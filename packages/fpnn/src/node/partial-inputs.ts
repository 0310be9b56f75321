/** A connection that may keep a part of a packet, a WebSocket message or an HTTP body until the rest of it comes. */
export interface PartialInput {
  /** Of the part, as last noted; 0 without one. Written by `PartialInputs` alone. */
  partialBytes: number;
  /** Closes the connection at once, so that the part is let go. */
  handleInputFull(): void;
}

/**
 * Limits the memory for parts of packets over all connections of a listener: each of them may keep a large one, and none
 * has to say who it is before.
 *
 * When there is no room, the part that has been kept for longest goes, with its connection. A sender who brings whole
 * packets needs room for as long as one of them takes to come in; who only fills the room is always the first to go.
 */
export class PartialInputs {
  readonly #bytesMax: number;
  /** Those that keep a part, by the age of the part. */
  readonly #holders = new Set<PartialInput>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Memory that all parts take. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Notes what a connection keeps now.
   *
   * @param isNew - The part is another one than at the last call.
   */
  note(holder: PartialInput, bytes: number, isNew: boolean): void {
    if (isNew || bytes === 0) this.#holders.delete(holder);
    if (bytes > 0) this.#holders.add(holder);
    this.#bytes += bytes - holder.partialBytes;
    holder.partialBytes = bytes;
    if (this.#bytes > this.#bytesMax) this.#makeRoom();
  }

  #makeRoom(): void {
    for (const oldest of this.#holders) {
      this.note(oldest, 0, false);
      oldest.handleInputFull();
      if (this.#bytes <= this.#bytesMax) return;
    }
  }
}
