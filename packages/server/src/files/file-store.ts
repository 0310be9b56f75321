import type { Readable } from 'node:stream';

/** Where the bytes of files are. What they are and who may read them stands in the database. */
export type FileStore = {
  /** Keeps bytes under a key; a second time it replaces them. They survive a power cut when this resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * The bytes from `start` to before `end`, read as fast as they are taken; destroy the stream to end early.
   *
   * @param end - At most the length of what was put, and more than `start`.
   * @returns undefined when there is nothing under the key.
   */
  read(key: string, start: number, end: number): Promise<Readable | undefined>;
  /** Forgets what is under the key. Nothing there is no error. */
  remove(key: string): Promise<void>;
};

/** The key of the thumbnail of a file. */
export function thumbnailKey(key: string): string {
  return `${key}.thumbnail`;
}

const KEY = /^[A-Za-z0-9_-]{1,100}(\.[a-z]{1,20})?$/;

/** Keys become file names and addresses. @throws RangeError for a key that could mean anything else there. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new RangeError('the key of a file is not of letters, digits, _ and -');
}
