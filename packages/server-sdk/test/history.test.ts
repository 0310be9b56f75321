import type { Encodable } from '@parley/fpnn';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Conversation, HistoryMessage, RtmServerClient } from '../src/index.ts';
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

beforeEach(() => {
  gate.quests.length = 0;
});

function unit(id: number, isDeleted = false): Encodable[] {
  return [id, 1, 51, 2n ** 60n + BigInt(id), isDeleted, `message ${id}`, '', 1_000 + id];
}

function page(lastid: number, ...msgs: Encodable[][]): Encodable {
  return { num: msgs.length, lastid, begin: 1_000, end: 2_000, msgs };
}

async function collect(conversation: Conversation, desc = false): Promise<HistoryMessage[]> {
  const messages: HistoryMessage[] = [];
  for await (const message of client.walkMessages(conversation, { desc, pageSize: 2 })) messages.push(message);
  return messages;
}

test.each([
  [{ groupId: 5001, uid: 7 }, 'getgroupmsg', { gid: 5001, uid: 7 }, { fromUid: 1n, toId: 5001n }],
  [{ roomId: 6001 }, 'getroommsg', { rid: 6001, uid: 0 }, { fromUid: 1n, toId: 6001n }],
  [{ broadcast: true }, 'getbroadcastmsg', { uid: 0 }, { fromUid: 1n, toId: 0n }],
  [{ uid: 101, peerUid: 102 }, 'getp2pmsg', { uid: 101, ouid: 102 }, { fromUid: 101n, toId: 102n }],
] as const)('a walk through %o calls %s until a page is empty', async (conversation, method, address, ends) => {
  gate.script.push(page(2, unit(1), unit(2)), page(3, unit(3)), page(3));
  const messages = await collect(conversation);
  expect(messages.map((message) => message.cursorId)).toEqual([1n, 2n, 3n]);
  expect(messages[0]).toMatchObject({ ...ends, message: 'message 1', messageId: 2n ** 60n + 1n });
  expect(gate.quests.map((quest) => quest.method)).toEqual([method, method, method]);
  const asked = gate.quests.map((quest) => Object.fromEntries(quest.params));
  const same = { ...address, desc: false, num: 2 };
  expect(asked).toEqual([
    { ...same, begin: 0, end: 0, lastid: 0 },
    { ...same, begin: 1_000, end: 2_000, lastid: 2 },
    { ...same, begin: 1_000, end: 2_000, lastid: 3 },
  ]);
});

test('a walk backward asks for falling order', async () => {
  gate.script.push(page(1, unit(2), unit(1)), page(1));
  expect((await collect({ groupId: 1 }, true)).map((message) => message.cursorId)).toEqual([2n, 1n]);
  expect(gate.quests.every((quest) => quest.params.get('desc') === true)).toBe(true);
});

test('between two users the direction says who wrote', async () => {
  gate.script.push(page(2, unit(1), unit(2).with(1, 2)));
  const { messages } = await client.getP2PMessage(101, 102, false, 10, 0, 0, 0);
  expect(messages.map(({ fromUid, toId }) => [fromUid, toId])).toEqual([
    [101n, 102n],
    [102n, 101n],
  ]);
});

test('messages marked as deleted are left out, yet counted for paging', async () => {
  gate.script.push(page(2, unit(1, true), unit(2)));
  const result = await client.getGroupMessage(5001, false, 10, 0, 0, 0, 0);
  expect(result).toMatchObject({ num: 2, lastCursorId: 2n, messages: [{ cursorId: 2n }] });
});

test('an empty filter is not sent', async () => {
  gate.answer = page(0);
  await client.getRoomMessage(6001, true, 10, 0, 0, 0, 0, { mtypes: [] });
  await client.getRoomMessage(6001, true, 10, 0, 0, 0, 0, { mtypes: null });
  await client.getMsgCount(3, 6001, 0, 0, []).catch(() => {});
  expect(gate.quests.map((quest) => quest.params.has('mtypes'))).toEqual([false, false, false]);
});
