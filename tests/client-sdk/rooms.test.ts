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
  return { uid, client, proxy, recovered: new EventLog(client, 'recovered') };
}

test('rooms are entered again after a lost connection, and left ones are not', async () => {
  const [kept, left] = [fixture.freshId(), fixture.freshId()];
  const { client, proxy, recovered } = await logInBehindProxy();
  await client.rooms.enter(kept);
  await client.rooms.enter(left);
  await client.rooms.leave(left);
  proxy.drop();
  await recovered.count(1);
  expect(client.rooms.entered).toEqual([BigInt(kept)]);
  expect(await client.rooms.list()).toEqual([BigInt(kept)]);
});

test('a user who is taken out of a room is told, and does not enter it again', async () => {
  const roomId = fixture.freshId();
  const { uid, client, proxy, recovered } = await logInBehindProxy();
  const kicked = new EventLog(client, 'kickedFromRoom');
  await client.rooms.enter(roomId);
  await fixture.caller.call('delroommembers', { rid: roomId, uids: [uid] });
  expect(await kicked.count(1)).toEqual([{ roomId: BigInt(roomId) }]);
  proxy.drop();
  await recovered.count(1);
  expect(await client.rooms.list()).toEqual([]);
  await expect(client.sendChat({ roomId }, 'x')).rejects.toMatchObject({ code: 200040 });
});

test('a room that cannot be entered again is told, and the others are kept', async () => {
  const { uid, client, proxy, recovered } = await logInBehindProxy();
  const lost = new EventLog(client, 'roomLost');
  const states = new EventLog(client, 'stateChange');
  const rooms = Array.from({ length: 10 }, () => fixture.freshId());
  for (const roomId of rooms) await client.rooms.enter(roomId);
  await expect(client.rooms.enter(fixture.freshId())).rejects.toMatchObject({ code: 200047 });
  proxy.cut();
  await states.count(1);
  // Another device takes one of the ten places.
  const phone = await fixture.logIn(uid);
  await phone.rooms.enter(fixture.freshId());
  proxy.mend();
  await recovered.count(1);
  expect(lost.events).toMatchObject([{ roomId: BigInt(rooms[9]!), error: { code: 200047 } }]);
  expect(client.rooms.entered).toEqual(rooms.slice(0, 9).map(BigInt));
});

test('what a room knows can be read and set', async () => {
  const [roomId, empty] = [fixture.freshId(), fixture.freshId()];
  const { uid, client } = await logInBehindProxy();
  await client.rooms.enter(roomId);
  await client.rooms.setInfo(roomId, { publicInfo: 'open', privateInfo: 'closed' });
  await client.rooms.setInfo(roomId, { publicInfo: 'wide open' });
  expect(await client.rooms.info(roomId)).toEqual({ publicInfo: 'wide open', privateInfo: 'closed' });
  expect(await client.rooms.publicInfo(roomId)).toBe('wide open');
  expect(await client.rooms.publicInfos([roomId, empty])).toEqual(
    new Map([
      [BigInt(roomId), 'wide open'],
      [BigInt(empty), ''],
    ]),
  );
  expect(await client.rooms.members(roomId)).toEqual([BigInt(uid)]);
  expect(await client.rooms.memberCounts([roomId, empty])).toEqual(
    new Map([
      [BigInt(roomId), 1],
      [BigInt(empty), 0],
    ]),
  );
  await client.sendChat({ roomId }, 'newest');
  const last = (await client.rooms.listWithLastMessages()).get(BigInt(roomId));
  expect(textsOf([last!])).toEqual(['newest']);
});
