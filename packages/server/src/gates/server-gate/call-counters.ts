type OfMethod = { calls: number; refusals: Map<number, number> };

/** How often each method was called, and refused with which code. Only declared methods are counted by name. */
export class CallCounters {
  readonly #methods = new Map<string, OfMethod>();

  countCall(method: string): void {
    this.#of(method).calls += 1;
  }

  countRefusal(method: string, code: number): void {
    const { refusals } = this.#of(method);
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
  }

  *calls(): Iterable<readonly [{ method: string }, number]> {
    for (const [method, { calls }] of this.#methods) yield [{ method }, calls];
  }

  *refusals(): Iterable<readonly [{ method: string; code: string }, number]> {
    for (const [method, { refusals }] of this.#methods) {
      for (const [code, count] of refusals) yield [{ method, code: String(code) }, count];
    }
  }

  #of(method: string): OfMethod {
    let found = this.#methods.get(method);
    if (found === undefined) this.#methods.set(method, (found = { calls: 0, refusals: new Map() }));
    return found;
  }
}
