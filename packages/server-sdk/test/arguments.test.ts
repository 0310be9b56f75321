import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RtmServerClient } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

let gate: RecordingGate;
let client: RtmServerClient;

beforeAll(async () => {
  gate = await RecordingGate.start();
  client = gate.createClient();
});

afterAll(async () => {
  await client.close();
  await gate.close();
});

describe('no id is rounded', () => {
  const unsafe = 2 ** 53;

  test.each([
    ['a sender', () => client.sendMessage(unsafe, 102, 66, 'a')],
    ['a receiver in a list', () => client.sendMessages(101, [102, unsafe], 66, 'a')],
    ['a mid', () => client.sendChat(101, 102, 'a', { mid: unsafe })],
    ['a cursor', () => client.getGroupMessage(5001, true, 10, 0, 0, unsafe, 0)],
    ['a room in a list', () => client.getRoomCount([unsafe])],
    ['a bigint outside int64', () => client.addRoomMember(2n ** 63n, 101)],
    ['a fraction', () => client.addRoomMember(1.5, 101)],
    ['a time', () => client.cleanP2PMessage(101, 102, 0, unsafe)],
  ])('%s that is unsafe rejects with RangeError', async (_what, call) => {
    await expect(call()).rejects.toThrow(RangeError);
  });

  test('ids beyond 2^53 pass both ways', async () => {
    const id = 2n ** 63n - 1n;
    gate.answer = { uids: [id, -id, 5] };
    expect(await client.getRoomMembers(id)).toEqual([id, -id, 5n]);
    expect(gate.quests.pop()!.params.get('rid')).toBe(id);
    gate.answer = { cn: { [String(id)]: 3 } };
    expect(await client.getRoomCount([id])).toEqual(new Map([[id, 3]]));
    gate.quests.length = 0;
  });
});

// What JavaScript callers may pass in spite of the types.
const any = (value: unknown) => value as never;

test.each([
  ['text where bytes are wanted', () => client.sendMessageByBinary(101, 102, 66, any('text'))],
  ['bytes where text is wanted', () => client.sendMessage(101, 102, 66, any(new Uint8Array(1)))],
  ['bytes in a chat', () => client.sendGroupChat(101, 5001, any(new Uint8Array(1)))],
  ['a number as message', () => client.sendAudio(101, 102, any(5))],
  ['a text as id', () => client.sendMessage(any('101'), 102, 66, 'a')],
  ['a missing id', () => client.addRoomMember(6001, any(undefined))],
  ['a text as list', () => client.sendChats(101, any('102'), 'a')],
  ['a number as list', () => client.getRoomCount(any(5))],
  ['a number as flag', () => client.getBroadcastMessage(any(1), 10, 0, 0, 0, 0)],
  ['attrs that are no text', () => client.sendChat(101, 102, 'a', { attrs: any({}) })],
  ['a missing method', () => client.call(any('nosuch'), any({}))],
])('%s rejects with TypeError', async (_what, call) => {
  await expect(call()).rejects.toThrow(TypeError);
});

test('calls with wrong arguments send nothing', () => {
  expect(gate.quests).toEqual([]);
});

test('a list may be any iterable', async () => {
  gate.answer = { mtime: 1 };
  await client.sendChats(101, new Set([102n, 103n]), 'a');
  expect(gate.quests.pop()!.params.get('tos')).toEqual([102, 103]);
});

test('call reaches any method of the wire with typed parameters and answer', async () => {
  gate.answer = { uids: [1], administrators: [2], managers: [2], administartors: [2], owner: 0 };
  const { uids, owner } = await client.call('getRTCRoomMembers', { rid: 7001 });
  expect([uids, owner]).toEqual([[1n], 0n]);
  expect(gate.quests.pop()!.method).toBe('getRTCRoomMembers');
});

test('an answer that lacks a field rejects with 20006', async () => {
  gate.answer = {};
  await expect(client.getRoomMembers(6001)).rejects.toMatchObject({ name: 'RtmError', code: 20006 });
});
