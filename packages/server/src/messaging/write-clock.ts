/**
 * Gives writes of messages their times, and tells which times are over.
 *
 * A message gets the time at which its write begins, and readers see it when the write has ended. So "all up to now" is no
 * safe way to say which messages somebody has seen: one that is on its way has an earlier time. Whoever draws a line
 * between seen and unseen asks here for it.
 */
export class WriteClock {
  readonly #now: () => number;
  /** Times of the writes on their way. */
  readonly #begun = new Set<{ at: number; writing: Promise<unknown> | undefined }>();
  /** The latest that a write was given. */
  #given = 0;
  #closed = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Runs a write. A clock that was set back sets its time back too, unless that was closed.
   *
   * @param write - Is given the time for its messages, ms; it is later than every time that was closed.
   */
  async run<T>(write: (at: number) => Promise<T>): Promise<T> {
    const at = Math.max(this.#now(), this.#closed + 1);
    const begun = { at, writing: undefined as Promise<T> | undefined };
    this.#given = Math.max(this.#given, at);
    this.#begun.add(begun);
    try {
      begun.writing = write(at);
      return await begun.writing;
    } finally {
      this.#begun.delete(begun);
    }
  }

  /** Closes the present: a message that was stored before this call is not later than the returned time, ms; one that is sent after it is. */
  closePresent(): number {
    this.#closed = Math.max(this.#now(), this.#given, this.#closed);
    return this.#closed;
  }

  /**
   * As `closePresent`, and exact to both sides: waits until the messages on their way, which count as sent before it, are
   * stored or have failed. So whoever was told the time has all up to it in history, and everything else has yet to come.
   */
  async settlePresent(): Promise<number> {
    const present = this.closePresent();
    await Promise.allSettled([...this.#begun].map(({ writing }) => writing));
    return present;
  }

  /** As `closePresent`, but messages that are on their way count as sent after it. */
  closePast(): number {
    let past = this.closePresent();
    for (const { at } of this.#begun) past = Math.min(past, at - 1);
    return past;
  }
}
