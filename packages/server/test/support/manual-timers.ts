import type { Timers } from '../../src/rtc/timers.ts';

/** Time that stands still until a test moves it. */
export class ManualTimers implements Timers {
  #now = 1_000_000;
  readonly #alarms = new Set<{ at: number; run: () => void }>();

  now = (): number => this.#now;

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { at: this.#now + delayMs, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Lets time pass; alarms go off in their order, those that they set too. */
  pass(timeMs: number): void {
    const end = this.#now + timeMs;
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#alarms.delete(due);
      this.#now = due.at;
      due.run();
    }
    this.#now = end;
  }
}
