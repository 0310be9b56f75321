/**
 * Turns 16-bit sequence numbers into indexes that never wrap, each taken as the one nearest to the highest so far.
 * Indexes start at 65,536 and more, so that packets from before the first one have positive indexes too.
 */
export class SequenceUnwrapper {
  #highest = -1;

  get highest(): number {
    return this.#highest;
  }

  /** @returns the index; the highest is moved. */
  unwrap(sequenceNumber: number): number {
    if (this.#highest < 0) {
      this.#highest = 0x10000 + sequenceNumber;
      return this.#highest;
    }
    const index = nearestIndex(this.#highest, sequenceNumber);
    if (index > this.#highest) this.#highest = index;
    return index;
  }
}

/** The index nearest to another whose low 16 bits are the sequence number. */
export function nearestIndex(reference: number, sequenceNumber: number): number {
  // As a signed 16-bit distance.
  const distance = ((sequenceNumber - reference) << 16) >> 16;
  return reference + distance;
}
