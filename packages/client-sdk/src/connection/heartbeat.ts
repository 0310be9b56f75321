/**
 * Notices that the server has fallen silent. It pings every 20 to 30 s, so a longer silence means that the connection is
 * dead, whatever the socket says. After a sleep of the machine the timer fires at once.
 */
export class Heartbeat {
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #onSilence: () => void;
  #lastSignAt: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param options.now - Epoch milliseconds: a clock that goes on while the machine sleeps. */
  constructor(options: { timeoutMs: number; now: () => number; onSilence: () => void }) {
    this.#timeoutMs = options.timeoutMs;
    this.#now = options.now;
    this.#onSilence = options.onSilence;
    this.#lastSignAt = options.now();
    this.#arm(options.timeoutMs);
  }

  /** The server has sent something. */
  handleSign(): void {
    this.#lastSignAt = this.#now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => {
      const silentMs = this.#now() - this.#lastSignAt;
      if (silentMs >= this.#timeoutMs) this.#onSilence();
      // A clock that was put back must not make the wait longer than it is meant to be.
      else this.#arm(Math.min(this.#timeoutMs - silentMs, this.#timeoutMs));
    }, delayMs);
  }
}
