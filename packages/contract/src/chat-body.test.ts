import { encodeMsgpack, RawString } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { clientPushBody, encodePush, MTYPES, serverPushBody } from './index.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const str = new RawString(utf8('hi'));
const bin = utf8('hi');
const PUSH = { from: 1, to: 2, mid: 3, attrs: '', mtime: 5 };

describe('the content of a push to a client', () => {
  test('is a map for chat, with everything but the text empty when there is no translation', () => {
    const body = { source: '', target: '', sourceText: str, targetText: '' };
    expect(clientPushBody(MTYPES.chat, str)).toEqual(body);
    expect(clientPushBody(MTYPES.chat, bin)).toEqual(body);
  });

  test('has the translation of chat beside it', () => {
    expect(clientPushBody(MTYPES.chat, str, { source: 'en', target: 'fr', targetText: 'salut' })).toEqual({
      source: 'en',
      target: 'fr',
      sourceText: str,
      targetText: 'salut',
    });
  });

  test('is text for commands and files, also when they were sent as bin', () => {
    for (const mtype of [MTYPES.command, 40, 45, 50]) {
      expect(clientPushBody(mtype, bin)).toEqual(str);
      expect(clientPushBody(mtype, str)).toBe(str);
    }
  });

  test('stays as it was sent for every other type', () => {
    for (const mtype of [1, 6, MTYPES.audio, 33, 39, 51, 66, 127]) {
      expect(clientPushBody(mtype, bin)).toBe(bin);
      expect(clientPushBody(mtype, str)).toBe(str);
    }
  });
});

describe('the content of a push to a back end', () => {
  test('is plain text for chat', () => {
    expect(serverPushBody(MTYPES.chat, str)).toBe(str);
    expect(serverPushBody(MTYPES.chat, bin)).toEqual(str);
  });

  test('stays as it was sent for every other type', () => {
    for (const mtype of [MTYPES.command, 40, 66]) expect(serverPushBody(mtype, bin)).toBe(bin);
  });
});

test('bytes that are not UTF-8 reach the receiver unchanged', () => {
  const broken = new Uint8Array([0xc3, 0x28, 0xff]);
  const push = (msg: ReturnType<typeof clientPushBody>) =>
    Buffer.from(encodeMsgpack(encodePush('pushmsg', { ...PUSH, mtype: 30, msg }))).toString('hex');
  expect(push(clientPushBody(30, broken))).toContain('c328ff');
  expect(push(serverPushBody(30, broken))).toContain('a3c328ff');
});
