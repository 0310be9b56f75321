import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { checkKey, type FileStore } from './file-store.ts';

const FIRST_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Files of a folder: `<folder>/<first letter of the key>/<key>`. */
export class LocalFileStore implements FileStore {
  readonly #directory: string;
  readonly #incoming: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#incoming = join(directory, 'incoming');
  }

  /** Makes the folder when it is missing, and removes what a killed process left half written. One process at a time. */
  static async open(directory: string): Promise<LocalFileStore> {
    const store = new LocalFileStore(directory);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true, mode: 0o700 });
    for (const letter of FIRST_LETTERS) await mkdir(join(directory, letter), { recursive: true, mode: 0o700 });
    // Before the first file, so that no file lies in a folder which a power cut takes away.
    await syncFolder(directory);
    return store;
  }

  /** Written elsewhere and moved when it is whole, so that nobody ever reads a part. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    const { folder, path } = this.#placeOf(key);
    const incoming = join(this.#incoming, randomUUID());
    try {
      await writeDurably(incoming, bytes);
      await rename(incoming, path);
    } catch (error) {
      await rm(incoming, { force: true });
      throw error;
    }
    // The name is durable only with the folder that holds it.
    await syncFolder(folder);
  }

  async read(key: string, start: number, end: number): Promise<Readable | undefined> {
    try {
      const file = await open(this.#placeOf(key).path, 'r');
      return file.createReadStream({ start, end: end - 1 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#placeOf(key).path, { force: true });
  }

  #placeOf(key: string): { folder: string; path: string } {
    checkKey(key);
    const folder = join(this.#directory, key.slice(0, 1));
    return { folder, path: join(folder, key) };
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
