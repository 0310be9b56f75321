/** The clock and the timers that RTC lives by; tests pass their own. */
export type Timers = {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** @returns A function that calls it off. */
  after(timeMs: number, run: () => void): () => void;
};

export const realTimers: Timers = {
  now: () => performance.now(),
  after(timeMs, run) {
    const timer = setTimeout(run, timeMs);
    return () => clearTimeout(timer);
  },
};
