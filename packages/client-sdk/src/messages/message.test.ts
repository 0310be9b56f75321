import { RawString } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { type MessageParts, toMessage } from './message.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));
const base = { conversation: { kind: 'room', roomId: 5n }, from: 1n, mid: 2n, mtime: 3, attrs: 'a' } as const;
const read = (parts: Pick<MessageParts, 'mtype' | 'msg'> & Partial<MessageParts>) =>
  toMessage({ ...base, ...parts }, 1n);

test('chat is text, whether it comes as a push or from history', () => {
  const pushed = { source: '', target: '', sourceText: 'hi', targetText: '' };
  const wanted = { ...base, mtype: 30, isOwn: true, type: 'chat', text: 'hi' };
  expect(read({ mtype: 30, msg: pushed })).toEqual(wanted);
  expect(read({ mtype: 30, msg: raw('hi') })).toEqual(wanted);
  const translated = { source: 'de', target: 'en', sourceText: 'Hallo', targetText: 'Hello' };
  expect(read({ mtype: 30, msg: translated })).toMatchObject({
    text: 'Hallo',
    translation: { source: 'de', target: 'en', text: 'Hello' },
  });
});

test('commands are text, audio and other types keep their kind', () => {
  expect(read({ mtype: 32, msg: raw('go') })).toMatchObject({ type: 'command', text: 'go' });
  expect(read({ mtype: 31, msg: new Uint8Array([1]) })).toMatchObject({ type: 'audio', body: new Uint8Array([1]) });
  expect(read({ mtype: 51, msg: raw('{}') })).toMatchObject({ type: 'custom', body: '{}' });
  expect(read({ mtype: 51, msg: new Uint8Array([255]) })).toMatchObject({ body: new Uint8Array([255]) });
});

test('a file has its address, and the attrs of its sender', () => {
  const msg = raw('{"url":"http://h/f.png","size":3}');
  const message = read({ mtype: 40, msg, attrs: '{"rtm":{"ext":"png"},"custom":"mine"}' });
  expect(message).toMatchObject({ type: 'file', file: { url: 'http://h/f.png', size: 3 }, attrs: 'mine' });
  expect(read({ mtype: 40, msg: raw('no file') })).toMatchObject({ type: 'custom', body: 'no file', attrs: 'a' });
});
