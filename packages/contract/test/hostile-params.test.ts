import { decodeMsgpack, encodeMsgpack, type WireMap } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { hostileParams, plainParams } from '../src/hostile-params.ts';
import { clientMethods, DEFAULT_LIMITS, ERROR_CODES, type MethodDeclaration, methods, RtmError } from '../src/index.ts';
import { ALL_METHODS, type GateCalls } from './gate-calls.ts';

/** A file at its limit is made many times here; the size of the limit does not matter. */
const LIMITS = { ...DEFAULT_LIMITS, fileMaxBytes: 4096 };

function codeOf(calls: GateCalls, method: string, params: WireMap): number | undefined {
  try {
    calls.check(method, params, LIMITS);
    return undefined;
  } catch (error) {
    if (error instanceof RtmError) return error.code;
    throw error;
  }
}

function overTheWire(params: ReturnType<typeof plainParams>): WireMap {
  return decodeMsgpack(encodeMsgpack(params)) as WireMap;
}

describe.each(ALL_METHODS)('%s', (_, calls, declaration) => {
  const { name } = declaration;

  test('accepts plain parameters', () => {
    expect(codeOf(calls, name, overTheWire(plainParams(declaration)))).toBeUndefined();
  });

  test('answers every hostile parameter with the code that the declaration promises', () => {
    for (const { title, params, code } of hostileParams(declaration, LIMITS)) {
      expect(codeOf(calls, name, overTheWire(params)), title).toBe(code);
      if (code !== undefined) expect(declaration.errors, title).toContain(code);
    }
  });

  test('every code that its parameters bring is met by some hostile parameter', () => {
    const met = new Set(hostileParams(declaration).map(({ code }) => code));
    const refused = Object.keys(declaration.refusals).map(
      (refusal) => ERROR_CODES[refusal as keyof typeof ERROR_CODES],
    );
    for (const code of declaration.errors) if (!refused.includes(code)) expect(met).toContain(code);
  });
});

function casesOf(declaration: MethodDeclaration, param: string): Map<string, number | undefined> {
  const cases = hostileParams(declaration).filter(({ title }) => title.startsWith(`${param}: `));
  return new Map(cases.map(({ title, code }) => [title.slice(param.length + 2), code]));
}

test('a decimal str is an id on the client gate only', () => {
  expect(casesOf(clientMethods.sendmsg, 'to').get('a decimal str')).toBeUndefined();
  expect(casesOf(methods.sendmsg, 'to').get('a decimal str')).toBe(ERROR_CODES.typeConvert);
  expect(casesOf(clientMethods.enterrooms, 'rids').get('a decimal str inside')).toBeUndefined();
  expect(casesOf(methods.adduserrooms, 'rids').get('a decimal str inside')).toBe(ERROR_CODES.typeConvert);
});

test('other limits move the bounds', () => {
  const limits = { ...DEFAULT_LIMITS, receiversMax: 3 };
  const cases = hostileParams(methods.sendmsgs, limits);
  const lengths = cases
    .filter(({ title }) => title === 'tos: at the limit' || title === 'tos: beyond the limit')
    .map(({ params }) => (params['tos'] as unknown[]).length);
  expect(lengths).toEqual([3, 4]);
});
