import { afterEach, expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { EventLog, textsOf } from './event-log.ts';

const fixture = useClients();
const proxies: CuttingProxy[] = [];

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

async function logInBehindProxy(options: object = {}) {
  const proxy = await CuttingProxy.start(fixture.parley.clientGate);
  proxies.push(proxy);
  const uid = fixture.freshId();
  const client = await fixture.logIn(uid, { endpoint: `tcp://127.0.0.1:${proxy.port}`, ...options });
  return { uid, client, proxy, states: new EventLog(client, 'stateChange') };
}

test('messages that are sent offline go out once and in order, after the rooms were entered again', async () => {
  const { client, proxy, states } = await logInBehindProxy();
  const [peer, roomId] = [fixture.freshId(), fixture.freshId()];
  await client.rooms.enter(roomId);
  const receiver = await fixture.logIn(peer);
  await receiver.rooms.enter(roomId);
  const log = new EventLog(receiver, 'message');
  proxy.cut();
  await states.count(1);
  const sends = ['1', '2', '3'].flatMap((text) => [
    client.sendChat({ peerUid: peer }, `p${text}`),
    client.sendChat({ roomId }, `r${text}`),
  ]);
  expect(client.outboxSize).toBe(6);
  proxy.mend();
  await Promise.all(sends);
  const texts = textsOf(await log.count(6));
  expect(texts.filter((text) => text.startsWith('p'))).toEqual(['p1', 'p2', 'p3']);
  expect(texts.filter((text) => text.startsWith('r'))).toEqual(['r1', 'r2', 'r3']);
  expect(client.outboxSize).toBe(0);
});

test('a message whose answer was lost is stored once, and the sender gets its time', async () => {
  const { client, proxy } = await logInBehindProxy();
  const peer = fixture.freshId();
  const receiver = await fixture.logIn(peer);
  const log = new EventLog(receiver, 'message');
  proxy.silence();
  const sending = client.sendChat({ peerUid: peer }, 'only once');
  const [received] = await log.count(1);
  proxy.drop();
  const { mid, mtime } = await sending;
  expect({ mid, mtime }).toEqual({ mid: received!.mid, mtime: received!.mtime });
  expect(await client.history.count({ peerUid: peer })).toBe(1);
  await client.sendChat({ peerUid: peer }, 'next');
  expect(textsOf(await log.count(2))).toEqual(['only once', 'next']);
});

test('a message that is given up while it waits never goes out', async () => {
  const { client, proxy, states } = await logInBehindProxy();
  const peer = fixture.freshId();
  proxy.cut();
  await states.count(1);
  const stop = new AbortController();
  const first = client.sendChat({ peerUid: peer }, 'late', { timeoutMs: 20 });
  const second = client.sendChat({ peerUid: peer }, 'aborted', { signal: stop.signal });
  const third = client.sendChat({ peerUid: peer }, 'sent');
  stop.abort();
  await expect(second).rejects.toMatchObject({ code: 20015 });
  await expect(first).rejects.toMatchObject({ code: 20003 });
  proxy.mend();
  await third;
  const page = await client.history.page({ peerUid: peer });
  expect(textsOf(page.messages)).toEqual(['sent']);
});

test('an outbox that is full refuses with 20011', async () => {
  const { client, proxy, states } = await logInBehindProxy({ outboxMax: 2 });
  const peer = fixture.freshId();
  proxy.cut();
  await states.count(1);
  const waiting = [client.sendChat({ peerUid: peer }, 'a'), client.sendChat({ peerUid: peer }, 'b')];
  await expect(client.sendChat({ peerUid: peer }, 'c')).rejects.toMatchObject({ code: 20011 });
  proxy.mend();
  await Promise.all(waiting);
  await client.sendChat({ peerUid: peer }, 'd');
});

test('a refusal is the answer of its message alone', async () => {
  const { uid, client } = await logInBehindProxy();
  const peer = fixture.freshId();
  await expect(client.sendChat({ peerUid: uid }, 'to myself')).rejects.toMatchObject({ code: 200052 });
  await expect(client.sendChat({ groupId: fixture.freshId() }, 'x')).rejects.toMatchObject({ code: 200041 });
  await expect(client.sendMessage({ peerUid: peer }, 0, 'x')).rejects.toMatchObject({ code: 200005 });
  const mid = client.nextMid();
  await client.sendChat({ peerUid: peer }, 'first', { mid });
  await expect(client.sendChat({ peerUid: peer }, 'other', { mid })).rejects.toMatchObject({ code: 200053 });
  await client.sendChat({ peerUid: peer }, 'last');
});

test.each([
  [{ peerUid: 2 ** 53 }, RangeError],
  [{ peerUid: 2n ** 63n }, RangeError],
  [{ peerUid: '5' as unknown as number }, TypeError],
  [{} as { peerUid: number }, TypeError],
  [{ broadcast: true as const }, TypeError],
])('a message to %o is refused and nothing is sent', async (place, kind) => {
  const client = fixture.createClient(fixture.freshId());
  await expect(client.sendChat(place, 'x')).rejects.toThrow(kind);
  expect(client.outboxSize).toBe(0);
});

test('what is no message is refused before it waits', async () => {
  const client = fixture.createClient(fixture.freshId());
  const place = { peerUid: 5 };
  await expect(client.sendMessage(place, 66, 7 as unknown as string)).rejects.toThrow(TypeError);
  await expect(client.sendMessage(place, 6.5, 'x')).rejects.toThrow(TypeError);
  await expect(client.sendChat(place, new Uint8Array() as unknown as string)).rejects.toThrow(TypeError);
  await expect(client.sendChat(place, 'x', { attrs: {} as string })).rejects.toThrow(TypeError);
  await expect(client.sendChat(place, 'x', { mid: 2 ** 60 })).rejects.toThrow(RangeError);
  expect(client.outboxSize).toBe(0);
});
