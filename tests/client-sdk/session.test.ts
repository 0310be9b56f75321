import { RtmError } from '@parley/client-sdk/node';
import { afterEach, expect, test, vi } from 'vitest';
import { useClients } from './client-fixture.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { EventLog, textsOf } from './event-log.ts';

const fixture = useClients();
const proxies: CuttingProxy[] = [];

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

async function startProxy(): Promise<CuttingProxy & { endpoint: string }> {
  const proxy = await CuttingProxy.start(fixture.parley.clientGate);
  proxies.push(proxy);
  return Object.assign(proxy, { endpoint: `tcp://127.0.0.1:${proxy.port}` });
}

test('a client logs in over TCP, over WebSocket and over TLS', async () => {
  const { clientGate, clientGateTls } = fixture.parley;
  const { nodeConnector } = await import('@parley/client-sdk/node');
  const connector = nodeConnector({ tls: { rejectUnauthorized: false } });
  for (const [scheme, { host, port }] of [
    ['tcp', clientGate],
    ['ws', clientGate],
    ['tls', clientGateTls],
    ['wss', clientGateTls],
  ] as const) {
    const uid = fixture.freshId();
    const client = await fixture.logIn(uid, { endpoint: `${scheme}://${host}:${port}`, connector });
    expect(client.state).toBe('online');
    expect(await client.users.online([uid])).toEqual([BigInt(uid)]);
  }
});

test('the version that the server sees is Parley and the version of the package', async () => {
  const client = await fixture.logIn(fixture.freshId());
  const { VERSION } = await import('@parley/client-sdk/node');
  const { default: manifest } = await import('../../packages/client-sdk/package.json', { with: { type: 'json' } });
  expect(VERSION).toBe(manifest.version);
  // The list with one entry per connection is for SDKs that name themselves.
  expect(await client.connections.list()).toMatchObject([{ isMine: true, name: expect.any(String) }]);
});

test('a token that is refused is asked for once more', async () => {
  const uid = fixture.freshId();
  const tokens = ['stale', await fixture.tokenOf(uid)];
  const token = vi.fn(async () => tokens.shift()!);
  await fixture.logIn(uid, { token });
  expect(token).toHaveBeenCalledTimes(2);
});

test('a token that is refused twice ends the session with 200027, and login can be called again', async () => {
  const uid = fixture.freshId();
  let token = 'wrong';
  const supplier = vi.fn(() => token);
  const client = fixture.createClient(uid, { token: supplier });
  const ended = new EventLog(client, 'sessionEnded');
  await expect(client.login()).rejects.toMatchObject({ name: 'RtmError', code: 200027 });
  expect(supplier).toHaveBeenCalledTimes(2);
  expect(client.state).toBe('ended');
  expect(ended.events).toMatchObject([{ reason: 'refused', error: { code: 200027 } }]);
  await expect(client.serverTime()).rejects.toMatchObject({ code: 200027 });
  token = await fixture.tokenOf(uid);
  await client.login();
  expect(client.state).toBe('online');
});

test('a token of text is not tried twice', async () => {
  const client = fixture.createClient(fixture.freshId(), { token: 'wrong' });
  await expect(client.login()).rejects.toMatchObject({ code: 200027 });
});

test('a supplier that fails is the answer of the first login', async () => {
  const client = fixture.createClient(fixture.freshId(), {
    token: () => Promise.reject(new Error('the back end is down')),
  });
  const failure = await client.login().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RtmError);
  expect((failure as RtmError).cause).toMatchObject({ cause: { message: 'the back end is down' } });
  expect(client.state).toBe('idle');
});

test('a token that expires while the client is online is renewed at the next login', async () => {
  const uid = fixture.freshId();
  const proxy = await startProxy();
  const token = vi.fn(() => fixture.tokenOf(uid));
  const client = await fixture.logIn(uid, { endpoint: proxy.endpoint, token });
  const recovered = new EventLog(client, 'recovered');
  proxy.drop();
  await recovered.count(1);
  expect(token).toHaveBeenCalledTimes(1);
  await fixture.caller.call('removetoken', { uid });
  proxy.drop();
  await recovered.count(2);
  expect(token).toHaveBeenCalledTimes(2);
});

test('a user on the black list is refused with 200024, and one who is put on it is logged out for good', async () => {
  const uid = fixture.freshId();
  const client = await fixture.logIn(uid);
  const [kicked, ended] = [new EventLog(client, 'kickedOut'), new EventLog(client, 'sessionEnded')];
  await fixture.caller.call('addprojectblack', { uid, btime: 0 });
  await kicked.count(1);
  expect(await ended.count(1)).toMatchObject([{ reason: 'kicked-out' }]);
  expect(client.state).toBe('ended');
  await expect(client.login()).rejects.toMatchObject({ code: 200024 });
  await expect(client.sendChat({ peerUid: 1 }, 'x')).rejects.toMatchObject({ code: 200024 });
});

test('a login that cannot reach the server gives up in time, and nothing goes on', async () => {
  const proxy = await startProxy();
  proxy.cut();
  const client = fixture.createClient(fixture.freshId(), { endpoint: proxy.endpoint });
  await expect(client.login({ timeoutMs: 100 })).rejects.toMatchObject({ code: 20003 });
  expect(client.state).toBe('idle');
  await expect(client.serverTime()).rejects.toMatchObject({ code: 20012 });
  const stop = new AbortController();
  const waiting = client.login({ signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 20015 });
  proxy.mend();
  await client.login();
  expect(client.state).toBe('online');
});

test('a server that falls silent counts as lost', async () => {
  const proxy = await startProxy();
  const uid = fixture.freshId();
  const client = await fixture.logIn(uid, { endpoint: proxy.endpoint, heartbeatTimeoutMs: 800 });
  const recovered = new EventLog(client, 'recovered');
  proxy.silence();
  const waiting = client.sendChat({ peerUid: fixture.freshId() }, 'hello');
  await recovered.count(1);
  await waiting;
});

test('close ends what waits, and the client for good', async () => {
  const proxy = await startProxy();
  const client = await fixture.logIn(fixture.freshId(), { endpoint: proxy.endpoint });
  const states = new EventLog(client, 'stateChange');
  proxy.cut();
  await states.count(1);
  const refused = expect(client.sendChat({ peerUid: 1 }, 'x')).rejects.toMatchObject({ code: 20002 });
  await client.close();
  await refused;
  await client.close();
  await expect(client.login()).rejects.toMatchObject({ code: 20002 });
  expect(client.state).toBe('ended');
});

test('after a logout the user is offline', async () => {
  const [uid, other] = [fixture.freshId(), fixture.freshId()];
  const client = await fixture.logIn(uid);
  const watcher = await fixture.logIn(other);
  await client.close();
  await vi.waitFor(async () => expect(await watcher.users.online([uid])).toEqual([]));
});

test('another device of the user gets what the first one sends', async () => {
  const [uid, peer] = [fixture.freshId(), fixture.freshId()];
  const [phone, laptop] = [await fixture.logIn(uid), await fixture.logIn(uid)];
  const log = new EventLog(laptop, 'message');
  await phone.sendChat({ peerUid: peer }, 'from the phone');
  const [message] = await log.count(1);
  expect(message).toMatchObject({ isOwn: true, conversation: { kind: 'p2p', peerUid: BigInt(peer) } });
  expect(textsOf(log.events)).toEqual(['from the phone']);
});

test('attributes are given again at each login, and a connection can end another one', async () => {
  const uid = fixture.freshId();
  const proxy = await startProxy();
  const first = await fixture.logIn(uid, { endpoint: proxy.endpoint, attributes: { device: 'tv' } });
  await first.connections.addAttributes({ theme: 'dark' });
  const recovered = new EventLog(first, 'recovered');
  proxy.drop();
  await recovered.count(1);
  const second = await fixture.logIn(uid);
  const list = await second.connections.list();
  const other = list.find(({ isMine }) => !isMine)!;
  expect(Object.fromEntries(other.attributes)).toEqual({ device: 'tv', theme: 'dark' });
  const kicked = new EventLog(first, 'kickedOut');
  await second.connections.kickOut(other.name!);
  await kicked.count(1);
  const mine = list.find(({ isMine }) => isMine)!;
  await expect(second.connections.kickOut(mine.name!)).rejects.toMatchObject({ code: 200012 });
});

test.each([
  [{ endpoint: 'http://localhost' }, TypeError],
  [{ pid: 0 }, RangeError],
  [{ uid: 0 }, RangeError],
  [{ uid: 2 ** 53 }, RangeError],
  [{ token: '' }, TypeError],
  [{ timeoutMs: -1 }, RangeError],
  [{ outboxMax: 0 }, RangeError],
  [{ heartbeatTimeoutMs: 0 }, RangeError],
])('the option %o is refused', async (option, kind) => {
  const { ParleyClient } = await import('@parley/client-sdk');
  const options = { endpoint: 'ws://localhost:1', pid: 1, uid: 1, token: 'x' };
  expect(() => new ParleyClient({ ...options, ...option })).toThrow(kind);
});
