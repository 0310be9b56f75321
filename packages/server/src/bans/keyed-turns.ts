/** Runs work of the same key one after the other; work of different keys runs at once. */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Begins at once when the turn is free.
   *
   * @returns what `work` returns or throws. Work that failed does not hold up what follows.
   */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.runAll([key], work);
  }

  /** As `run`, for work that takes the turns of several keys. Nothing waits for what comes later, so nobody waits for ever. */
  async runAll<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const names = [...new Set(keys)];
    const before = names.map((name) => this.#last.get(name)).filter((turn) => turn !== undefined);
    const turn = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    for (const name of names) this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      for (const name of names) if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
