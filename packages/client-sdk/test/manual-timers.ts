import type { Timers } from '../src/rtc/timers.ts';

/** Timers of a test's own: time passes when the test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  readonly #waiting = new Set<{ readonly at: number; readonly run: () => void }>();

  now = (): number => this.#now;

  after = (timeMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + timeMs, run };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  /** Runs what is due, in order, and lets promises settle after each. */
  async pass(timeMs: number): Promise<void> {
    const end = this.#now + timeMs;
    await settle();
    for (;;) {
      const [next] = [...this.#waiting].filter(({ at }) => at <= end).sort((first, second) => first.at - second.at);
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}

/** Lets everything run that waits for settled promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
