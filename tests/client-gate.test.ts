import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import type { RawString, WireMap, WireValue } from '@parley/fpnn';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 5000;
const fresh = () => (lastId += 1);
const text = (value: WireValue | undefined) => (value as RawString).text;

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(): Promise<TestClient> {
  const client = await TestClient.connect(fixture.parley.clientGate);
  clients.push(client);
  return client;
}

async function logIn(uid: number, params: object = {}): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid, params);
  clients.push(client);
  return client;
}

const message = (overrides: object = {}) => ({ mid: fresh(), mtype: 66, msg: 'hello', attrs: '', ...overrides });
const chatText = (msg: WireValue | undefined) => text((msg as WireMap).get('sourceText'));

test('nothing is served before the login but auth: 200022', async () => {
  const client = await connect();
  expect(await client.codeOf('getservertime')).toBe(200022);
  expect(await client.codeOf('sendmsg', { to: 1, ...message() })).toBe(200022);
  expect(await client.codeOf('nosuchmethod')).toBe(20004);
});

test('a token of the server gate logs its user in, over TCP and over TLS', async () => {
  const uid = fresh();
  await logIn(uid);
  expect((await fixture.caller.call('getonlineusers', { uids: [uid, 1] })).get('uids')).toEqual([uid]);
  const token = (await fixture.caller.call('gettoken', { uid })).get('token') as RawString;
  expect(token.text.length).toBeLessThanOrEqual(33);
  const secure = await TestClient.connect(fixture.parley.clientGateTls, true);
  clients.push(secure);
  expect((await secure.call('auth', { pid: fixture.parley.pid, uid: String(uid), token })).get('ok')).toBe(true);
});

test('a wrong, foreign or removed token is ok false, and then the connection is closed', async () => {
  const [uid, other] = [fresh(), fresh()];
  const token = (await fixture.caller.call('gettoken', { uid })).get('token') as RawString;
  const tryWith = async (params: object) => {
    const client = await connect();
    const answer = await client.call('auth', { pid: fixture.parley.pid, uid, token, ...params } as { uid: number });
    await client.closed;
    return answer.get('ok');
  };
  expect(await tryWith({ token: 'x'.repeat(32) })).toBe(false);
  expect(await tryWith({ uid: other })).toBe(false);
  await fixture.caller.call('removetoken', { uid });
  expect(await tryWith({})).toBe(false);
});

test('a token that the back end made itself is taken within its time, later it is 200008', async () => {
  const uid = fresh();
  const { pid, secret } = fixture.parley;
  const tryAt = async (ts: number) => {
    const token = createHmac('sha256', Buffer.from(secret)).update(`${pid}:${uid}:${ts}`).digest('base64');
    const client = await connect();
    return client.call('auth', { pid, uid, token, ts, authv: 2 });
  };
  const now = Math.floor(Date.now() / 1000);
  expect((await tryAt(now)).get('ok')).toBe(true);
  await expect(tryAt(now - 10_000)).rejects.toMatchObject({ code: 200008 });
});

test('an unknown project is 200001, a second auth 200023, a blocked user 200024 or ok false for the browser SDK', async () => {
  const uid = fresh();
  const client = await logIn(uid);
  expect(await client.codeOf('auth', { pid: fixture.parley.pid, uid, token: 'x' })).toBe(200023);
  expect(await (await connect()).codeOf('auth', { pid: 5, uid, token: 'x' })).toBe(200001);
  const token = (await fixture.caller.call('gettoken', { uid })).get('token') as RawString;
  await fixture.caller.call('addprojectblack', { uid, btime: 0 });
  await client.closed;
  expect(client.pushes).toMatchObject([{ method: 'kickout', isOneWay: true }]);
  expect(await (await connect()).codeOf('auth', { pid: fixture.parley.pid, uid, token })).toBe(200024);
  const browser = await connect();
  const answer = await browser.call('auth', { pid: fixture.parley.pid, uid, token, version: 'WebSocket_2.7.6' });
  expect(answer.get('ok')).toBe(false);
});

test('a P2P message reaches every connection of the receiver and the other ones of the sender', async () => {
  const [alice, bob] = [fresh(), fresh()];
  const [phone, tablet, receiver] = [await logIn(alice), await logIn(alice), await logIn(bob)];
  const sent = message({ msg: 'hi', attrs: 'a' });
  const mtime = (await phone.call('sendmsg', { to: bob, ...sent })).get('mtime');
  for (const client of [tablet, receiver]) {
    const [push] = await client.received(1);
    expect(push!.method).toBe('pushmsg');
    expect(['from', 'to', 'mid', 'mtype', 'mtime'].map((name) => push!.params.get(name))).toEqual([
      alice,
      bob,
      sent.mid,
      66,
      mtime,
    ]);
    expect([text(push!.params.get('msg')), text(push!.params.get('attrs'))]).toEqual(['hi', 'a']);
  }
  expect(await phone.codeOf('getservertime')).toBe(0);
  expect(phone.pushes).toEqual([]);
});

test('messages of the server gate reach users who are online, chat with its empty translation', async () => {
  const [uid, gid] = [fresh(), fresh()];
  const client = await logIn(uid);
  await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  const sent = { from: fresh(), mtype: 30, attrs: '' };
  await fixture.caller.call('sendmsg', { ...sent, to: uid, mid: fresh(), msg: 'one' });
  await fixture.caller.call('sendmsgs', { ...sent, tos: [uid, fresh()], mid: fresh(), msg: 'two' });
  await fixture.caller.call('sendgroupmsg', { ...sent, gid, mid: fresh(), msg: 'three' });
  await fixture.caller.call('broadcastmsg', { ...sent, mid: fresh(), msg: 'four' });
  const pushes = await client.received(4);
  expect(pushes.map(({ method, params }) => [method, chatText(params.get('msg'))])).toEqual([
    ['pushmsg', 'one'],
    ['pushmsg', 'two'],
    ['pushgroupmsg', 'three'],
    ['pushbroadcastmsg', 'four'],
  ]);
});

test('pushes of a conversation come in the order of its history, with many senders at once', async () => {
  const gid = fresh();
  const uids = [fresh(), fresh(), fresh(), fresh()];
  await fixture.caller.call('addgroupmembers', { gid, uids });
  const members = [];
  for (const uid of uids) members.push(await logIn(uid));
  const listener = members[0]!;
  const sends = members
    .slice(1)
    .flatMap((member) => Array.from({ length: 30 }, () => member.call('sendgroupmsg', { gid, ...message() })));
  await Promise.all(sends);
  const pushed = (await listener.received(90)).map(({ params }) => Number(params.get('mid')));
  const stored: number[] = [];
  for (let lastid = 0; stored.length < 90; ) {
    const page = await listener.call('getgroupmsg', { gid, desc: false, num: 20, lastid });
    const units = page.get('msgs') as WireValue[][];
    stored.push(...units.map((unit) => Number(unit[3])));
    lastid = Number(page.get('lastid'));
  }
  expect(pushed).toEqual(stored);
});

test('a repeat of a send is answered with the first time and not delivered again', async () => {
  const [alice, bob] = [fresh(), fresh()];
  const [sender, receiver] = [await logIn(alice), await logIn(bob)];
  const sent = { to: bob, ...message() };
  const first = await sender.call('sendmsg', sent);
  expect((await sender.call('sendmsg', sent)).get('mtime')).toBe(first.get('mtime'));
  await sender.call('sendmsg', { ...sent, mid: fresh(), msg: 'next' });
  expect((await receiver.received(2)).map(({ params }) => text(params.get('msg')))).toEqual(['hello', 'next']);
});

test('rooms: who entered hears it, who left, was taken out or went offline does not', async () => {
  const [rid, a, b, c] = [fresh(), fresh(), fresh(), fresh()];
  const [alice, bob, carol] = [await logIn(a), await logIn(b), await logIn(c)];
  expect(await alice.codeOf('sendroommsg', { rid, ...message() })).toBe(200040);
  for (const client of [alice, bob, carol]) await client.call('enterroom', { rid: String(rid) });
  expect((await fixture.caller.call('getroommembers', { rid })).get('uids')).toEqual([a, b, c]);
  await alice.call('sendroommsg', { rid, ...message() });
  await bob.received(1);
  await bob.call('leaveroom', { rid });
  await fixture.caller.call('delroommember', { rid, uid: c });
  expect((await carol.received(2)).map(({ method }) => method)).toEqual(['pushroommsg', 'kickoutroom']);
  await alice.call('sendroommsg', { rid, ...message() });
  expect(await bob.codeOf('getroommsg', { rid, desc: false, num: 1 })).toBe(200040);
  expect([bob.pushes.length, carol.pushes.length]).toEqual([1, 2]);
  expect((await alice.call('getuserrooms')).get('rooms')).toEqual([rid]);
  alice.close();
  await expect.poll(async () => (await fixture.caller.call('getroommembers', { rid })).get('uids')).toEqual([]);
});

test('a room belongs to the connection that entered it, for sending as for reading; one given to the user to all', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const [inside, outside] = [await logIn(uid), await logIn(uid)];
  await inside.call('enterroom', { rid });
  expect(await inside.codeOf('sendroommsg', { rid, ...message() })).toBe(0);
  await expect(outside.call('sendroommsg', { rid, ...message() })).rejects.toThrow(`rid: user ${uid} is not in room`);
  expect(await outside.codeOf('getroommsg', { rid, desc: true, num: 1, begin: 0, end: 0, lastid: 0 })).toBe(200040);
  await fixture.caller.call('adduserrooms', { uid, rids: [rid] });
  expect(await outside.codeOf('sendroommsg', { rid, ...message() })).toBe(0);
});

test('bans and blacklists hold for clients', async () => {
  const [rid, gid, a, b] = [fresh(), fresh(), fresh(), fresh()];
  const [alice, bob] = [await logIn(a), await logIn(b)];
  await alice.call('enterroom', { rid });
  await fixture.caller.call('addgroupmembers', { gid, uids: [a] });
  await fixture.caller.call('addroomban', { rid, uid: a, btime: 60 });
  await fixture.caller.call('addgroupban', { gid, uid: a, btime: 60 });
  await bob.call('addblacks', { blacks: [a] });
  expect(await alice.codeOf('sendroommsg', { rid, ...message() })).toBe(200045);
  expect(await alice.codeOf('sendgroupmsg', { gid, ...message() })).toBe(200044);
  expect(await alice.codeOf('sendmsg', { to: b, ...message() })).toBe(200049);
  // The sender is no parameter on this gate, so that no sentence may name it.
  await expect(alice.call('sendmsg', { to: b, ...message() })).rejects.toThrow(`to: user ${b} has blocked user ${a}`);
  expect(await bob.codeOf('sendmsg', { to: a, ...message() })).toBe(0);
});

test('history, recall and counts are for those who took part', async () => {
  const [a, b, c, gid] = [fresh(), fresh(), fresh(), fresh()];
  const [alice, bob, carol] = [await logIn(a), await logIn(b), await logIn(c)];
  await fixture.caller.call('addgroupmembers', { gid, uids: [a, b] });
  const [p2p, group] = [message(), message()];
  await alice.call('sendmsg', { to: b, ...p2p });
  await alice.call('sendgroupmsg', { gid, ...group });
  const units = (await bob.call('getp2pmsg', { ouid: a, desc: true, num: 5 })).get('msgs') as WireValue[][];
  expect(units.map((unit) => [unit[1], unit[3]])).toEqual([[2, p2p.mid]]);
  expect((await bob.call('getp2pmsgcount', { ouid: a })).get('count')).toBe(1);
  const stored = { mid: p2p.mid, from: a, xid: b, type: 1 };
  expect(await bob.codeOf('getmsg', stored)).toBe(0);
  expect(await carol.codeOf('getmsg', stored)).toBe(200021);
  expect(await carol.codeOf('getgroupmsg', { gid, desc: true, num: 5 })).toBe(200041);
  expect(await bob.codeOf('delmsg', stored)).toBe(200021);
  expect(await alice.codeOf('delmsg', stored)).toBe(0);
  expect(await bob.codeOf('getmsg', stored)).toBe(200070);
});

test('attributes belong to the connection, and one connection can end another of its user', async () => {
  const uid = fresh();
  const [phone, browser] = [await logIn(uid, { version: 'Android-2.7.0', attrs: { kind: 'phone' } }), await logIn(uid)];
  await phone.call('addattrs', { attrs: { colour: 'red' } });
  const all = (await phone.call('getattrs')).get('attrs') as WireMap[];
  const mine = all.find((attrs) => attrs.has('my'))!;
  expect([text(mine.get('kind')), text(mine.get('colour'))]).toEqual(['phone', 'red']);
  expect((await browser.call('getattrs')).get('attrs')).toEqual(new Map());
  expect(await phone.codeOf('kickout', { ce: text(mine.get('ce')) })).toBe(200012);
  await phone.call('kickout', { ce: text(all.find((attrs) => !attrs.has('my'))!.get('ce')) });
  await browser.closed;
  expect(browser.pushes.map(({ method }) => method)).toEqual(['kickout']);
});

test('in a project with single connections the newest wins', async () => {
  const { parley, caller } = await fixture.startAnother({ settings: { singleConnection: true } });
  const older = await TestClient.logIn(parley, caller, 7);
  const newer = await TestClient.logIn(parley, caller, 7);
  clients.push(older, newer);
  await older.closed;
  expect(older.pushes.map(({ method }) => method)).toEqual(['kickout']);
  expect(await newer.codeOf('getservertime')).toBe(0);
});

test('bye is answered and ends the connection; a connection that never logs in is dropped', async () => {
  const { parley, caller } = await fixture.startAnother({ config: { clientGate: { loginTimeoutMs: 1000 } } });
  const client = await TestClient.logIn(parley, caller, 7);
  expect(await client.codeOf('bye')).toBe(0);
  await client.closed;
  const stranger = await TestClient.connect(parley.clientGate);
  await stranger.codeOf('getservertime');
  await stranger.closed;
  const { host, port } = parley.admin;
  const metrics = await (await fetch(`http://${host}:${port}/metrics`)).text();
  expect(metrics).toContain('parley_client_violations_total{reason="no-login"} 1');
});

test('a socket that never says anything is dropped', async () => {
  const { parley } = await fixture.startAnother({
    config: { clientGate: { loginTimeoutMs: 1000, pingIntervalMs: 1000 } },
  });
  const socket = connectSocket(parley.clientGate);
  await once(socket, 'connect');
  socket.resume();
  await once(socket, 'close');
});

test('nobody logs in over HTTP, where nothing can be pushed', async () => {
  const { host, port } = fixture.parley.clientGate;
  const body = JSON.stringify({ pid: fixture.parley.pid, uid: 1, token: 'x' });
  const response = await fetch(`http://${host}:${port}/service/auth`, { method: 'POST', body });
  expect([response.status, ((await response.json()) as { code: number }).code]).toEqual([500, 20013]);
});

test('a login that fails halfway leaves nobody online', async () => {
  const { caller, parley } = await fixture.startAnother({});
  const token = (await caller.call('gettoken', { uid: 7 })).get('token') as RawString;
  const database = new pg.Client(parley.databaseUrl);
  await database.connect();
  await database.query('alter table group_members rename to away');
  const client = await TestClient.connect(parley.clientGate);
  clients.push(client);
  try {
    expect(await client.codeOf('auth', { pid: parley.pid, uid: 7, token })).toBe(20001);
  } finally {
    await database.query('alter table away rename to group_members');
    await database.end();
  }
  await client.closed;
  await expect.poll(async () => (await caller.call('getonlineusers', { uids: [7] })).get('uids')).toEqual([]);
});

test('the server pings, and a session that does not answer is ended', async () => {
  const { parley, caller } = await fixture.startAnother({
    config: { clientGate: { pingIntervalMs: 1000, pongTimeoutMs: 1000 } },
  });
  const client = await TestClient.logIn(parley, caller, 7);
  client.handle = () => {};
  await client.closed;
  await expect.poll(async () => (await caller.call('getonlineusers', { uids: [7] })).get('uids')).toEqual([]);
});

test('the browser form of the wire works over WebSocket as well', async () => {
  const { connectWebSocket } = await import('@parley/fpnn/browser');
  const { WebSocket } = await import('ws');
  const { host, port } = fixture.parley.clientGate;
  const uid = fresh();
  const token = (await fixture.caller.call('gettoken', { uid })).get('token') as RawString;
  const pushed = new Promise<WireMap>((resolve, reject) => {
    connectWebSocket({
      url: `ws://${host}:${port}/service/websocket`,
      WebSocket,
      onQuest: (quest) => {
        quest.answer({});
        if (quest.method === 'pushmsg') resolve(quest.params);
      },
    })
      .then(async (peer) => {
        await peer.quest('auth', { pid: fixture.parley.pid, uid, token, version: 'WebSocket_2.7.6' });
        await fixture.caller.call('sendmsg', { from: 1, to: uid, ...message({ mtype: 30 }) });
      })
      .catch(reject);
  });
  expect(chatText((await pushed).get('msg'))).toBe('hello');
});

test('the certificate of the first start is made for this host and kept private', async () => {
  const directory = new URL('.', `file://${fixture.parley.publicKeyFile}`);
  expect(await readFile(new URL('tls.crt', directory), 'utf8')).toContain('BEGIN CERTIFICATE');
});
