import { createHash } from 'node:crypto';
import { RawString } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { fileSignText, formatFileMessage, readFileAttrs } from './file-attrs.ts';

const read = (text: string) => readFileAttrs(new RawString(new TextEncoder().encode(text)));
const md5 = (input: string | Uint8Array) => createHash('md5').update(input).digest('hex');

test('the sign is the MD5 of the MD5 of the file, a colon and the token, byte by byte', () => {
  const fileMd5 = md5(Uint8Array.of(0x68, 0x65, 0x6c, 0x6c, 0x6f));
  expect(fileMd5).toBe('5d41402abc4b2a76b9719d911017c592');
  expect(fileSignText(fileMd5, 'T0ken')).toBe('5d41402abc4b2a76b9719d911017c592:T0ken');
  expect(md5(fileSignText(fileMd5, 'T0ken'))).toBe('f45d7337cc706f99fd9731968fc5a79d');
});

test('the sign is found in rtm or at the top, and receivers do not get it', () => {
  expect(read('{"rtm":{"sign":"s","ext":"png","filename":"a.png"},"custom":{"n":9007199254740993}}')).toEqual({
    sign: 's',
    filename: 'a.png',
    shared: '{"rtm":{"ext":"png","filename":"a.png"},"custom":{"n":9007199254740993}}',
  });
  expect(read('{"sign":"s","ext":"png"}')).toEqual({
    sign: 's',
    filename: undefined,
    shared: '{"rtm":{"ext":"png"},"custom":""}',
  });
  expect(read('{"rtm":{"ext":null},"sign":"s","custom":"text"}')).toMatchObject({
    sign: 's',
    shared: '{"rtm":{"ext":null},"custom":"text"}',
  });
});

test('what audio needs stays, and custom is always there', () => {
  const audio = '"type":"audiomsg","codec":"AMR_WB","srate":16000,"lang":"en","duration":1200';
  expect(read(`{"rtm":{"sign":"s",${audio}}}`)?.shared).toBe(`{"rtm":{${audio}},"custom":""}`);
  expect(read('{"custom":"only"}')).toEqual({
    sign: undefined,
    filename: undefined,
    shared: '{"rtm":{},"custom":"only"}',
  });
});

test.each(['', 'text', '[]', '1', 'null', '{"rtm":', '\u0000'])('%j is no attrs of a file', (text) => {
  expect(read(text)).toBeUndefined();
});

test('a sign that is no text is none', () => {
  for (const text of ['{"rtm":{"sign":1}}', '{"rtm":{"sign":""}}', '{"rtm":[]}', '{}']) {
    expect(read(text)?.sign).toBeUndefined();
  }
});

test('the message has a thumbnail only where there is one', () => {
  expect(formatFileMessage({ url: 'http://h/f/x.png', size: 3 })).toBe('{"url":"http://h/f/x.png","size":3}');
  expect(formatFileMessage({ url: 'u', size: 0, surl: 's' })).toBe('{"url":"u","size":0,"surl":"s"}');
});
