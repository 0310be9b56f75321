import type { Logger } from '../telemetry/logger.ts';

export type DatabaseHealthOptions = { ping: () => Promise<void>; log: Logger };

/** Finds out about a database that is gone while nobody asks anything. */
const PING_INTERVAL_MS = 5000;
const RETRY_INTERVAL_MS = 250;

/** Knows whether the database answers: asks it now and then, and often while it does not. */
export class DatabaseHealth {
  readonly #options: DatabaseHealthOptions;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #failedAt: number | undefined;
  #isAsking = false;

  constructor(options: DatabaseHealthOptions) {
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#failedAt === undefined;
  }

  start(): void {
    this.#askIn(PING_INTERVAL_MS);
  }

  /** Told of a connection failure: the database counts as away until it answers. */
  handleFailure(cause: Error): void {
    if (this.#failedAt !== undefined || this.#isClosed) return;
    this.#failedAt = performance.now();
    this.#options.log.warn('the database does not answer', { cause: cause.message });
    this.#askIn(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askIn(waitMs: number): void {
    if (this.#isClosed || this.#isAsking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), waitMs).unref();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      await this.#options.ping();
      this.#handleSuccess();
    } catch (error) {
      // Any failure: a database that refuses even this is of no use.
      this.handleFailure(error as Error);
    } finally {
      this.#isAsking = false;
      this.#askIn(this.isReady ? PING_INTERVAL_MS : RETRY_INTERVAL_MS);
    }
  }

  #handleSuccess(): void {
    if (this.#failedAt === undefined || this.#isClosed) return;
    const awayMs = Math.round(performance.now() - this.#failedAt);
    this.#failedAt = undefined;
    this.#options.log.info('the database answers again', { awayMs });
  }
}
