/** Tells the time of the server, never ahead of it by more than clocks drift. */
export class ServerClock {
  readonly #monotonicNow: () => number;
  #serverTime = 0;
  #readAt = 0;

  /** @param monotonicNow - Milliseconds since any moment; may stand still while the machine sleeps, may not jump. */
  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow;
  }

  /** @param serverTime - What the server has just answered, in epoch milliseconds. */
  set(serverTime: number): void {
    this.#serverTime = serverTime;
    this.#readAt = this.#monotonicNow();
  }

  /** Epoch milliseconds of the server at a moment of the monotonic clock; its present by default. */
  at(moment: number = this.#monotonicNow()): number {
    return Math.floor(this.#serverTime + moment - this.#readAt);
  }
}
