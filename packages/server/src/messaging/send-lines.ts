import { ERROR_CODES, RtmError } from '@parley/contract';

/** Messages that wait at most, over all lines: as many as may wait for the group commit. */
const WAITING_MAX = 20_000;

/**
 * Lines in which messages of one sender to one conversation wait while something has to be looked up for one of them, so
 * that they are stored in the order they came in. Look-ups run at the same time; only what follows them waits its turn.
 * A refused message leaves its line and holds up nobody. Who needs no look-up and finds no line need not come here.
 */
export class SendLines {
  readonly #waitingMax: number;
  readonly #ends = new Map<string, Promise<void>>();
  #waiting = 0;

  constructor(options: { waitingMax?: number } = {}) {
    this.#waitingMax = options.waitingMax ?? WAITING_MAX;
  }

  /** Nothing waits anywhere. Asked for every message, before a name is made for it. */
  get isEmpty(): boolean {
    return this.#ends.size === 0;
  }

  has(name: string): boolean {
    return this.#ends.has(name);
  }

  /**
   * Calls `enter` with what `lookUp` found, after the messages before in the line have entered or were refused. Who is next
   * enters after the call, not after its promise.
   *
   * @throws RtmError 20011 when too many wait; what `lookUp` or `enter` throws.
   */
  async join<Found, Result>(
    name: string,
    lookUp: () => Promise<Found>,
    enter: (found: Found) => Promise<Result>,
  ): Promise<Result> {
    if (this.#waiting >= this.#waitingMax) {
      throw new RtmError(ERROR_CODES.workQueueFull, 'too many messages wait for a look-up; try again');
    }
    const before = this.#ends.get(name);
    const found = lookUp();
    let leave = () => {};
    const end = new Promise<void>((resolve) => {
      leave = resolve;
    });
    this.#ends.set(name, end);
    this.#waiting += 1;
    let entered: Promise<Result>;
    try {
      if (before !== undefined) {
        found.catch(() => {}); // Told below, where it is awaited.
        await before;
      }
      entered = enter(await found);
    } finally {
      this.#waiting -= 1;
      if (this.#ends.get(name) === end) this.#ends.delete(name);
      leave();
    }
    return entered;
  }
}
