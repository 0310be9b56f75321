import { RawString } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { toHistoryMessage } from './history-message.ts';

const bytes = (...values: number[]) => new Uint8Array(values);
const text = (value: string) => new RawString(new TextEncoder().encode(value));
const parts = { id: 1010n, mtype: 66, mid: 7n, msg: text('hello'), attrs: '{"k":"v"}', mtime: 1_795_239_794_394 };

test('a stored message gets the names that callers know', () => {
  expect(toHistoryMessage(parts, 101n, 5001n)).toEqual({
    cursorId: 1010n,
    fromUid: 101n,
    toId: 5001n,
    messageType: 66,
    messageId: 7n,
    message: 'hello',
    attrs: '{"k":"v"}',
    modifiedTime: 1_795_239_794_394,
  });
});

test('bytes stay bytes, also when they would be valid text', () => {
  expect(toHistoryMessage({ ...parts, msg: bytes(0x68, 0x69) }, 1n, 2n).message).toEqual(bytes(0x68, 0x69));
});

test('text that is not UTF-8 is given as bytes', () => {
  const msg = new RawString(bytes(0, 1, 2, 0xfe, 0xff));
  expect(toHistoryMessage({ ...parts, msg }, 1n, 2n).message).toEqual(bytes(0, 1, 2, 0xfe, 0xff));
});

test('a byte order mark is part of the text', () => {
  expect(toHistoryMessage({ ...parts, msg: text('\ufeffa') }, 1n, 2n).message).toBe('\ufeffa');
});

test('bytes are copied out of the packet', () => {
  const packet = Buffer.from([1, 2, 3, 4]);
  const { message } = toHistoryMessage({ ...parts, msg: packet.subarray(1, 3) }, 1n, 2n);
  packet.fill(9);
  expect(message).toEqual(bytes(2, 3));
  expect((message as Uint8Array).buffer.byteLength).toBe(2);
});

test.each([39, 40, 50, 51])('only the types 40..50 are read as files: %d', (mtype) => {
  const file = { ...parts, mtype, msg: text('{"url":"u","size":1}'), attrs: '{"rtm":{},"custom":"mine"}' };
  const message = toHistoryMessage(file, 1n, 2n);
  const isFile = mtype >= 40 && mtype <= 50;
  expect(message.fileInfo?.url).toBe(isFile ? 'u' : undefined);
  expect(message.attrs).toBe(isFile ? 'mine' : file.attrs);
  expect(message.message).toBe('{"url":"u","size":1}');
});

test('a file message that cannot be read stays as it is', () => {
  const message = toHistoryMessage({ ...parts, mtype: 40, attrs: '{"rtm":{}}' }, 1n, 2n);
  expect(message).toMatchObject({ message: 'hello', attrs: '{"rtm":{}}' });
  expect('fileInfo' in message).toBe(false);
});
