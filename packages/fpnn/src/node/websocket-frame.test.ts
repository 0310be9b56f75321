import { expect, it } from 'vitest';
import { encodeQuest } from '../packet.ts';
import { QuestBatch } from '../quest-batch.ts';
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

it('a batch has a frame for each packet, and is framed once', () => {
  const quests = ['a', 'b'].map((method) => encodeQuest({ method, params: {}, seq: 0 }));
  const batch = QuestBatch.of(quests, 5);
  const frames = new WebSocketFrames();
  const bytes = frames.batch(batch);
  const single = [0, 1].map((index) => encodeWebSocketFrame(WEBSOCKET_OPCODES.binary, batch.packet(index)));
  expect(Buffer.from(bytes)).toEqual(Buffer.concat(single));
  expect(frames.batch(batch)).toBe(bytes);
  expect(frames.batch(batch.slice(1, 2))).toEqual(single[1]);
});
