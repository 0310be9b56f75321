import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeClientFrame, OPCODES } from '../../test/support/raw-websocket.ts';
import { WebSocketReader } from './websocket-reader.ts';

const MAX_BYTES = 100_000;

type Read = { opcode: number; payload: string };

/** Reads chunks to the end; the chunks are used up. */
function readAll(chunks: readonly Buffer[], reader = new WebSocketReader(MAX_BYTES)): Read[] {
  const read: Read[] = [];
  for (const chunk of chunks) {
    reader.append(chunk);
    while (reader.next()) {
      read.push({ opcode: reader.opcode, payload: Buffer.from(reader.payload).toString('latin1') });
    }
  }
  return read;
}

/** A message in as many fragments as there are parts, with a ping in front of each but the first. */
function fragmented(parts: readonly string[]): { bytes: Buffer; read: Read[] } {
  const frames = parts.flatMap((part, index) => {
    const opcode = index === 0 ? OPCODES.binary : OPCODES.continuation;
    const frame = encodeClientFrame(opcode, Buffer.from(part, 'latin1'), { isFinal: index === parts.length - 1 });
    return index === 0 ? [frame] : [encodeClientFrame(OPCODES.ping, Buffer.from('p')), frame];
  });
  const pings = parts.slice(1).map(() => ({ opcode: OPCODES.ping as number, payload: 'p' }));
  return { bytes: Buffer.concat(frames), read: [...pings, { opcode: OPCODES.binary, payload: parts.join('') }] };
}

describe('the reader of WebSocket frames', () => {
  it.each([0, 1, 125, 126, 127, 65535, 65536, MAX_BYTES])('reads a message of %i bytes', (length) => {
    const text = 'x'.repeat(length);
    const bytes = Buffer.from(encodeClientFrame(OPCODES.binary, Buffer.from(text)));
    expect(readAll([bytes])).toEqual([{ opcode: OPCODES.binary, payload: text }]);
  });

  it('reads the same however the bytes are split', () => {
    const text = fc.string({ maxLength: 200 }).map((value) => Buffer.from(value, 'utf8').toString('latin1'));
    const parts = fc.array(text, { minLength: 1, maxLength: 4 });
    const splits = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 5 }), splits, (messages, sizes) => {
        const wanted = messages.map(fragmented);
        const bytes = Buffer.concat(wanted.map((message) => message.bytes));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          chunks.push(Buffer.from(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(readAll(chunks)).toEqual(wanted.flatMap(({ read }) => read));
      }),
    );
  });

  it('goes on in the middle of a chunk when another one comes', () => {
    const reader = new WebSocketReader(MAX_BYTES);
    const frames = ['a', 'b', 'c'].map((text) => encodeClientFrame(OPCODES.binary, Buffer.from(text)));
    reader.append(Buffer.concat(frames.slice(0, 2)));
    const read = () => (reader.next() ? String(reader.payload) : undefined);
    expect(read()).toBe('a');
    reader.append(Buffer.from(frames[2]!));
    expect([read(), read(), read()]).toEqual(['b', 'c', undefined]);
  });

  it.each([
    ['a frame without mask', [0x82, 0x01, 0x00], 'bad-websocket'],
    ['reserved bits', [0xc2, 0x80], 'bad-websocket'],
    ['opcode 3', [0x83, 0x80], 'bad-websocket'],
    ['opcode 11', [0x8b, 0x80], 'bad-websocket'],
    ['a ping in fragments', [0x09, 0x80], 'bad-websocket'],
    ['a ping of 126 bytes', [0x89, 0xfe], 'bad-websocket'],
    ['a stray continuation', [0x80, 0x80], 'bad-websocket'],
    ['a message within a message', [0x02, 0x80, 0, 0, 0, 0, 0x82, 0x80], 'bad-websocket'],
    ['a length over the limit', [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa1], 'oversize'],
    ['a length beyond all numbers', [0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255], 'oversize'],
  ])('refuses %s as soon as it shows, whole or byte by byte', (_, bytes, reason) => {
    expect(() => readAll([Buffer.from(bytes)])).toThrow(expect.objectContaining({ reason }));
    expect(() => readAll(bytes.map((byte) => Buffer.of(byte)))).toThrow(expect.objectContaining({ reason }));
  });

  it('refuses fragments that add up to more than the limit', () => {
    const half = new Uint8Array(MAX_BYTES / 2 + 1);
    const frames = [
      encodeClientFrame(OPCODES.binary, half, { isFinal: false }),
      encodeClientFrame(OPCODES.continuation, half),
    ];
    expect(() => readAll([Buffer.concat(frames)])).toThrow(expect.objectContaining({ reason: 'oversize' }));
  });
});
