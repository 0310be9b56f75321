import { expect, it } from 'vitest';
import { encodeWebSocketFrame, WEBSOCKET_OPCODES, WebSocketFrames } from './websocket-frame.ts';

it.each([
  [0, '8200'],
  [1, '8201'],
  [125, '827d'],
  [126, '827e007e'],
  [127, '827e007f'],
  [65535, '827effff'],
  [65536, '827f0000000000010000'],
])('a frame of %i bytes starts with %s', (length, header) => {
  const payload = new Uint8Array(length).fill(0x61);
  const frame = encodeWebSocketFrame(WEBSOCKET_OPCODES.binary, payload);
  expect(Buffer.from(frame).toString('hex', 0, header.length / 2)).toBe(header);
  expect(Buffer.from(frame.subarray(header.length / 2)).equals(payload)).toBe(true);
});

it('a pong carries its own opcode', () => {
  expect(encodeWebSocketFrame(WEBSOCKET_OPCODES.pong, Uint8Array.of(1))).toEqual(Buffer.of(0x8a, 1, 1));
});

it('a packet sent again is not framed again', () => {
  const frames = new WebSocketFrames();
  const packet = Uint8Array.of(1);
  const frame = frames.binary(packet);
  expect(frames.binary(packet)).toBe(frame);
  expect(frames.binary(Uint8Array.of(2))).toEqual(Buffer.of(0x82, 1, 2));
  expect(frames.binary(packet)).toEqual(frame);
});
