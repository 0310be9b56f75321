/** Counts the calls of one project against its limit: a bucket that holds one second's worth. */
export class CallRate {
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, now: number) {
    this.#tokens = perSecond;
    this.#filledAt = now;
  }

  /** Takes one call out of the bucket; false when it is empty. `perSecond` 0 means no limit. */
  take(perSecond: number, now: number): boolean {
    if (perSecond === 0) return true;
    const elapsedMs = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(perSecond, this.#tokens + (elapsedMs * perSecond) / 1000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
