/** Runs work of the same key one after the other; work of different keys runs at once. */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @returns what `work` returns or throws. Work that failed does not hold up what follows. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = before === undefined ? work() : before.then(work, work);
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
}
