import { Readable } from 'node:stream';
import type { FileStore } from '../../src/files/file-store.ts';

/** Files in memory, with faults on demand. */
export class MemoryFileStore implements FileStore {
  readonly #files = new Map<string, Uint8Array>();
  failPut: (key: string) => boolean = () => false;
  failRemove: (key: string) => boolean = () => false;
  onPut: () => void | Promise<void> = () => {};

  get size(): number {
    return this.#files.size;
  }

  has(key: string): boolean {
    return this.#files.has(key);
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (this.failPut(key)) throw new Error('no space');
    await this.onPut();
    this.#files.set(key, bytes);
  }

  async read(key: string, start: number, end: number): Promise<Readable | undefined> {
    const bytes = this.#files.get(key);
    return bytes === undefined ? undefined : Readable.from([bytes.subarray(start, end)]);
  }

  async remove(key: string): Promise<void> {
    if (this.failRemove(key)) throw new Error('away');
    this.#files.delete(key);
  }
}
