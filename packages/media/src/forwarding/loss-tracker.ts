/** Repeat a request after this long: the round trip of a bad connection, and less than a jitter buffer holds. */
const REPEAT_MS = 60;
const GIVE_UP_MS = 1000;
/** Past this gap asking for packets costs more than a key frame. */
const GAP_MAX = 256;
const MISSING_MAX = 512;

export type Arrival = 'new' | 'recovered' | 'duplicate';

/** Which packets of an incoming stream are missing, when to ask for them, and which are lost for good. */
export class LossTracker {
  /** Packets that never came. */
  lost = 0;
  /** Packets that came after they were missed. */
  recovered = 0;
  duplicates = 0;
  readonly #missing = new Map<number, { readonly missedMs: number; askedMs: number }>();
  #first = -1;
  #highest = -1;

  get missingCount(): number {
    return this.#missing.size;
  }

  handlePacket(index: number, nowMs: number): Arrival {
    if (this.#highest < 0) {
      this.#first = index;
      this.#highest = index;
      return 'new';
    }
    if (index > this.#highest) {
      const gap = index - this.#highest - 1;
      if (gap > 0) this.#miss(gap, nowMs);
      this.#highest = index;
      return 'new';
    }
    if (index >= this.#first && this.#missing.delete(index)) {
      this.recovered += 1;
      return 'recovered';
    }
    this.duplicates += 1;
    return 'duplicate';
  }

  /** The indexes to ask for now, in rising order. Those that have been missed for too long are given up. */
  takeDue(nowMs: number): number[] {
    const due: number[] = [];
    for (const [index, entry] of this.#missing) {
      if (nowMs - entry.missedMs >= GIVE_UP_MS) {
        this.#missing.delete(index);
        this.lost += 1;
      } else if (nowMs - entry.askedMs >= REPEAT_MS) {
        entry.askedMs = nowMs;
        due.push(index);
      }
    }
    return due;
  }

  #miss(gap: number, nowMs: number): void {
    if (gap > GAP_MAX || this.#missing.size + gap > MISSING_MAX) {
      this.lost += gap + this.#missing.size;
      this.#missing.clear();
      return;
    }
    for (let index = this.#highest + 1; index <= this.#highest + gap; index += 1) {
      this.#missing.set(index, { missedMs: nowMs, askedMs: Number.NEGATIVE_INFINITY });
    }
  }
}
