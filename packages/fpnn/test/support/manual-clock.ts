import type { Clock } from '../../src/node/clock.ts';

/** A clock that a test moves by hand. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly intervalMs: number; readonly callback: () => void; nextMs: number }>();

  every(intervalMs: number, callback: () => void): () => void {
    const timer = { intervalMs, callback, nextMs: this.#nowMs + intervalMs };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; every timer fires as often as it is due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (const timer of this.#timers) {
      while (timer.nextMs <= endMs) {
        this.#nowMs = timer.nextMs;
        timer.nextMs += timer.intervalMs;
        timer.callback();
      }
    }
    this.#nowMs = endMs;
  }
}
