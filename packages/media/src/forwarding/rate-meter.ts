/** Bits per second from a byte count that only grows, renewed by a call each second or so. */
export class RateMeter {
  bitrateBps = 0;
  /** Before the last call. */
  previousBps = 0;
  #bytes = 0;
  #atMs: number | undefined;

  update(bytes: number, nowMs: number): void {
    if (this.#atMs !== undefined && nowMs > this.#atMs) {
      this.previousBps = this.bitrateBps;
      this.bitrateBps = Math.round(((bytes - this.#bytes) * 8000) / (nowMs - this.#atMs));
    }
    this.#bytes = bytes;
    this.#atMs = nowMs;
  }
}
