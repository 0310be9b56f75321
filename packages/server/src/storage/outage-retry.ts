import { isConnectionFailure } from './postgres-errors.ts';

export type OutageRetryOptions = {
  now: () => number;
  /** Waits between tries; injected so that tests need no time. */
  delay: (ms: number) => Promise<void>;
  /** How long work is tried again. Default 10,000 ms. */
  retryForMs?: number;
};

const FIRST_WAIT_MS = 50;
const WAIT_MAX_MS = 1000;

/** Repeats work while the database is away, so that its restart costs callers time and nothing else. */
export class OutageRetry {
  readonly #options: Required<OutageRetryOptions>;
  /** How often work was tried again. */
  count = 0;

  constructor(options: OutageRetryOptions) {
    this.#options = { retryForMs: 10_000, ...options };
  }

  /**
   * @param work - May be carried out more than once: a lost connection does not tell whether the last try was committed.
   * It is told whether this is the first try.
   * @throws what the last try threw.
   */
  async run<T>(work: (isFirst: boolean) => Promise<T>): Promise<T> {
    const giveUpAt = this.#options.now() + this.#options.retryForMs;
    for (let waitMs = FIRST_WAIT_MS, isFirst = true; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS), isFirst = false) {
      try {
        return await work(isFirst);
      } catch (error) {
        if (!isConnectionFailure(error) || this.#options.now() + waitMs > giveUpAt) throw error;
        this.count += 1;
        await this.#options.delay(waitMs);
      }
    }
  }
}
