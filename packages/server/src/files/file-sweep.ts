import type { Database } from '../storage/database.ts';
import { type DoomedFile, doomedFiles, doomFiles, forgetFile, lastFile } from '../storage/file-register.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type FileStore, thumbnailKey } from './file-store.ts';

/** Rows looked at by one statement, and files removed in one go. */
const SLICE = 1000;
/** Slices of one run: so many files are looked at, then the next run goes on. */
const SLICES_MAX = 20;
/** Files of one run that the store does not remove; then it is taken for away, and the next run goes on. */
const FAILURES_MAX = 10;

/**
 * Removes files that nobody can read any more: those of failed sends, and those whose message was recalled, cleaned,
 * edited away or expired. A download asks the database, so how soon the bytes go is about disk space only.
 *
 * Several processes may sweep the same files at once.
 */
export class FileSweep {
  readonly #parts: { db: Database; store: FileStore; log: Logger; now: () => number };
  #after = 0n;
  #removedUpTo = 0n;
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Files removed. */
  removed = 0;

  constructor(parts: { db: Database; store: FileStore; log: Logger; now: () => number }) {
    this.#parts = parts;
  }

  start(intervalMs: number): void {
    this.#isStopped = false;
    this.#timer = setTimeout(() => {
      this.#run = this.runOnce()
        .catch((error: unknown) => {
          this.#parts.log.warn('files were not swept; it is tried again', { cause: String(error) });
        })
        .then(() => {
          if (!this.#isStopped) this.start(intervalMs);
        });
    }, intervalMs).unref();
  }

  /** Ends the run in progress at its next step and waits for it. Safe to call twice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#run;
  }

  /** Looks at the next files, and removes all that were given up. */
  async runOnce(): Promise<void> {
    const { db, now } = this.#parts;
    const last = await lastFile(db);
    for (let slice = 0; slice < SLICES_MAX && this.#after < last && !this.#isStopped; slice++) {
      const upTo = this.#after + BigInt(SLICE);
      await doomFiles(db, this.#after, upTo, now());
      this.#after = upTo;
    }
    if (this.#after >= last) this.#after = 0n;
    await this.#removeDoomed();
  }

  /** A file that cannot be removed is left for a later run and holds up no other. @throws what the last of those threw. */
  async #removeDoomed(): Promise<void> {
    const failures: unknown[] = [];
    for (;;) {
      const doomed = await doomedFiles(this.#parts.db, this.#removedUpTo, SLICE);
      for (const file of doomed) {
        if (this.#isStopped) return;
        this.#removedUpTo = file.id;
        await this.#remove(file).catch((error: unknown) => failures.push(error));
        if (failures.length >= FAILURES_MAX) throw failures.at(-1);
      }
      if (doomed.length < SLICE) break;
    }
    this.#removedUpTo = 0n;
    if (failures.length > 0) throw failures.at(-1);
  }

  /** The bytes go before the row: what a crash leaves undone is found again. */
  async #remove({ id, name }: DoomedFile): Promise<void> {
    const { db, store } = this.#parts;
    await store.remove(thumbnailKey(name));
    await store.remove(name);
    await forgetFile(db, id);
    this.removed += 1;
  }
}
