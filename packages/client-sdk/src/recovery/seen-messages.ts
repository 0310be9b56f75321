/** Keys kept at most, and how many are left when the oldest are forgotten. */
const KEYS_MAX = 2048;
const KEYS_KEPT = 1024;

/**
 * Which messages of a conversation were handled: by (sender, mid), which never names two of them. The oldest are
 * forgotten, a whole `mtime` at a time, so that everything newer than {@link forgottenMtime} is known exactly.
 */
export class SeenMessages {
  readonly #mtimes = new Map<string, number>();
  #forgottenMtime = 0;

  /** What has this `mtime` or an older one is no longer known. */
  get forgottenMtime(): number {
    return this.#forgottenMtime;
  }

  /** @returns False when the message was there already, or is so old that only a repeat can bring it. */
  add(from: bigint, mid: bigint, mtime: number): boolean {
    const key = `${from}:${mid}`;
    if (this.#mtimes.has(key) || mtime <= this.#forgottenMtime) return false;
    this.#mtimes.set(key, mtime);
    if (this.#mtimes.size > KEYS_MAX) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const mtimes = [...this.#mtimes.values()].sort((a, b) => b - a);
    const newest = mtimes[0]!;
    // The newest time always stays: more messages with it may be on their way.
    const cut = Math.min(mtimes[KEYS_KEPT]!, newest - 1);
    for (const [key, mtime] of this.#mtimes) if (mtime <= cut) this.#mtimes.delete(key);
    this.#forgottenMtime = Math.max(this.#forgottenMtime, cut);
  }
}
