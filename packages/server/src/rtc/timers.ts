/** The clock and the alarm, passed in so that tests can hold the time. */
export type Timers = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs something once, later. @returns what calls it off; calling it late is harmless. */
  after(delayMs: number, run: () => void): () => void;
};

/** Timers of the process. They do not keep it alive. */
export function processTimers(now: () => number): Timers {
  return {
    now,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs).unref();
      return () => clearTimeout(timer);
    },
  };
}
