/** Where a listener gets its ticks from; tests pass one that they move by hand. */
export interface Clock {
  /** Calls back every `intervalMs` until the returned function is called. Must not keep the process alive. */
  every(intervalMs: number, callback: () => void): () => void;
}

/** Real time. */
export const systemClock: Clock = {
  every(intervalMs, callback) {
    const timer = setInterval(callback, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};
