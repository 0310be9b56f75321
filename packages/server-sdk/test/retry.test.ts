import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RtmServerClient } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

let gate: RecordingGate;
let client: RtmServerClient;

beforeEach(async () => {
  gate = await RecordingGate.start();
  client = gate.createClient({ now: () => 1_800_000_000_000 });
  gate.answer = { mtime: 1_795_239_794_392 };
});

afterEach(async () => {
  await client.close();
  await gate.close();
  expect(gate.faults).toEqual([]);
});

const nowS = 1_800_000_000;

describe('a quest refused with 200006', () => {
  test('is signed anew, five seconds ahead, and sent once more with the same mid', async () => {
    gate.script.push({ fail: 200006 });
    const { mid, mtime } = await client.sendMessage(101, 102, 66, 'hello');
    const [first, second] = gate.quests;
    expect(mtime).toBe(1_795_239_794_392);
    expect(second!.params).toEqual(first!.params);
    expect(second!.params.get('mid')).toBe(mid);
    expect(second!.salt).not.toBe(first!.salt);
    expect([first!.ts, second!.ts]).toEqual([nowS, nowS + 5]);
  });

  test('is repeated for every method', async () => {
    gate.script.push({ fail: 200006 }, {});
    await client.addRoomMember(6001, 101);
    expect(gate.quests).toHaveLength(2);
  });

  test('a second refusal is final', async () => {
    gate.script.push({ fail: 200006 }, { fail: 200006 });
    await expect(client.sendMessage(101, 102, 66, 'hello')).rejects.toMatchObject({ name: 'RtmError', code: 200006 });
    expect(gate.quests).toHaveLength(2);
  });
});

describe('a connection that breaks before the answer', () => {
  test.each([
    ['sendMessage', () => client.sendMessage(101, 102, 66, 'a')],
    ['sendMessages', () => client.sendMessages(101, [102, 103], 66, 'a')],
    ['sendGroupChat', () => client.sendGroupChat(101, 5001, 'a')],
    ['sendRoomAudio', () => client.sendRoomAudio(101, 6001, new Uint8Array([1]))],
    ['sendBroadcastMessageByBinary', () => client.sendBroadcastMessageByBinary(101, 66, new Uint8Array([1]))],
  ])('%s is sent once more on a new connection, with the same mid and a new sign', async (_name, send) => {
    gate.script.push('hang up');
    const { mid } = await send();
    const [first, second] = gate.quests;
    expect(gate.quests).toHaveLength(2);
    expect(second!.connection).not.toBe(first!.connection);
    expect(second!.params).toEqual(first!.params);
    expect(second!.params.get('mid')).toBe(mid);
    expect(second!.salt).not.toBe(first!.salt);
    expect(second!.ts).toBe(nowS);
  });

  test('a send that breaks twice rejects with 20002', async () => {
    gate.script.push('hang up', 'hang up');
    await expect(client.sendMessage(101, 102, 66, 'a')).rejects.toMatchObject({ name: 'RtmError', code: 20002 });
    expect(gate.quests).toHaveLength(2);
  });

  test('a send may need both repeats', async () => {
    gate.script.push('hang up', { fail: 200006 });
    await client.sendMessage(101, 102, 66, 'a');
    expect(new Set(gate.quests.map((quest) => quest.params.get('mid'))).size).toBe(1);
    expect(gate.quests.map((quest) => quest.ts)).toEqual([nowS, nowS, nowS + 5]);
  });

  test.each([
    ['addRoomMember', () => client.addRoomMember(6001, 101)],
    ['delP2PMessage', () => client.delP2PMessage(1n, 101, 102)],
    ['getRoomMembers', () => client.getRoomMembers(6001)],
  ])('%s carries no mid of its own and rejects with 20002', async (_name, call) => {
    gate.script.push('hang up');
    await expect(call()).rejects.toMatchObject({ name: 'RtmError', code: 20002 });
    expect(gate.quests).toHaveLength(1);
  });
});

test('other refusals are final and keep code and text', async () => {
  gate.script.push({ fail: 200053 });
  await expect(client.sendMessage(101, 102, 66, 'a')).rejects.toMatchObject({ code: 200053, message: 'scripted' });
  expect(gate.quests).toHaveLength(1);
});

test('the caller may give the mid, and gets it back', async () => {
  const mid = 2n ** 62n + 1n;
  expect(await client.sendChat(101, 102, 'a', { mid })).toEqual({ mid, mtime: 1_795_239_794_392 });
  expect(gate.quests[0]!.params.get('mid')).toBe(mid);
  expect((await client.sendChat(101, 102, 'a', 'attrs', { mid: 7 })).mid).toBe(7n);
});
