import { copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

const BYTES_MAX = 4 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;
const TAIL_LINES = 8;

/**
 * PostgreSQL's own log: a file that it appends to, also after its parent is gone, and that is cut while this process
 * lives. The part before the cut is kept as `.1`.
 */
export class ServerLog {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Keeps the file below about 4 MiB until `close`. */
  keepShort(): void {
    this.#cut();
    this.#timer ??= setInterval(() => this.#cut(), CHECK_INTERVAL_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A file descriptor for PostgreSQL to write to; the caller closes it. */
  openForAppend(): number {
    return openSync(this.#path, 'a', 0o600);
  }

  /** Where the log ends now, in bytes. */
  get end(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The last lines that were written after `start`. */
  tail(start: number): string {
    const text = readFileSync(this.#path).subarray(start).toString().trim();
    return text === '' ? 'it said nothing' : text.split('\n').slice(-TAIL_LINES).join('\n');
  }

  #cut(): void {
    if (this.end <= BYTES_MAX) return;
    // PostgreSQL has the file open: a rename would not stop it from filling that one.
    copyFileSync(this.#path, `${this.#path}.1`);
    truncateSync(this.#path);
  }
}
