const PROCESS_BITS = 14;
const SEQUENCE_BITS = 8;
const SEQUENCE_MAX = 2 ** SEQUENCE_BITS - 1;
const TIME_SHIFT = BigInt(PROCESS_BITS + SEQUENCE_BITS);

/**
 * Makes message ids and salts: rising int64 numbers that do not repeat.
 *
 * ```
 *  63        62 ........ 22   21 ...... 8   7 ..... 0
 *  0 (sign)  milliseconds     process       sequence
 * ```
 *
 * The process bits are drawn once, so that machines that share no state rarely meet. When more than 256 ids are asked
 * for in one millisecond, or when the clock steps back, the generator runs ahead of the clock instead of waiting.
 */
export class IdGenerator {
  readonly #now: () => number;
  readonly #process: bigint;
  #millisecond = 0;
  #sequence = 0;
  #firstOfMillisecond = 0n;

  /**
   * @param options.now - Epoch milliseconds.
   * @param options.random - A number from 0 up to but not including 1.
   */
  constructor(options: { now: () => number; random: () => number }) {
    this.#now = options.now;
    this.#process = BigInt(Math.floor(options.random() * 2 ** PROCESS_BITS)) << BigInt(SEQUENCE_BITS);
  }

  /** The next id, greater than every id before it. */
  next(): bigint {
    const now = Math.floor(this.#now());
    if (now > this.#millisecond) this.#startMillisecond(now);
    else if (this.#sequence === SEQUENCE_MAX) this.#startMillisecond(this.#millisecond + 1);
    else this.#sequence += 1;
    return this.#firstOfMillisecond + BigInt(this.#sequence);
  }

  #startMillisecond(millisecond: number): void {
    this.#millisecond = millisecond;
    this.#sequence = 0;
    this.#firstOfMillisecond = (BigInt(millisecond) << TIME_SHIFT) | this.#process;
  }
}

/** Shared by all clients of a process: with one generator no two of them can make the same id. */
export const processIds: IdGenerator = new IdGenerator({ now: Date.now, random: Math.random });
