import { hash } from 'node:crypto';

/** Longest time in which a client may still repeat a message whose answer it missed. */
const REMEMBER_MS = 20 * 60_000;
const ENTRIES_MAX = 200_000;

/** As of a stored message: new, known with the same content, or known with other content. */
export type AcceptOutcome = { kind: 'stored' | 'repeat'; mtime: number } | { kind: 'conflict' };

type Seen = { digest: string; mtime: number };

/**
 * Remembers messages of types that the project does not store, so that a repeated one is recognised: they have no row
 * that could tell. Held in memory for 20 minutes, the oldest go first when there are too many.
 */
export class UnsavedMessages {
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Takes a message in.
   *
   * @returns The outcome, with the time of the first copy for a repeat.
   */
  accept(key: string, content: readonly Uint8Array[]): AcceptOutcome {
    const now = this.#now();
    this.#forget(now);
    const digest = hash('md5', Buffer.concat(content), 'hex');
    const known = this.#seen.get(key);
    if (known !== undefined) {
      return known.digest === digest ? { kind: 'repeat', mtime: known.mtime } : { kind: 'conflict' };
    }
    this.#seen.set(key, { digest, mtime: now });
    return { kind: 'stored', mtime: now };
  }

  #forget(now: number): void {
    for (const [key, { mtime }] of this.#seen) {
      if (this.#seen.size < ENTRIES_MAX && now - mtime < REMEMBER_MS) return;
      this.#seen.delete(key);
    }
  }
}
