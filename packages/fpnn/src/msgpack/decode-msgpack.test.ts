import { encode as oracleEncode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../test/vectors.ts';
import { asDecoded, encodables } from '../../test/wire-generators.ts';
import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { RawString } from '../raw-string.ts';
import type { WireMap, WireValue } from '../value.ts';
import { decodeMsgpack } from './decode-msgpack.ts';
import { encodeMsgpack } from './encode-msgpack.ts';

function decode(hex: string): WireValue {
  return decodeMsgpack(fromHex(hex));
}

function raw(text: string): RawString {
  return new RawString(new TextEncoder().encode(text));
}

const FORMATS: readonly (readonly [name: string, hex: string, value: WireValue])[] = [
  ['nil', 'c0', null],
  ['false', 'c2', false],
  ['true', 'c3', true],
  ['positive fixint 0', '00', 0],
  ['positive fixint 127', '7f', 127],
  ['negative fixint -1', 'ff', -1],
  ['negative fixint -32', 'e0', -32],
  ['uint8', 'cc ff', 255],
  ['uint8 that is not minimal', 'cc 05', 5],
  ['uint16', 'cd ffff', 65535],
  ['uint32', 'ce ffffffff', 4294967295],
  ['uint64 that is safe', 'cf 001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['uint64 just beyond', 'cf 0020000000000000', 2n ** 53n],
  ['uint64 at its end', 'cf ffffffffffffffff', 2n ** 64n - 1n],
  ['uint64 that is not minimal', 'cf 0000000000000005', 5],
  ['int8 of -1', 'd0 ff', -1],
  ['int8 of -128', 'd0 80', -128],
  ['int8 of 127', 'd0 7f', 127],
  ['int16 of +200', 'd1 00c8', 200],
  ['int16 of -32768', 'd1 8000', -32768],
  ['int32 of -2147483648', 'd2 80000000', -2147483648],
  ['int32 of 2147483647', 'd2 7fffffff', 2147483647],
  ['int64 of -1', 'd3 ffffffffffffffff', -1],
  ['int64 that is safe', 'd3 ffe0000000000001', Number.MIN_SAFE_INTEGER],
  ['int64 just beyond', 'd3 ffe0000000000000', -(2n ** 53n)],
  ['int64 of 2^53+1', 'd3 0020000000000001', 2n ** 53n + 1n],
  ['int64 at its lower end', 'd3 8000000000000000', -(2n ** 63n)],
  ['int64 at its upper end', 'd3 7fffffffffffffff', 2n ** 63n - 1n],
  ['float32', 'ca 3fc00000', 1.5],
  ['float64', 'cb 3ff8000000000000', 1.5],
  ['integral float32', 'ca 40a00000', 5],
  ['integral float64', 'cb 41f0000000000000', 4294967296],
  ['not a number', 'cb 7ff8000000000000', Number.NaN],
  ['infinity', 'ca ff800000', Number.NEGATIVE_INFINITY],
  ['empty fixstr', 'a0', raw('')],
  ['fixstr', 'a3 616263', raw('abc')],
  ['str8', 'd9 03 616263', raw('abc')],
  ['str16', 'da 0003 616263', raw('abc')],
  ['str32', 'db 00000003 616263', raw('abc')],
  ['str that is no UTF-8', 'a3 0001ff', new RawString(Uint8Array.of(0, 1, 255))],
  ['bin8', 'c4 03 0001ff', Uint8Array.of(0, 1, 255)],
  ['bin16', 'c5 0003 0001ff', Uint8Array.of(0, 1, 255)],
  ['bin32', 'c6 00000003 0001ff', Uint8Array.of(0, 1, 255)],
  ['empty bin', 'c4 00', new Uint8Array(0)],
  ['fixarray', '92 01 02', [1, 2]],
  ['array16', 'dc 0002 01 02', [1, 2]],
  ['array32', 'dd 00000002 01 02', [1, 2]],
  ['fixmap', '81 a161 01', new Map([['a', 1]])],
  ['map16', 'de 0001 a161 01', new Map([['a', 1]])],
  ['map32', 'df 00000001 a161 01', new Map([['a', 1]])],
  ['fixext1', 'd4 05 aa', new Ext(5, Uint8Array.of(0xaa))],
  ['fixext2', 'd5 05 aabb', new Ext(5, Uint8Array.of(0xaa, 0xbb))],
  ['fixext4, a timestamp', 'd6 ff 65000000', new Ext(-1, Uint8Array.of(0x65, 0, 0, 0))],
  ['fixext8', 'd7 05 0102030405060708', new Ext(5, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))],
  ['fixext16', `d8 05 ${'00'.repeat(16)}`, new Ext(5, new Uint8Array(16))],
  ['ext8', 'c7 01 80 aa', new Ext(-128, Uint8Array.of(0xaa))],
  ['ext16', 'c8 0001 7f aa', new Ext(127, Uint8Array.of(0xaa))],
  ['ext32', 'c9 00000001 00 aa', new Ext(0, Uint8Array.of(0xaa))],
];

describe('decodeMsgpack', () => {
  it.each(FORMATS)('reads %s', (_name, hex, value) => {
    expect(decode(hex)).toStrictEqual(value);
  });

  it.each(FORMATS)('refuses %s when it is cut at any byte or goes on', (_name, hex) => {
    const bytes = fromHex(hex);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeMsgpack(bytes.slice(0, end))).toThrow(WireError);
    }
    expect(() => decodeMsgpack(Uint8Array.of(...bytes, 0xc0))).toThrow('1 bytes after the value');
  });

  it('does not read beyond the end of a view', () => {
    const buffer = fromHex('a3 616263 646566');
    expect(() => decodeMsgpack(buffer.subarray(0, 3))).toThrow(WireError);
    expect(decodeMsgpack(buffer.subarray(0, 4))).toEqual(raw('abc'));
  });

  it('refuses the format byte c1', () => {
    expect(() => decode('c1')).toThrow(WireError);
    expect(() => decode('91 c1')).toThrow(WireError);
  });

  it('turns keys that are integers into decimal strings', () => {
    const map = decode('86 01 a161 ff a162 cf0020000000000001 a163 d9 02 6b31 01 c4 02 6b32 02 cb41f0000000000000 03');
    const keys = ['1', '-1', '9007199254740993', 'k1', 'k2', '4294967296'];
    expect([...(map as WireMap).keys()]).toEqual(keys);
  });

  it('refuses keys of other types', () => {
    for (const key of ['c0', 'c3', '90', '80', 'cb3ff8000000000000', 'd405aa', 'cb7ff0000000000000']) {
      expect(() => decode(`81 ${key} 01`)).toThrow('a map key');
    }
  });

  it('lets the last of equal keys count', () => {
    expect(decode('83 a131 01 a161 02 01 03')).toEqual(
      new Map([
        ['1', 3],
        ['a', 2],
      ]),
    );
  });

  it('keeps a key named __proto__', () => {
    expect(decode('81 a95f5f70726f746f5f5f 01')).toEqual(new Map([['__proto__', 1]]));
  });

  it('gives plain Uint8Arrays for a Buffer, so that slice copies', () => {
    const bytes = Buffer.from('82a161c40101a162a178', 'hex');
    const map = decodeMsgpack(bytes) as WireMap;
    expect((map.get('a') as Uint8Array).constructor).toBe(Uint8Array);
    expect((map.get('b') as RawString).bytes.constructor).toBe(Uint8Array);
  });

  it('reads 64 levels and no more', () => {
    expect(() => decode(`${'91'.repeat(64)}c0`)).not.toThrow();
    expect(() => decode(`${'91'.repeat(65)}c0`)).toThrow('deeper than 64 levels');
    expect(() => decode(`${'81a161'.repeat(65)}c0`)).toThrow('deeper than 64 levels');
    expect(() => decode('91'.repeat(1_000_000))).toThrow('deeper than 64 levels');
    expect(() => decode('81'.repeat(100_000))).toThrow('deeper than 64 levels');
  });

  it('counts levels, not containers', () => {
    expect(decode(`dc0100${'90'.repeat(256)}`)).toHaveLength(256);
  });

  it.each([
    'dd ffffffff',
    'dd ffffffff c0 c0',
    'df ffffffff',
    'df ffffffff a161 01',
    'db ffffffff 61',
    'c6 ffffffff 61',
    'c9 ffffffff 05 61',
    '93 01 02',
    '82 a161 01 c0',
  ])('refuses a length that the bytes cannot hold: %s', (hex) => {
    expect(() => decode(hex)).toThrow(WireError);
  });

  it('reads 262144 values and no more, so that small bytes cannot become a large structure', () => {
    const array = (length: number): Uint8Array => {
      const bytes = new Uint8Array(5 + length).fill(0x80);
      bytes.set([0xdd, length >>> 24, length >>> 16, length >>> 8, length]);
      return bytes;
    };
    expect(decodeMsgpack(array(262_144))).toHaveLength(262_144);
    expect(() => decodeMsgpack(array(262_145))).toThrow('more than 262144 values');
    const map = (size: number): Uint8Array => {
      const bytes = new Uint8Array(5 + size * 2).fill(0x01);
      bytes.set([0xdf, size >>> 24, size >>> 16, size >>> 8, size]);
      return bytes;
    };
    expect(decodeMsgpack(map(131_072))).toEqual(new Map([['1', 1]]));
    expect(() => decodeMsgpack(map(131_073))).toThrow('more than 262144 values');
  });

  it('counts the values of all levels together', () => {
    const lists = (count: number): Uint8Array => {
      const list = new Uint8Array(3 + 999).fill(0xc0);
      list.set([0xdc, 999 >>> 8, 999 & 0xff]);
      const bytes = new Uint8Array(3 + count * list.length);
      bytes.set([0xdc, count >>> 8, count]);
      for (let i = 0; i < count; i++) bytes.set(list, 3 + i * list.length);
      return bytes;
    };
    expect(decodeMsgpack(lists(262))).toHaveLength(262);
    expect(() => decodeMsgpack(lists(263))).toThrow('more than 262144 values');
  });

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(encodables(), (value) => {
        expect(decodeMsgpack(encodeMsgpack(value))).toStrictEqual(asDecoded(value));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every encoded value that is cut', () => {
    fc.assert(
      fc.property(encodables(), fc.nat(), (value, cut) => {
        const bytes = encodeMsgpack(value);
        expect(() => decodeMsgpack(bytes.subarray(0, cut % bytes.length))).toThrow(WireError);
      }),
    );
  });

  it('reads what another library writes', () => {
    fc.assert(
      fc.property(encodables({ isJson: true }), (value) => {
        const plain = asPlain(value);
        expect(decodeMsgpack(oracleEncode(plain, { useBigInt64: true }))).toStrictEqual(asDecodedFloats(value));
      }),
      { numRuns: 300 },
    );
  });

  it('fails with a WireError or not at all, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          decodeMsgpack(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** Maps as objects, the only form that the other library takes. */
function asPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPlain);
  if (value instanceof Map) return asPlain(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asPlain(entry)]));
}

/** The other library writes integral numbers beyond 32 bits as floats, so that they come as numbers, minus zero too. */
function asDecodedFloats(value: unknown): WireValue {
  if (typeof value === 'number') return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(asDecodedFloats);
  if (typeof value !== 'object' || value === null) return asDecoded(value as never);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(entries.map(([key, entry]) => [key, asDecodedFloats(entry)]));
}
