import { decode as oracleDecode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../test/vectors.ts';
import { asDecoded, encodables } from '../../test/wire-generators.ts';
import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { RawString } from '../raw-string.ts';
import type { Encodable } from '../value.ts';
import { decodeMsgpack } from './decode-msgpack.ts';
import { encodeMsgpack } from './encode-msgpack.ts';

function encode(value: unknown): string {
  return toHex(encodeMsgpack(value as Encodable));
}

const INTEGERS: readonly (readonly [value: number | bigint, hex: string])[] = [
  [0, '00'],
  [-0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, 'cc80'],
  [200, 'ccc8'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65535, 'cdffff'],
  [65536, 'ce00010000'],
  [4294967295, 'ceffffffff'],
  [4294967296, 'cf0000000100000000'],
  [1700000000000, 'cf0000018bcfe56800'],
  [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
  [-1, 'd0ff'],
  [-2, 'd0fe'],
  [-31, 'd0e1'],
  [-32, 'd0e0'],
  [-33, 'd0df'],
  [-128, 'd080'],
  [-129, 'd1ff7f'],
  [-200, 'd1ff38'],
  [-32768, 'd18000'],
  [-32769, 'd2ffff7fff'],
  [-2147483648, 'd280000000'],
  [-2147483649, 'd3ffffffff7fffffff'],
  [-4294967296, 'd3ffffffff00000000'],
  [-4294967297, 'd3fffffffeffffffff'],
  [Number.MIN_SAFE_INTEGER, 'd3ffe0000000000001'],
  [2 ** 53, 'cf0020000000000000'],
  [2 ** 63, 'cf8000000000000000'],
  [-(2 ** 63), 'd38000000000000000'],
  [5n, '05'],
  [-1n, 'd0ff'],
  [-32n, 'd0e0'],
  [200n, 'ccc8'],
  [2n ** 53n + 1n, 'cf0020000000000001'],
  [-(2n ** 53n) - 1n, 'd3ffdfffffffffffff'],
  [2n ** 63n - 1n, 'cf7fffffffffffffff'],
  [2n ** 64n - 1n, 'cfffffffffffffffff'],
  [-(2n ** 63n), 'd38000000000000000'],
];

describe('encodeMsgpack', () => {
  it.each(INTEGERS)('writes the integer %s as %s', (value, hex) => {
    expect(encode(value)).toBe(hex);
  });

  it('never writes a negative fixint, alone or inside', () => {
    for (let value = -32; value < 0; value++) {
      expect(encode(value)).toBe(`d0${(256 + value).toString(16)}`);
      expect(encode([value])).toBe(`91d0${(256 + value).toString(16)}`);
    }
  });

  it('writes other numbers as float64', () => {
    expect(encode(1.5)).toBe('cb3ff8000000000000');
    expect(encode(-0.5)).toBe('cbbfe0000000000000');
    expect(encode(2 ** 64)).toBe('cb43f0000000000000');
    expect(encode(-(2 ** 64))).toBe('cbc3f0000000000000');
    expect(encode(Number.POSITIVE_INFINITY)).toBe('cb7ff0000000000000');
    expect(encode(Number.NaN)).toBe('cb7ff8000000000000');
  });

  it('writes nil and booleans', () => {
    expect(encode(null)).toBe('c0');
    expect(encode(undefined)).toBe('c0');
    expect(encode(false)).toBe('c2');
    expect(encode(true)).toBe('c3');
  });

  it.each([
    [0, 'a0'],
    [31, 'bf'],
    [32, 'd920'],
    [255, 'd9ff'],
    [256, 'da0100'],
    [65535, 'daffff'],
    [65536, 'db00010000'],
  ])('writes text and kept bytes of %i bytes with the header %s', (length, header) => {
    const expected = header + '78'.repeat(length);
    expect(encode('x'.repeat(length))).toBe(expected);
    expect(encode(new RawString(new Uint8Array(length).fill(0x78)))).toBe(expected);
  });

  it.each([
    [0, 'c400'],
    [255, 'c4ff'],
    [256, 'c50100'],
    [65535, 'c5ffff'],
    [65536, 'c600010000'],
  ])('writes binary of %i bytes with the header %s', (length, header) => {
    expect(encode(new Uint8Array(length))).toBe(header + '00'.repeat(length));
  });

  it.each([
    [0, '90', '80'],
    [15, '9f', '8f'],
    [16, 'dc0010', 'de0010'],
    [65535, 'dcffff', 'deffff'],
    [65536, 'dd00010000', 'df00010000'],
  ])('writes lists and maps of %i entries with the headers %s and %s', (length, listHeader, mapHeader) => {
    expect(encode(new Array(length).fill(1))).toBe(listHeader + '01'.repeat(length));
    const keys = Array.from({ length }, (_, i) => `k${i}`);
    expect(encode(Object.fromEntries(keys.map((key) => [key, 1]))).startsWith(mapHeader)).toBe(true);
    expect(encode(new Map(keys.map((key) => [key, 1]))).startsWith(mapHeader)).toBe(true);
  });

  it('counts bytes, not characters, in the header of a text', () => {
    expect(encode('é'.repeat(15))).toBe(`be${'c3a9'.repeat(15)}`);
    expect(encode('é'.repeat(16))).toBe(`d920${'c3a9'.repeat(16)}`);
    expect(encode('é'.repeat(128))).toBe(`da0100${'c3a9'.repeat(128)}`);
    expect(encode('你'.repeat(21846))).toBe(`db00010002${'e4bda0'.repeat(21846)}`);
    expect(encode([`${'a'.repeat(30)}é`, 7])).toBe(`92d920${'61'.repeat(30)}c3a907`);
  });

  it('writes lone surrogates as U+FFFD', () => {
    expect(encode('\ud800')).toBe('a3efbfbd');
    expect(encode('a\udc00b')).toBe('a561efbfbd62');
    expect(encode('😀')).toBe('a4f09f9880');
  });

  it('leaves undefined properties and entries out', () => {
    expect(encode({ a: undefined, b: 1, c: undefined })).toBe('81a16201');
    expect(encode(new Map([['a', undefined]]))).toBe('80');
    expect(encode([undefined])).toBe('91c0');
  });

  it('keeps bytes that are no UTF-8 through decoding and encoding', () => {
    const hex = '81a164a30001ff';
    expect(encode(decodeMsgpack(fromHex(hex)))).toBe(hex);
  });

  it('takes objects without a prototype and of other realms', () => {
    expect(encode(Object.assign(Object.create(null), { a: 1 }))).toBe('81a16101');
    const foreignPrototype = Object.assign(Object.create(null), { toString: () => '' });
    expect(encode(Object.assign(Object.create(foreignPrototype), { a: 1 }))).toBe('81a16101');
  });

  it.each([
    ['an integer beyond 64 bits', 2n ** 64n],
    ['an integer below 64 bits', -(2n ** 63n) - 1n],
    ['an extension', new Ext(5, new Uint8Array(1))],
    ['a date', new Date(0)],
    ['a set', new Set()],
    ['another typed array', new Uint16Array(1)],
    ['a buffer', new ArrayBuffer(1)],
    ['a class instance', new (class Thing {})()],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a map with other keys', new Map([[1, 1]])],
  ])('refuses %s, at any depth', (_name, value) => {
    expect(() => encode(value)).toThrow(WireError);
    expect(() => encode([{ a: value }])).toThrow(WireError);
  });

  it('writes 64 levels and no more, so that a value inside itself ends', () => {
    let value: Encodable = 1;
    for (let level = 0; level < 64; level++) value = [value];
    expect(encode(value)).toBe(`${'91'.repeat(64)}01`);
    expect(() => encode([value])).toThrow('deeper than 64 levels');
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => encode(loop)).toThrow('deeper than 64 levels');
  });

  it('writes the next value whole after a refused one', () => {
    expect(() => encode({ a: 'x'.repeat(1000), b: Symbol('s') })).toThrow(WireError);
    expect(encode({ a: 1 })).toBe('81a16101');
  });

  it('gives bytes that later calls leave alone', () => {
    const values = Array.from({ length: 3000 }, (_, i) => ({ i, text: 'y'.repeat(i % 1200) }));
    const encoded = values.map((value) => encodeMsgpack(value));
    encoded.forEach((bytes, i) => {
      expect((decodeMsgpack(bytes) as Map<string, unknown>).get('i')).toBe(i);
      expect(bytes.length).toBe(encodeMsgpack(values[i]).length);
    });
  });

  it('encodes while a getter of the value encodes', () => {
    const value = {
      a: 1,
      get inner(): Uint8Array {
        return encodeMsgpack('x'.repeat(5000));
      },
      z: 2,
    };
    const map = decodeMsgpack(encodeMsgpack(value)) as Map<string, unknown>;
    expect([...map.keys()]).toEqual(['a', 'inner', 'z']);
    expect((map.get('inner') as Uint8Array).length).toBe(5003);
  });

  it('grows for large values and is small again afterwards', () => {
    const large = 'z'.repeat(3_000_000);
    expect(encodeMsgpack(large).length).toBe(3_000_005);
    expect(encode([1])).toBe('9101');
  });

  it('writes what another library reads', () => {
    fc.assert(
      fc.property(encodables(), (value) => {
        const decoded = oracleDecode(encodeMsgpack(value), { useBigInt64: true, rawStrings: true });
        // Not strictly: that trips over a property named `constructor`.
        expect(asNumbers(decoded)).toEqual(asOracle(value));
      }),
      { numRuns: 500 },
    );
  });
});

/** The other library gives each 64-bit form as a bigint; compare by value. */
function asNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(asNumbers);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asNumbers(entry)]));
}

/** What the other library should give: strings as bytes, maps as objects. */
function asOracle(value: Encodable): unknown {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (typeof value === 'number' || typeof value === 'bigint') return asDecoded(value);
  if (value instanceof RawString) return value.bytes;
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asOracle);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, entry]) => [key, asOracle(entry)]));
}
