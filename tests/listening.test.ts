import { type RawString, stringifyJson, type WireMap, type WireValue } from '@parley/fpnn';
import { signed } from '@parley/testkit/internal';
import { afterEach, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 9000;
const fresh = () => (lastId += 1);
const clients: TestClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A back end that listens: a connection of the server gate that takes pushes. */
async function backEnd() {
  const client = await TestClient.connect(fixture.parley.serverGate);
  clients.push(client);
  const call = (method: string, params: object = {}) =>
    client.call(method, { ...signed(fixture.parley, method), ...params });
  return { client, call };
}

const send = (method: string, target: object, overrides: object = {}) =>
  fixture.caller.call(method, { from: fresh(), mid: fresh(), mtype: 30, msg: 'x', attrs: '', ...target, ...overrides });
const names = (client: TestClient) => client.pushes.map(({ method }) => method);

test('listed groups, rooms and senders are heard and no others; each push has `to`, and chat is plain text', async () => {
  const { client, call } = await backEnd();
  const [gid, rid, uid] = [fresh(), fresh(), fresh()];
  await call('addlisten', { gids: [gid], rids: [rid], uids: [uid] });
  await send('sendgroupmsg', { gid: fresh() });
  await send('sendmsg', { to: uid });
  await send('broadcastmsg', {});
  await send('sendgroupmsg', { gid });
  await send('sendroommsg', { rid });
  await send('sendmsg', { to: fresh() }, { from: uid });
  const pushes = await client.received(3);
  expect(names(client)).toEqual(['pushgroupmsg', 'pushroommsg', 'pushmsg']);
  expect(pushes.slice(0, 2).map(({ params }) => params.get('to'))).toEqual([gid, rid]);
  expect((pushes[0]!.params.get('msg') as RawString).text).toBe('x');
});

test('lists and flags are independent, a list replaces its own category only, and maps count as lists', async () => {
  const { client, call } = await backEnd();
  const [gid, other, rid] = [fresh(), fresh(), fresh()];
  await call('setlisten', { gids: new Map([[String(gid), new Map()]]), rids: [rid] });
  await call('setlisten', { p2p: true, group: false, room: false, ev: false });
  await call('setlisten', { gids: [other] });
  await send('sendgroupmsg', { gid });
  await send('sendgroupmsg', { gid: other });
  await send('sendroommsg', { rid });
  await send('sendmsg', { to: fresh() });
  await client.received(3);
  expect(names(client)).toEqual(['pushgroupmsg', 'pushroommsg', 'pushmsg']);
  await call('setlisten', { p2p: false, gids: [] });
  await call('removelisten', { rids: [rid] });
  await call('addlisten', { gids: [gid] });
  await send('sendgroupmsg', { gid: other });
  await send('sendroommsg', { rid });
  await send('sendmsg', { to: fresh() });
  await send('sendgroupmsg', { gid });
  expect((await client.received(4)).at(-1)!.params.get('gid')).toBe(gid);
});

test('login and logout are told once per user, with the first and the last connection', async () => {
  const { client, call } = await backEnd();
  await call('setlisten', { events: ['login', 'logout'] });
  const uid = fresh();
  const [phone, browser] = [
    await TestClient.logIn(fixture.parley, fixture.caller, uid),
    await TestClient.logIn(fixture.parley, fixture.caller, uid),
  ];
  phone.close();
  await phone.closed;
  browser.close();
  const pushes = await client.received(2);
  const told = (params: WireMap) => [(params.get('event') as RawString).text, params.get('uid'), params.get('pid')];
  expect(pushes.map(({ params }) => told(params))).toEqual([
    ['login', uid, fixture.parley.pid],
    ['logout', uid, fixture.parley.pid],
  ]);
  expect([...pushes[0]!.params.keys()].sort()).toEqual(['data', 'endpoint', 'event', 'pid', 'time', 'uid']);
});

test('what one connection hears ends with it, and is nothing to another', async () => {
  const [first, second] = [await backEnd(), await backEnd()];
  await first.call('setlisten', { p2p: true });
  await second.call('setlisten', { group: true });
  await send('sendmsg', { to: fresh() });
  await first.client.received(1);
  first.client.close();
  await first.client.closed;
  await send('sendmsg', { to: fresh() });
  await send('sendgroupmsg', { gid: fresh() });
  await second.client.received(1);
  expect(names(second.client)).toEqual(['pushgroupmsg']);
  expect(first.client.pushes).toHaveLength(1);
});

test('what clients say is heard too, and in the order of the conversation', async () => {
  const { client, call } = await backEnd();
  const [uid, gid] = [fresh(), fresh()];
  await call('setlisten', { gids: [gid] });
  await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  const user = await TestClient.logIn(fixture.parley, fixture.caller, uid);
  clients.push(user);
  const mids = Array.from({ length: 20 }, fresh);
  await Promise.all(mids.map((mid) => user.call('sendgroupmsg', { gid, mid, mtype: 66, msg: 'x', attrs: '' })));
  const heard = (await client.received(20)).map(({ params }) => params.get('mid'));
  const page = await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 20 });
  expect(heard).toEqual((page.get('msgs') as WireValue[][]).map((unit) => unit[3]));
});

test('a project that does not allow listening answers 200060, and HTTP cannot listen', async () => {
  const { caller } = await fixture.startAnother({ settings: { allowsListening: false } });
  expect(await caller.codeOf('addlisten', { gids: [1] })).toBe(200060);
  const { host, port } = fixture.parley.serverGate;
  const body = stringifyJson({ ...signed(fixture.parley, 'addlisten'), gids: [1] });
  const response = await fetch(`http://${host}:${port}/service/addlisten`, { method: 'POST', body });
  expect([response.status, ((await response.json()) as { code: number }).code]).toEqual([500, 20013]);
});
