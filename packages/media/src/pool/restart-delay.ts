const FIRST_MS = 50;
const MAX_MS = 5000;
/** One that lived so long did not die of its start. */
const HEALTHY_MS = 10_000;

/** How long to wait before a worker is started again: little at first, then twice as long each time. */
export class RestartDelay {
  readonly #now: () => number;
  #delayMs = FIRST_MS;
  #startedAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  handleStart(): void {
    this.#startedAt = this.#now();
  }

  next(): number {
    if (this.#startedAt !== undefined && this.#now() - this.#startedAt >= HEALTHY_MS) this.#delayMs = FIRST_MS;
    this.#startedAt = undefined;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(MAX_MS, this.#delayMs * 2);
    return delayMs;
  }
}
