import { afterEach, expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { EventLog } from './event-log.ts';

const fixture = useClients();
const proxies: CuttingProxy[] = [];
const BYTES = new Uint8Array(5000).map((_, index) => index);

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

test('a file is sent to a user, a group and a room, and receivers download it', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const [groupId, roomId] = [fixture.freshId(), fixture.freshId()];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice, bob] });
  const [a, b] = [await fixture.logIn(alice), await fixture.logIn(bob)];
  await Promise.all([a.rooms.enter(roomId), b.rooms.enter(roomId)]);
  const [atAlice, atBob] = [new EventLog(a, 'message'), new EventLog(b, 'message')];
  for (const place of [{ peerUid: bob }, { groupId }, { roomId }]) {
    await a.files.send(place, BYTES, { name: 'bytes.bin', attrs: '{"mine":true}' });
  }
  const received = await atBob.count(3);
  expect(received.map(({ conversation }) => conversation.kind)).toEqual(['p2p', 'group', 'room']);
  for (const message of received) {
    expect(message).toMatchObject({ type: 'file', attrs: '{"mine":true}', file: { size: BYTES.length } });
    if (message.type !== 'file') throw new Error('no file');
    const download = await fetch(message.file.url);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(BYTES);
  }
  expect(atAlice.events).toEqual([]);
});

test('a file goes over the WebSocket route too, from a Blob as from bytes', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const { clientGate, fileProxy } = fixture.parley;
  const a = await fixture.logIn(alice, {
    endpoint: `ws://${clientGate.host}:${clientGate.port}`,
    fileEndpoint: `ws://${fileProxy.host}:${fileProxy.port}`,
  });
  const atBob = new EventLog(await fixture.logIn(bob), 'message');
  const { mid } = await a.files.send({ peerUid: bob }, new Blob([BYTES]), { name: 'b.bin' });
  expect(await atBob.count(1)).toMatchObject([{ type: 'file', mid, file: { size: BYTES.length } }]);
});

test('a file that is only stored can be downloaded', async () => {
  const a = await fixture.logIn(fixture.freshId());
  const { url, size } = await a.files.upload(BYTES, { name: 'kept.bin' });
  expect(size).toBe(BYTES.length);
  expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(BYTES);
});

test('a file that the sender may not send is refused', async () => {
  const uid = fixture.freshId();
  const a = await fixture.logIn(uid);
  await expect(a.files.send({ groupId: fixture.freshId() }, BYTES)).rejects.toMatchObject({ code: 200041 });
  await expect(a.files.send({ peerUid: uid }, BYTES)).rejects.toMatchObject({ code: 200052 });
  await expect(a.files.send({ peerUid: 5 }, BYTES, { mtype: 66 })).rejects.toMatchObject({ code: 200007 });
  await expect(a.files.send({ peerUid: 5 }, 'text' as unknown as Uint8Array)).rejects.toThrow(TypeError);
  await expect(a.files.send({ broadcast: true }, BYTES)).rejects.toThrow(TypeError);
  const signal = AbortSignal.abort();
  await expect(a.files.send({ peerUid: 5 }, BYTES, { signal })).rejects.toMatchObject({ code: 20015 });
});

test('a file whose answer was lost is sent again and stored once', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const proxy = await CuttingProxy.start(fixture.parley.fileGate);
  proxies.push(proxy);
  const a = await fixture.logIn(alice, { fileEndpoint: `tcp://127.0.0.1:${proxy.port}` });
  const b = await fixture.logIn(bob);
  const atBob = new EventLog(b, 'message');
  proxy.silenceNext();
  const sending = a.files.send({ peerUid: bob }, BYTES, { name: 'once.bin' });
  await atBob.count(1);
  proxy.drop();
  const { mid } = await sending;
  expect(atBob.events.map((message) => message.mid)).toEqual([mid]);
  expect(await b.history.count({ peerUid: alice })).toBe(1);
});
