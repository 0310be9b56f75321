import { createHash } from 'node:crypto';
import { RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { checkAuthParams, ERROR_CODES, signText, untimedSignText } from './index.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));
const quest = (changes: Record<string, WireValue>): WireMap =>
  new Map(Object.entries({ pid: 80_000_001, sign: raw('AB'), salt: 2n ** 62n, ts: 1_795_239_794, ...changes }));

const md5 = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase();

describe('the signed text', () => {
  test('joins pid, secret, salt, method and ts by colons', () => {
    expect(signText(1, 'abc', 2, 'sendmsg', 3)).toBe('1:abc:2:sendmsg:3');
    expect(md5(signText(1, 'abc', 2n, 'sendmsg', 3n))).toBe('FB3DEFD4796530C0E2AFFEFA1DEADF4D');
  });

  test('writes a large salt with all its digits', () => {
    // Signed by the official Go SDK.
    const text = signText(80_000_001, 'test-secret', 7_529_781_450_522_280_065n, 'addgroupmembers', 1_795_239_794);
    expect(md5(text)).toBe('D3CB8545F442D8C209C7E5F493AAB25A');
  });

  test('of the old form covers pid, secret and salt', () => {
    expect(untimedSignText(1, 'abc', 2n)).toBe('1:abc:2');
  });
});

describe('checkAuthParams', () => {
  test('reads the four parameters', () => {
    expect(checkAuthParams(quest({ extra: 1 }))).toEqual({
      pid: 80_000_001,
      sign: raw('AB'),
      salt: 2n ** 62n,
      ts: 1_795_239_794,
    });
  });

  test('a quest without ts is of the old form', () => {
    expect(checkAuthParams(quest({ ts: null })).ts).toBeUndefined();
  });

  test('a ts beyond int32 is left to the check of the clock', () => {
    expect(checkAuthParams(quest({ ts: 1_795_239_794_000 })).ts).toBe(1_795_239_794_000);
  });

  test.each([
    ['pid', null, ERROR_CODES.keyNotFound],
    ['pid', raw('1'), ERROR_CODES.typeConvert],
    ['pid', 2 ** 31, ERROR_CODES.invalidPidOrUid],
    ['sign', 5, ERROR_CODES.typeConvert],
    ['salt', null, ERROR_CODES.keyNotFound],
    ['salt', 2n ** 64n - 1n, ERROR_CODES.typeConvert],
    ['ts', raw('1'), ERROR_CODES.typeConvert],
  ])('%s %s is refused with %i', (name, value, code) => {
    expect(() => checkAuthParams(quest({ [name]: value }))).toThrow(expect.objectContaining({ code }));
  });
});
