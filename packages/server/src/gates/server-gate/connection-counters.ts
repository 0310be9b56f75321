/** Why connections ended, and which rules of the protocol peers broke. */
export class ConnectionCounters {
  readonly #closes = new Map<string, number>();
  readonly #violations = new Map<string, number>();

  countClose(reason: string): void {
    this.#closes.set(reason, (this.#closes.get(reason) ?? 0) + 1);
  }

  countViolation(reason: string): void {
    this.#violations.set(reason, (this.#violations.get(reason) ?? 0) + 1);
  }

  *closes(): Iterable<readonly [{ reason: string }, number]> {
    for (const [reason, count] of this.#closes) yield [{ reason }, count];
  }

  *violations(): Iterable<readonly [{ reason: string }, number]> {
    for (const [reason, count] of this.#violations) yield [{ reason }, count];
  }
}
