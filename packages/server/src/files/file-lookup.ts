import type { Readable } from 'node:stream';
import type { Database } from '../storage/database.ts';
import { findReadableFile, type ReadableFile } from '../storage/file-register.ts';
import type { FileLink } from './file-links.ts';
import { type FileStore, thumbnailKey } from './file-store.ts';

/** A file or a thumbnail that may be read. */
export type FoundFile = ReadableFile & {
  /** Where it lies in the store; two files never have the same. */
  key: string;
};

/** Says what a link leads to. Each time the database is asked: who recalls a message takes the file with it at once. */
export class FileLookup {
  readonly #db: Database;
  readonly #store: FileStore;
  readonly #now: () => number;

  constructor(parts: { db: Database; store: FileStore; now: () => number }) {
    this.#db = parts.db;
    this.#store = parts.store;
    this.#now = parts.now;
  }

  /** Undefined for what may not be read, or no longer. */
  async find({ name, isThumbnail }: FileLink): Promise<FoundFile | undefined> {
    const file = await findReadableFile(this.#db, name, this.#now());
    if (file === undefined) return undefined;
    if (!isThumbnail) return { ...file, key: name };
    if (file.thumbnailSize === null) return undefined;
    return { ...file, key: thumbnailKey(name), size: file.thumbnailSize, contentType: 'image/jpeg', filename: null };
  }

  /** The bytes of a file that was found, from `start` to before `end`. @throws Error when the store has lost them. */
  async read({ key }: FoundFile, start: number, end: number): Promise<Readable> {
    const stream = await this.#store.read(key, start, end);
    if (stream === undefined) throw new Error('the bytes of a file are missing in the store');
    return stream;
  }
}
