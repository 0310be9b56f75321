import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodables } from '../../test/wire-generators.ts';
import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { RawString } from '../raw-string.ts';
import type { Encodable } from '../value.ts';
import { stringifyJson } from './stringify-json.ts';

describe('stringifyJson', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['null', undefined],
    ['true', true],
    ['0', 0],
    ['0', -0],
    ['-1', -1],
    ['1.5', 1.5],
    ['1700000000000', 1700000000000],
    ['9007199254740992', 2 ** 53],
    ['9223372036854775808', 2 ** 63],
    ['1e+21', 1e21],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['"a\\"\\\\\\n\\u0001é😀"', 'a"\\\n\u0001é😀'],
    ['"\ufffdx"', '\ud800x'],
    ['"é\\""', new RawString(new TextEncoder().encode('é"'))],
    ['"text"', new TextEncoder().encode('text')],
    ['"AAH/"', new RawString(Uint8Array.of(0, 1, 255))],
    ['"/w=="', Uint8Array.of(255)],
    ['[1,null,"a"]', [1, undefined, 'a']],
    ['{"a":1,"c":[]}', { a: 1, b: undefined, c: [] }],
    ['{"1":2}', new Map<string, Encodable>([['1', 2n]])],
    ['{}', {}],
  ])('writes %s', (json, value) => {
    expect(stringifyJson(value as Encodable)).toBe(json);
  });

  it('writes long binary as base64', () => {
    const bytes = new Uint8Array(100_000).map((_, i) => i * 7 + 128);
    expect(stringifyJson(bytes)).toBe(`"${Buffer.from(bytes).toString('base64')}"`);
  });

  it.each([
    ['NaN', Number.NaN],
    ['an infinity', Number.NEGATIVE_INFINITY],
    ['an integer beyond 64 bits', 2n ** 64n],
    ['an extension', new Ext(1, new Uint8Array(1))],
    ['a date', new Date(0)],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a map with other keys', new Map([[1, 1]])],
  ])('refuses %s, at any depth', (_name, value) => {
    expect(() => stringifyJson(value as unknown as Encodable)).toThrow(WireError);
    expect(() => stringifyJson([{ a: value }] as unknown as Encodable)).toThrow(WireError);
  });

  it('writes 64 levels and no more', () => {
    let value: Encodable = [];
    for (let level = 1; level < 64; level++) value = [value];
    expect(stringifyJson(value)).toBe('['.repeat(64) + ']'.repeat(64));
    expect(() => stringifyJson([value])).toThrow('deeper than 64 levels');
  });

  it('writes what JSON.parse reads', () => {
    fc.assert(
      fc.property(encodables(), (value) => {
        const json = attempt(value);
        if (json !== undefined) expect(() => JSON.parse(json)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

/** Undefined where the value holds NaN or an infinity. */
function attempt(value: Encodable): string | undefined {
  try {
    return stringifyJson(value);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return undefined;
  }
}
