import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import { type Postmaster, stopPostmaster } from './postmaster.ts';
import { send } from './process-table.ts';

const FIRST_WAIT_MS = 100;
const WAIT_MAX_MS = 10_000;
/** A server that ran for so long did not fail at its start. */
const STEADY_MS = 60_000;

export type SupervisorOptions = {
  /** Finds or starts the server. Must undo what it did when the signal ends it. */
  obtain: (signal: AbortSignal) => Promise<Postmaster>;
  log: Logger;
};

/** Keeps one server running until it is told to stop: one that ends by itself is started again, ever more slowly. */
export class Supervisor {
  readonly #obtain: SupervisorOptions['obtain'];
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  /** Ends the server with a process that exits without a word. */
  readonly #onExit = () => {
    if (this.#current !== undefined) send(this.#current.pid, 'SIGINT');
  };
  #current: Postmaster | undefined;
  #pid = 0;
  #restarts = 0;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#obtain = options.obtain;
    this.#log = options.log;
  }

  /** The server that runs, or the last one that did. */
  get pid(): number {
    return this.#pid;
  }

  /** How often a server ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when the server is up. */
  async start(): Promise<void> {
    await this.#take();
    process.once('exit', this.#onExit);
    this.#watching = this.#watch();
  }

  /** Resolves when no server is left. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#current !== undefined) await stopPostmaster(this.#current);
    await this.#watching;
    process.off('exit', this.#onExit);
  }

  async #take(): Promise<void> {
    const { signal } = this.#stopping;
    const postmaster = await this.#obtain(signal);
    if (signal.aborted) return stopPostmaster(postmaster);
    this.#current = postmaster;
    this.#pid = postmaster.pid;
    this.#log.info(postmaster.wasFound ? 'took over the running PostgreSQL' : 'started PostgreSQL', { pid: this.#pid });
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = 0;
    while (this.#current !== undefined) {
      const startedAt = performance.now();
      const how = await this.#current.exited;
      this.#current = undefined;
      if (signal.aborted) return;
      this.#restarts += 1;
      if (performance.now() - startedAt > STEADY_MS) waitMs = 0;
      this.#log.error('PostgreSQL ended by itself; it is started again', { pid: this.#pid, how });
      while (this.#current === undefined && !signal.aborted) {
        await delay(waitMs, undefined, { signal }).catch(() => {}); // Told to stop.
        waitMs = Math.min(2 * waitMs || FIRST_WAIT_MS, WAIT_MAX_MS);
        if (!signal.aborted) await this.#restart(waitMs);
      }
    }
  }

  async #restart(nextTryMs: number): Promise<void> {
    try {
      await this.#take();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#log.error('PostgreSQL does not start again', { cause: (error as Error).message, nextTryMs });
    }
  }
}
