import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asDecoded, encodables, mutate, seededRandom } from '../../test/wire-generators.ts';
import { WireError } from '../errors.ts';
import { RawString } from '../raw-string.ts';
import type { WireMap, WireValue } from '../value.ts';
import { parseJson } from './parse-json.ts';
import { stringifyJson } from './stringify-json.ts';

function raw(text: string): RawString {
  return new RawString(new TextEncoder().encode(text));
}

function textOf(json: string): string {
  const value = parseJson(json);
  if (!(value instanceof RawString)) throw new Error('not a string');
  return value.text;
}

const NUMBERS: readonly (readonly [json: string, value: number | bigint])[] = [
  ['0', 0],
  ['-0', 0],
  ['7', 7],
  ['-200', -200],
  ['999999999999999', 999999999999999],
  ['1000000000000000', 1000000000000000],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['9007199254740992', 2n ** 53n],
  ['9007199254740993', 2n ** 53n + 1n],
  ['-9007199254740993', -(2n ** 53n) - 1n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['-9223372036854775809', -(2 ** 63)],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['18446744073709551616', 2 ** 64],
  ['99999999999999999999', 1e20],
  ['100000000000000000000', 1e20],
  ['1.5', 1.5],
  ['-0.5', -0.5],
  ['5.0', 5],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['25e-1', 2.5],
  ['1e-999', 0],
  ['1e308', 1e308],
];

describe('parseJson', () => {
  it.each(NUMBERS)('reads the number %s', (json, value) => {
    expect(parseJson(json)).toStrictEqual(value);
    expect(parseJson(`[${json},1]`)).toStrictEqual([value, 1]);
  });

  it.each(['01', '-', '+1', '1.', '.5', '1e', '1e+', '-01', '0x10', '1_0', 'NaN', 'Infinity', '- 1', '1 2'])(
    'refuses %s as a number',
    (json) => {
      expect(() => parseJson(json)).toThrow(WireError);
    },
  );

  it('refuses numbers that no float can hold', () => {
    for (const json of ['1e309', '-1e309', '1e99999999999999999999', '9'.repeat(400)]) {
      expect(() => parseJson(json)).toThrow('a number is too large');
    }
    expect(parseJson('1e-99999999999999999999')).toBe(0);
  });

  it('reads a number of millions of digits, in linear time', () => {
    const digits = '9'.repeat(8_000_000);
    const started = process.cpuUsage();
    expect(() => parseJson(digits)).toThrow('a number is too large');
    const { user, system } = process.cpuUsage(started);
    // As a bigint it would take ten times as long.
    expect((user + system) / 1000).toBeLessThan(750);
    expect(parseJson(`0.${'3'.repeat(1_000_000)}`)).toBeCloseTo(1 / 3);
    expect(() => parseJson('9'.repeat(1_000_000))).toThrow('a number is too large');
    expect(() => parseJson(`[${'1'.repeat(300)},`.repeat(64))).toThrow(WireError);
  });

  it('reads literals, lists and maps', () => {
    expect(parseJson(' [true, false , null,[],{ }] ')).toEqual([true, false, null, [], new Map()]);
    expect(parseJson('{"a":{"b":[1]},\r\n\t"c":"d"}')).toEqual(
      new Map<string, WireValue>([
        ['a', new Map([['b', [1]]])],
        ['c', raw('d')],
      ]),
    );
  });

  it('lets the last of equal keys count, also when one is escaped', () => {
    expect(parseJson('{"a":1,"\\u0061":2}')).toEqual(new Map([['a', 2]]));
  });

  it('keeps a key named __proto__', () => {
    expect([...(parseJson('{"__proto__":1}') as WireMap).keys()]).toEqual(['__proto__']);
  });

  it('resolves every escape', () => {
    expect(textOf('"\\"\\\\\\/\\b\\f\\n\\r\\t"')).toBe('"\\/\b\f\n\r\t');
    expect(textOf('"a\\u0041\\u00e9\\u4F60\\uD83D\\uDE00z"')).toBe('aAé你😀z');
    expect(textOf('"\\u0000"')).toBe('\0');
  });

  it('reads lone surrogates as U+FFFD', () => {
    expect(textOf('"\\ud800"')).toBe('\ufffd');
    expect(textOf('"\\udc00\\ud800"')).toBe('\ufffd\ufffd');
    expect(textOf('"\\udc00\\udc00"')).toBe('\ufffd\ufffd');
    expect(textOf('"\\ud800\\ud83d\\ude00"')).toBe('\ufffd😀');
    expect(textOf('"\\ud800\\n"')).toBe('\ufffd\n');
    expect(textOf('"\\ud83dx"')).toBe('\ufffdx');
    expect(textOf('"\ud800"')).toBe('\ufffd');
    expect([...(parseJson('{"\\ud800":1}') as WireMap).keys()]).toEqual(['\ufffd']);
  });

  it('keeps bytes in a string that are no UTF-8', () => {
    const bytes = Uint8Array.of(0x22, 0x00 + 0x61, 0xff, 0xfe, 0x22);
    expect(parseJson(bytes)).toEqual(new RawString(Uint8Array.of(0x61, 0xff, 0xfe)));
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x5c, 0x6e, 0x22))).toEqual(new RawString(Uint8Array.of(0xff, 0x0a)));
  });

  it('reads a view without looking beyond it', () => {
    const bytes = new TextEncoder().encode('[123456]');
    expect(parseJson(bytes.subarray(1, 4))).toBe(123);
    expect(() => parseJson(bytes.subarray(0, 4))).toThrow('ends early');
  });

  it.each([
    '',
    ' ',
    '{',
    '[',
    '"',
    '"a',
    '"\\',
    '"\\"',
    '"\\u',
    '"\\u12"',
    '"\\u12g4"',
    '"\\x"',
    '"a\nb"',
    '"\0"',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{1:2}',
    'tru',
    'True',
    'nul',
    'truex',
    '[]]',
    '{}{}',
    '\ufeff{}',
    '// x\n1',
    'undefined',
  ])('refuses %j', (json) => {
    expect(() => parseJson(json)).toThrow(WireError);
    expect(() => JSON.parse(json)).toThrow();
  });

  it('reads 64 levels and no more', () => {
    expect(() => parseJson('['.repeat(64) + ']'.repeat(64))).not.toThrow();
    expect(() => parseJson('['.repeat(65) + ']'.repeat(65))).toThrow('deeper than 64 levels');
    expect(() => parseJson('['.repeat(1_000_000))).toThrow('deeper than 64 levels');
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow('deeper than 64 levels');
    expect(parseJson(`[${'[],'.repeat(200)}[]]`)).toHaveLength(201);
  });

  it('reads 262144 values and no more', () => {
    expect(parseJson(`[${'{},'.repeat(262_142)}{}]`)).toHaveLength(262_143);
    expect(() => parseJson(`[${'{},'.repeat(262_143)}{}]`)).toThrow('more than 262144 values');
    const keys = Array.from({ length: 131_072 }, (_, i) => `"${i}":1`);
    expect(() => parseJson(`{${keys.join(',')}}`)).toThrow('more than 262144 values');
  });

  it('refuses every text that is cut', () => {
    const json = '{"a":[1,-2.5e+3,"x\\u00e9\\n",true,null],"b":{"c":[]}}';
    for (let end = 0; end < json.length; end++) expect(() => parseJson(json.slice(0, end))).toThrow(WireError);
  });

  it('accepts what JSON.parse accepts and reads the same', () => {
    const random = seededRandom(20_260_101);
    const base = new TextEncoder().encode('{"a":[1,-2.5e+3,"x\\u00e9\\n",true,null,0.0,10],"b":{"c":[],"d" : false}}');
    let accepted = 0;
    for (let run = 0; run < 20_000; run++) {
      const bytes = mutate(base, random);
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      const [ours, theirs] = [attempt(() => parseJson(text)), attempt(() => asWire(JSON.parse(text)))];
      if (ours instanceof WireError) expect(theirs).toBeInstanceOf(Error);
      else expect(ours).toEqual(theirs);
      if (!(theirs instanceof Error)) accepted++;
    }
    expect(accepted).toBeGreaterThan(500);
  });

  it('gives back what was formatted', () => {
    fc.assert(
      fc.property(encodables({ isJson: true }), (value) => {
        expect(parseJson(stringifyJson(value))).toStrictEqual(asDecoded(value));
      }),
      { numRuns: 500 },
    );
  });
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function asWire(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? asDecoded(value) : new WireError('too large');
  if (typeof value === 'string') return raw(value);
  if (Array.isArray(value)) return value.map(asWire);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, entry]) => [key, asWire(entry)]));
}
