import { hash } from 'node:crypto';

/** Generations share the time that a call is remembered; when one is full or its time is over the oldest is forgotten. */
const GENERATIONS = 4;
const DEFAULT_SLOTS_PER_GENERATION = 1 << 18;
/** Linear probing stays short up to this fill. */
const FILL_MAX = 0.7;
const FIRST_53_BITS = 0x1f_ffff;

/**
 * Remembers the calls of the last minutes and recognises one that comes again.
 *
 * A call is known by 53 bits of a digest of its bytes, in tables of fixed size: memory is 2 MiB per generation in use,
 * whatever the load. When calls come faster than the tables can hold, the oldest are forgotten early and counted.
 */
export class ReplayGuard {
  readonly #generationMs: number;
  readonly #slots: number;
  readonly #now: () => number;
  readonly #generations: FingerprintTable[] = [];
  #startedAt: number;
  /** Calls that were forgotten before their time because the tables were full. */
  forgottenEarly = 0;

  /**
   * @param options.rememberMs - How long a call is remembered at least, when the tables are large enough.
   * @param options.slots - Slots per generation, a power of two. Default 262,144.
   */
  constructor(options: { rememberMs: number; now: () => number; slots?: number }) {
    this.#generationMs = Math.ceil(options.rememberMs / (GENERATIONS - 1));
    this.#slots = options.slots ?? DEFAULT_SLOTS_PER_GENERATION;
    this.#now = options.now;
    this.#startedAt = options.now();
    this.#generations.push(new FingerprintTable(this.#slots));
  }

  /** True when the same bytes were seen before; remembers them otherwise. */
  isRepeat(bytes: Uint8Array): boolean {
    this.#rotate();
    const fingerprint = fingerprintOf(bytes);
    for (const generation of this.#generations) {
      if (generation.has(fingerprint)) return true;
    }
    this.#generations[0]!.add(fingerprint);
    return false;
  }

  #rotate(): void {
    const now = this.#now();
    const isOver = now - this.#startedAt >= this.#generationMs;
    if (!isOver && !this.#generations[0]!.isFull) return;
    this.#startedAt = now;
    this.#generations.unshift(new FingerprintTable(this.#slots));
    if (this.#generations.length <= GENERATIONS) return;
    const oldest = this.#generations.pop()!;
    if (!isOver) this.forgottenEarly += oldest.size;
  }
}

/** A set of 53-bit numbers, open addressing, never grows. */
class FingerprintTable {
  readonly #slots: Float64Array;
  readonly #mask: number;
  size = 0;

  constructor(slots: number) {
    this.#slots = new Float64Array(slots);
    this.#mask = slots - 1;
  }

  get isFull(): boolean {
    return this.size >= this.#slots.length * FILL_MAX;
  }

  has(fingerprint: number): boolean {
    return this.#slots[this.#find(fingerprint)] === fingerprint;
  }

  add(fingerprint: number): void {
    this.#slots[this.#find(fingerprint)] = fingerprint;
    this.size += 1;
  }

  /** The slot that holds the fingerprint, or the free one where it belongs. */
  #find(fingerprint: number): number {
    let slot = fingerprint & this.#mask;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== fingerprint) slot = (slot + 1) & this.#mask;
    return slot;
  }
}

function fingerprintOf(bytes: Uint8Array): number {
  const digest = hash('md5', bytes, 'buffer');
  // Zero marks a free slot.
  return (digest.readUInt32LE(0) & FIRST_53_BITS) * 0x1_0000_0000 + digest.readUInt32LE(4) || 1;
}
