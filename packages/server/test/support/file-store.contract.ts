import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type FileStore, thumbnailKey } from '../../src/files/file-store.ts';

const newKey = () => randomBytes(24).toString('base64url');

/** What every file store does. @param store - Asked for in each test, after the set-up. */
export function describeFileStore(name: string, store: () => FileStore): void {
  describe(name, () => {
    const readAll = async (key: string, start: number, end: number) => {
      const stream = await store().read(key, start, end);
      return stream === undefined ? undefined : buffer(stream);
    };

    test.each([1, 1000, 70_000, 5_242_880])('gives %i bytes back as they were put', async (size) => {
      const [key, bytes] = [newKey(), randomBytes(size)];
      await store().put(key, bytes);
      expect((await readAll(key, 0, size))?.equals(bytes)).toBe(true);
    });

    test('reads any part, from the first to the last byte', async () => {
      const [key, bytes] = [newKey(), randomBytes(200_000)];
      await store().put(key, bytes);
      for (const [start, end] of [
        [0, 1],
        [199_999, 200_000],
        [0, 200_000],
        [65_535, 65_537],
        [1, 199_999],
      ] as const) {
        expect((await readAll(key, start, end))?.equals(bytes.subarray(start, end)), `${start}-${end}`).toBe(true);
      }
    });

    test('keeps what is empty', async () => {
      const key = newKey();
      await store().put(key, new Uint8Array());
      await store().remove(key);
    });

    test('has nothing under an unknown key, and removes it without an error', async () => {
      expect(await store().read(newKey(), 0, 10)).toBeUndefined();
      await store().remove(newKey());
    });

    test('has nothing any more once it is removed; a thumbnail has a life of its own', async () => {
      const [key, bytes] = [newKey(), randomBytes(100)];
      await store().put(key, bytes);
      await store().put(thumbnailKey(key), bytes);
      await store().remove(key);
      expect(await store().read(key, 0, 100)).toBeUndefined();
      expect((await readAll(thumbnailKey(key), 0, 100))?.equals(bytes)).toBe(true);
    });

    test('replaces what is put a second time, also at once, and nobody reads a mixture', async () => {
      const key = newKey();
      const versions = Array.from({ length: 8 }, (_, value) => Buffer.alloc(100_000, value + 1));
      await store().put(key, versions[0]!);
      const puts = Promise.all(versions.map((bytes) => store().put(key, bytes)));
      for (let reads = 0; reads < 10; reads++) {
        const read = await readAll(key, 0, 100_000);
        expect(new Set(read)).toHaveProperty('size', 1);
        expect(read).toHaveLength(100_000);
      }
      await puts;
    });

    test('lets a reader end early', async () => {
      const key = newKey();
      await store().put(key, randomBytes(5_000_000));
      const stream = await store().read(key, 0, 5_000_000);
      for await (const chunk of stream!) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(stream!.destroyed).toBe(true);
    });

    test.each(['', '.', '..', '../up', 'a/b', 'a\\b', '/abs', 'a\0b', 'ü', 'a.b.c', 'a'.repeat(101), 'a%2fb'])(
      'refuses the key %j',
      async (key) => {
        await expect(store().put(key, Uint8Array.of(1))).rejects.toThrow(RangeError);
        await expect(store().read(key, 0, 1)).rejects.toThrow(RangeError);
        await expect(store().remove(key)).rejects.toThrow(RangeError);
      },
    );
  });
}
