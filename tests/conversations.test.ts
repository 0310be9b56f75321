import type { RawString, WireMap, WireValue } from '@parley/fpnn';
import { createTestDatabase, RawCaller } from '@parley/testkit/internal';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { listOf, numbersOf } from './conversations/wire-lists.ts';
import { useParley } from './support/parley-fixture.ts';
import { ParleyProcess } from './support/parley-process.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 90_000;
const fresh = () => (lastId += 1);

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function logIn(uid: number): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid);
  clients.push(client);
  return client;
}

/** Ends a connection; resolves when the server counts the user as offline. */
async function logOut(client: TestClient, uid: number): Promise<void> {
  await client.call('bye');
  const isOnline = async () =>
    ((await fixture.caller.call('getonlineusers', { uids: [uid] })).get('uids') as unknown[]).length > 0;
  while (await isOnline());
}

const content = (overrides: object = {}) => ({ mid: fresh(), mtype: 30, msg: 'x', attrs: '', ...overrides });
async function send(from: number, to: number, overrides: object = {}): Promise<{ mid: number; mtime: number }> {
  const message = content(overrides);
  const answer = await fixture.caller.call('sendmsg', { from, to, ...message });
  return { mid: message.mid, mtime: Number(answer.get('mtime')) };
}
const unreadFrom = async (client: TestClient, uid: number, params: object = {}) =>
  numbersOf((await client.call('getp2punread', { uids: [uid], ...params })).get('p2p'))[uid];

describe('unread', () => {
  test('is what came after the end of the last connection, however many there were', async () => {
    const [uid, other] = [fresh(), fresh()];
    const [phone, tablet] = [await logIn(uid), await logIn(uid)];
    expect((await phone.call('getunread', { clear: false, gettime: true })).get('logouttime')).toBe(0);
    const first = await send(other, uid);
    await phone.received(1);
    await phone.call('bye');
    expect(await unreadFrom(tablet, other)).toBe(1);
    await logOut(tablet, uid);
    await send(other, uid);
    const client = await logIn(uid);
    expect(await unreadFrom(client, other)).toBe(1);
    const answer = await client.call('getunread', { clear: false, gettime: true });
    expect(answer.get('p2p')).toEqual([other]);
    expect(answer.get('group')).toEqual([]);
    expect(answer.get('logouttime')).toBeGreaterThanOrEqual(first.mtime);
    expect((await client.call('getunread', { clear: false })).has('logouttime')).toBe(false);
  });

  test('counts by a time that is given, whatever was cleared, and tells when the newest message came', async () => {
    const [uid, other, stranger] = [fresh(), fresh(), fresh()];
    const client = await logIn(uid);
    const first = await send(other, uid);
    while (Date.now() <= first.mtime) await client.call('ping');
    const second = await send(other, uid);
    await send(other, uid, { mtype: 66 });
    await client.call('cleanunread');
    expect(await unreadFrom(client, other)).toBe(0);
    expect(await unreadFrom(client, other, { mtime: first.mtime })).toBe(1);
    expect(await unreadFrom(client, other, { mtime: first.mtime, mtypes: [30, 66] })).toBe(2);
    const byTime = await client.call('getp2punreadbytime', {
      uid_time: { [other]: first.mtime - 1, [stranger]: 0 },
      mtypes: [30],
    });
    expect(numbersOf(byTime.get('p2p'))).toEqual({ [other]: 2, [stranger]: 0 });
    expect(numbersOf(byTime.get('ltime'))).toEqual({ [other]: second.mtime });
  });

  test('can be cleared by either name of the flag, and for some users and groups', async () => {
    const [uid, a, b, gid] = [fresh(), fresh(), fresh(), fresh()];
    await fixture.caller.call('addgroupmembers', { gid, uids: [uid, a] });
    const client = await logIn(uid);
    const unread = async (params: object) => {
      const answer = await client.call('getunread', { ...params });
      return [answer.get('p2p'), answer.get('group')];
    };
    await send(a, uid);
    await send(b, uid);
    await fixture.caller.call('sendgroupmsg', { from: a, gid, ...content() });
    await client.call('cleantargetunread', { uids: [a], gids: [] });
    expect(await unread({ clear: false })).toEqual([[b], [gid]]);
    await client.call('cleantargetunread', { gids: [gid, fresh()] });
    expect(await unread({ clean: true })).toEqual([[b], []]);
    expect(await unread({ clear: true })).toEqual([[], []]);
    await send(a, uid);
    expect(await unread({ clear: true })).toEqual([[a], []]);
    expect(await unread({ clear: false })).toEqual([[], []]);
  });

  test('tells nothing about groups that the user is not in', async () => {
    const [uid, member, gid] = [fresh(), fresh(), fresh()];
    await fixture.caller.call('addgroupmembers', { gid, uids: [member] });
    await fixture.caller.call('sendgroupmsg', { from: member, gid, ...content() });
    const client = await logIn(uid);
    for (const answer of [
      await client.call('getgroupunread', { gids: [gid] }),
      await client.call('getgroupunreadbytime', { gid_time: { [gid]: 1 }, mtypes: [] }),
    ]) {
      expect(numbersOf(answer.get('group'))).toEqual({ [gid]: 0 });
      expect(numbersOf(answer.get('ltime'))).toEqual({});
    }
    await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
    const answer = await client.call('getgroupunread', { gids: [gid] });
    expect(numbersOf(answer.get('group'))).toEqual({ [gid]: 1 });
  });

  test('is bounded: no or too many conversations in one call are refused', async () => {
    const client = await logIn(fresh());
    const many = Array.from({ length: 201 }, fresh);
    expect(await client.codeOf('getp2punread', { uids: [] })).toBe(200033);
    expect(await client.codeOf('getp2punread', { uids: many })).toBe(200032);
    expect(
      await client.codeOf('getgroupunreadbytime', { gid_time: Object.fromEntries(many.map((id) => [id, 1])) }),
    ).toBe(200032);
    expect(await client.codeOf('getunread', { clear: 'yes' })).not.toBe(0);
  });

  test('is a message that was on its way when the last connection ended', async () => {
    const [uid, other] = [fresh(), fresh()];
    const first = await logIn(uid);
    await send(other, uid);
    await first.received(1);
    const holder = new pg.Client(fixture.parley.databaseUrl);
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query(`select * from conversation_heads where conversation = (
        select id from conversations where type = 1 and low = ${uid} and high = ${other}) for update`);
      const sending = send(other, uid);
      const waiting = `select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%conversation_heads%'`;
      while ((await holder.query(waiting)).rowCount === 0);
      await logOut(first, uid);
      await holder.query('commit');
      await sending;
    } finally {
      await holder.end();
    }
    const client = await logIn(uid);
    expect(await unreadFrom(client, other)).toBe(1);
  });

  test('is kept by a server that is stopped, and nothing is taken for read by one that is killed', async () => {
    const database = await createTestDatabase();
    const signer = { pid: 80_000_001, secret: 'test-secret' };
    const env = { DATABASE_URL: database.url, PARLEY_PROJECTS: `${signer.pid}:${signer.secret}` };
    const [uid, other] = [fresh(), fresh()];
    /** Runs a server; the user logs in, and tells how many messages are unread before and after another one came. */
    const run = async (end: NodeJS.Signals) => {
      const server = await ParleyProcess.start(env);
      const [, host, port] = /client gate\s+(\S+?):(\d+)/.exec(server.greeting)!;
      const caller = await RawCaller.connect(server.serverGate, signer);
      const client = await TestClient.logIn(
        { ...fixture.parley, ...signer, clientGate: { host: host!, port: Number(port) } },
        caller,
        uid,
      );
      const before = await unreadFrom(client, other);
      await caller.call('sendmsg', { from: other, to: uid, ...content() });
      await client.received(1);
      server.signal(end);
      await server.exited;
      client.close();
      caller.close();
      return before;
    };
    try {
      expect(await run('SIGKILL')).toBe(0);
      expect(await run('SIGTERM')).toBe(1);
      expect(await run('SIGTERM')).toBe(0);
    } finally {
      await database.close();
    }
  });
});

describe('the list of conversations', () => {
  test('lets go of a conversation that is removed, on one side or both, until the next message', async () => {
    const [uid, other] = [fresh(), fresh()];
    const [mine, theirs] = [await logIn(uid), await logIn(other)];
    await send(other, uid);
    const lists = async () => [
      (await listOf(mine, 'p2p')).map((row) => row.other),
      (await listOf(theirs, 'p2p')).map((row) => row.other),
    ];
    expect(await lists()).toEqual([[other], [uid]]);
    await mine.call('removesession', { toid: other, oneway: true });
    expect(await lists()).toEqual([[], [uid]]);
    expect((await mine.call('getsession')).get('p2p')).toEqual([]);
    expect((await mine.call('getunread', { clear: false })).get('p2p')).toEqual([]);
    const back = await send(uid, other);
    expect(await lists()).toEqual([[other], [uid]]);
    expect(await listOf(mine, 'p2p')).toEqual([{ other, unread: 0, newest: back.mid }]);
    await mine.call('removesession', { to: other });
    expect(await lists()).toEqual([[], []]);
    const again = await send(other, uid);
    expect(await listOf(mine, 'p2p')).toEqual([{ other, unread: 1, newest: again.mid }]);
    await fixture.caller.call('delmsg', { type: 1, from: other, xid: uid, mid: again.mid });
    expect(await lists()).toEqual([[], []]);
    expect((await mine.call('getp2pmsg', { ouid: other, desc: true, num: 10 })).get('num')).toBe(2);
  });

  test('can be filled and emptied by the back end; a conversation without messages has cursor id 0', async () => {
    const [uid, a, b] = [fresh(), fresh(), fresh()];
    const client = await logIn(uid);
    await fixture.caller.call('addsessions', { uid, uids: [a, b, b] });
    expect(await listOf(client, 'p2p')).toEqual([a, b].map((other) => ({ other, unread: 0, newest: 0 })));
    expect(await listOf(await logIn(a), 'p2p')).toEqual([{ other: uid, unread: 0, newest: 0 }]);
    await fixture.caller.call('removesessions', { uid, uids: [a], oneway: true });
    expect((await client.call('getsession')).get('p2p')).toEqual([b]);
    expect(await listOf(await logIn(a), 'p2p')).toHaveLength(1);
    await fixture.caller.call('removesessions', { uid, uids: [a, b] });
    expect((await client.call('getsession')).get('p2p')).toEqual([]);
    expect(await listOf(await logIn(b), 'p2p')).toEqual([]);
    await fixture.caller.call('addsessions', { uid, uids: [a] });
    expect((await client.call('getsession')).get('p2p')).toEqual([a]);
  });

  test('shows the newest message as it is after an edit, and the one before after a recall', async () => {
    const [uid, member, gid] = [fresh(), fresh(), fresh()];
    await fixture.caller.call('addgroupmembers', { gid, uids: [uid, member] });
    const client = await logIn(uid);
    const newest = async () => {
      const [row] = (await client.call('getgroupconversationlist')).get('msgs') as WireValue[][];
      return [row![1], (row![5] as RawString).text];
    };
    const say = async (from: number, msg: string) => {
      const message = content({ msg });
      await fixture.caller.call('sendgroupmsg', { from, gid, ...message });
      return message.mid;
    };
    await say(uid, 'mine');
    const mid = await say(member, 'theirs');
    expect(await newest()).toEqual([member, 'theirs']);
    await fixture.caller.call('editmsg', {
      type: 2,
      from: member,
      xid: gid,
      mid,
      msg: 'edited',
      attrs: '',
      timeLimit: 0,
    });
    expect(await newest()).toEqual([member, 'edited']);
    expect((await listOf(client, 'group', { onlyUnread: true }))[0]!.unread).toBe(1);
    await fixture.caller.call('delmsg', { type: 2, from: member, xid: gid, mid });
    expect(await newest()).toEqual([uid, 'mine']);
    expect(await listOf(client, 'group', { onlyUnread: true })).toEqual([]);
  });
});

describe('the rooms with their newest message', () => {
  test('are those of the connection; chat counts unless other types are asked for', async () => {
    const [uid, silent, loud] = [fresh(), fresh(), fresh()];
    const client = await logIn(uid);
    await client.call('enterrooms', { rids: [silent, loud] });
    const chat = content();
    await client.call('sendroommsg', { rid: loud, ...chat });
    const other = content({ mtype: 66 });
    await client.call('sendroommsg', { rid: loud, ...other });
    const mids = async (params: object) => {
      const rooms = (await client.call('getuserroomsandlastmsg', { ...params })).get('rooms') as WireMap;
      return Object.fromEntries([...rooms].map(([rid, unit]) => [String(rid), (unit as WireValue[])[3]]));
    };
    expect(await mids({})).toEqual({ [silent]: 0, [loud]: chat.mid });
    expect(await mids({ mtypes: [66] })).toEqual({ [silent]: 0, [loud]: other.mid });
    expect(await mids({ mtypes: [31] })).toEqual({ [silent]: 0, [loud]: 0 });
  });
});

test('public infos of many rooms and groups are read at once', async () => {
  const [uid, id, unknown] = [fresh(), fresh(), fresh()];
  const client = await logIn(uid);
  await fixture.caller.call('setroominfo', { rid: id, oinfo: 'room', pinfo: 'p' });
  await fixture.caller.call('setgroupinfo', { gid: id, oinfo: 'group', pinfo: 'p' });
  const infosOf = async (method: string, params: object) => {
    const info = (await client.call(method, { ...params })).get('info') as WireMap;
    return Object.fromEntries([...info].map(([key, text]) => [String(key), (text as RawString).text]));
  };
  expect(await infosOf('getroomsopeninfo', { rids: [id, unknown] })).toEqual({ [id]: 'room', [unknown]: '' });
  expect(await infosOf('getgroupsopeninfo', { gids: [id, unknown] })).toEqual({ [id]: 'group', [unknown]: '' });
});
