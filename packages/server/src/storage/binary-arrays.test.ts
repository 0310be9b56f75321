import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { boolArray, byteaArray, int2Array, int4Array, int8Array, readInt8Array } from './binary-arrays.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());

/** What the server reads from an array parameter, element by element, as text. */
async function seenByServer(type: string, array: Buffer): Promise<string[]> {
  const rows = await sql<{ value: string }>(
    storage.db,
    `select x::text as value from unnest($1::${type}[]) with ordinality u (x, n) order by n`,
    [array],
  );
  return rows.map((row) => row.value);
}

describe('the bytes', () => {
  test('of an int8 array are those of the binary format', () => {
    expect(int8Array([1n, -2]).toString('hex')).toBe(
      `00000001${'00000000'}00000014${'00000002'}00000001${'00000008'}0000000000000001${'00000008'}fffffffffffffffe`,
    );
  });

  test('of an empty array name no dimension', () => {
    expect(int4Array([]).toString('hex')).toBe('000000000000000000000017');
  });
});

describe('the server reads', () => {
  test('int8 extremes from bigints and numbers', async () => {
    const values = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 0, -1, 4294967295, 4294967296, -4294967297];
    values.push(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, -(2 ** 31));
    expect(await seenByServer('int8', int8Array(values))).toEqual(values.map(String));
  });

  test('int4 extremes', async () => {
    const values = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
    expect(await seenByServer('int4', int4Array(values))).toEqual(values.map(String));
  });

  test('int2 extremes', async () => {
    const values = [0, 1, -1, 32767, -32768];
    expect(await seenByServer('int2', int2Array(values))).toEqual(values.map(String));
  });

  test('bool', async () => {
    expect(await seenByServer('bool', boolArray([true, false, true]))).toEqual(['true', 'false', 'true']);
  });

  test('bytea with NUL, invalid UTF-8, nothing, and much', async () => {
    const values = [
      Buffer.of(0),
      Buffer.of(0xff, 0xfe, 0xc0, 0x80),
      Buffer.alloc(0),
      Buffer.alloc(100_000, 7),
      Buffer.from("'\\{}"),
    ];
    const seen = await seenByServer('bytea', byteaArray(values));
    expect(seen).toEqual(values.map((value) => `\\x${value.toString('hex')}`));
  });

  test('bytea from a view into a larger buffer', async () => {
    const large = Uint8Array.of(1, 2, 3, 4, 5);
    expect(await seenByServer('bytea', byteaArray([large.subarray(1, 3)]))).toEqual(['\\x0203']);
  });

  test.each([
    ['int8', int8Array([])],
    ['int4', int4Array([])],
    ['int2', int2Array([])],
    ['bool', boolArray([])],
    ['bytea', byteaArray([])],
  ])('an empty %s array', async (type, array) => {
    expect(await seenByServer(type, array)).toEqual([]);
  });
});

describe('readInt8Array', () => {
  test('reads what the server sends', async () => {
    const values = [0, 1, -1, 4294967296, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const [row] = await sql<{ sent: Buffer }>(storage.db, 'select array_send($1::int8[]) as sent', [int8Array(values)]);
    expect(readInt8Array(row!.sent)).toEqual(values);
  });

  test('reads an empty array', async () => {
    const [row] = await sql<{ sent: Buffer }>(storage.db, 'select array_send($1::int8[]) as sent', [int8Array([])]);
    expect(readInt8Array(row!.sent)).toEqual([]);
  });
});
