import type { WireMap, WireValue } from '@parley/fpnn';
import { afterEach, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 60_000;
const fresh = () => (lastId += 1);
const [uid, peer, stranger, gid, rid] = [fresh(), fresh(), fresh(), fresh(), fresh()];

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function logIn(who: number): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, who);
  clients.push(client);
  return client;
}

/** Each kind: how the back end sends there, and what names the conversation on the client gate. */
const kinds = [
  { kind: 'p2p', send: 'sendmsg', to: { to: peer }, place: { ouid: peer } as object },
  { kind: 'group', send: 'sendgroupmsg', to: { gid }, place: { gid } },
  { kind: 'room', send: 'sendroommsg', to: { rid }, place: { rid } },
  { kind: 'broadcast', send: 'broadcastmsg', to: {}, place: {} },
] as const;

const midsOf = (page: WireMap) => (page.get('msgs') as WireValue[][]).map((unit) => unit[3]);

test.each(kinds)('$kind: a page begins beside a message, and its cursor goes on', async ({ kind, send, to, place }) => {
  await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  const client = await logIn(uid);
  await client.call('enterroom', { rid });
  const mids = Array.from({ length: 7 }, fresh);
  for (const [index, mid] of mids.entries()) {
    const mtype = index === 5 ? 66 : 30;
    await fixture.caller.call(send, { from: uid, ...to, mid, mtype, msg: 'x', attrs: '' });
  }
  const method = `get${kind}msgbymessageid`;
  const after = await client.call(method, { ...place, desc: false, num: 2, mid: mids[2]!, begin: 0, end: 0 });
  expect(midsOf(after)).toEqual(mids.slice(3, 5));
  const next = ['lastid', 'begin', 'end'].map((name) => [name, after.get(name)]);
  const rest = await client.call(`get${kind}msg`, { ...place, desc: false, num: 9, ...Object.fromEntries(next) });
  expect(midsOf(rest)).toEqual(mids.slice(5));
  const before = await client.call(method, { ...place, desc: true, num: 2, mid: mids[4]! });
  expect(midsOf(before)).toEqual([mids[3], mids[2]]);
  const chat = await client.call(method, { ...place, desc: false, num: 9, mid: mids[4]!, mtypes: [30] });
  expect(midsOf(chat)).toEqual([mids[6]]);
  const last = await client.call(method, { ...place, desc: false, num: 9, mid: mids[6]! });
  expect(midsOf(last)).toEqual([]);
  expect(last.get('num')).toBe(0);
  expect(await client.codeOf(method, { ...place, desc: false, num: 9, mid: fresh() })).toBe(200070);
  const type = { p2p: 1, group: 2, room: 3, broadcast: 4 }[kind];
  const xid = { p2p: peer, group: gid, room: rid, broadcast: 0 }[kind];
  await fixture.caller.call('delmsg', { type, from: uid, xid, mid: mids[2]! });
  expect(await client.codeOf(method, { ...place, desc: false, num: 9, mid: mids[2]! })).toBe(200070);
});

test('between two users the units tell the direction, and a mid is found whoever sent it', async () => {
  const [a, b] = [fresh(), fresh()];
  const [first, second] = [fresh(), fresh()];
  await fixture.caller.call('sendmsg', { from: a, to: b, mid: first, mtype: 30, msg: 'x', attrs: '' });
  await fixture.caller.call('sendmsg', { from: b, to: a, mid: second, mtype: 30, msg: 'x', attrs: '' });
  const client = await logIn(a);
  const directions = async (params: object) =>
    ((await client.call('getp2pmsgbymessageid', { ouid: b, num: 9, ...params })).get('msgs') as WireValue[][]).map(
      (unit) => unit[1],
    );
  expect(await directions({ mid: first, desc: false })).toEqual([2]);
  expect(await directions({ mid: second, desc: true })).toEqual([1]);
});

test('who is no member of the group, or not in the room, is refused', async () => {
  const client = await logIn(stranger);
  const params = { desc: false, num: 9, mid: 1 };
  expect(await client.codeOf('getgroupmsgbymessageid', { gid, ...params })).toBe(200041);
  expect(await client.codeOf('getroommsgbymessageid', { rid, ...params })).toBe(200040);
});
