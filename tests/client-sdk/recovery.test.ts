import { afterEach, expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { EventLog, textsOf } from './event-log.ts';

/** How far the clock of the server is from that of the host, in ms. */
let clockOffsetMs = 0;
const fixture = useClients({ now: () => Date.now() + clockOffsetMs });
const proxies: CuttingProxy[] = [];
let lastMid = 0;

afterEach(async () => {
  clockOffsetMs = 0;
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

/** A client behind a proxy of its own, and what it gets. */
async function logInBehindProxy(uid: number, options: object = {}) {
  const proxy = await CuttingProxy.start(fixture.parley.clientGate);
  proxies.push(proxy);
  const client = await fixture.logIn(uid, { endpoint: `tcp://127.0.0.1:${proxy.port}`, ...options });
  const states = new EventLog(client, 'stateChange');
  return {
    client,
    proxy,
    log: new EventLog(client, 'message'),
    recovered: new EventLog(client, 'recovered'),
    async goAway() {
      const { length } = states.events;
      proxy.cut();
      await states.count(length + 1);
    },
  };
}

const chat = (from: number, msg: string) => ({ from, mid: (lastMid += 1), mtype: 30, msg, attrs: '' });

test('what was missed in every kind of conversation comes once, in order, and before what follows', async () => {
  const [alice, bob, stranger, groupId, roomId] = Array.from({ length: 5 }, () => fixture.freshId()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice, bob] });
  const { client, proxy, log, recovered, goAway } = await logInBehindProxy(alice);
  await client.rooms.enter(roomId);
  const sender = await fixture.logIn(bob);
  await sender.rooms.enter(roomId);
  await sender.sendChat({ peerUid: alice }, 'p0');
  await log.count(1);
  await goAway();
  for (const text of ['p1', 'p2']) await sender.sendChat({ peerUid: alice }, text);
  for (const text of ['g1', 'g2', 'g3']) await sender.sendChat({ groupId }, text);
  for (const text of ['r1', 'r2']) await sender.sendChat({ roomId }, text);
  await fixture.caller.call('sendmsg', { to: alice, ...chat(stranger, 's1') });
  await fixture.caller.call('broadcastmsg', chat(bob, 'b1'));
  proxy.mend();
  await recovered.count(1);
  await sender.sendChat({ peerUid: alice }, 'p3');
  await sender.sendChat({ groupId }, 'g4');
  await sender.sendChat({ roomId }, 'r3');
  await fixture.caller.call('sendmsg', { to: alice, ...chat(stranger, 's2') });
  await fixture.caller.call('broadcastmsg', chat(bob, 'b2'));
  const texts = textsOf(await log.count(15));
  const of = (letter: string) => texts.filter((text) => text.startsWith(letter));
  expect([...'pgrsb'].map(of)).toEqual([
    ['p0', 'p1', 'p2', 'p3'],
    ['g1', 'g2', 'g3', 'g4'],
    ['r1', 'r2', 'r3'],
    ['s1', 's2'],
    ['b1', 'b2'],
  ]);
});

test.each([
  ['brings nothing of before, and neither does entering a room', 0],
  ['brings nothing of before when the clock of the server was set back', -5000],
])('the first login %s', async (_, setBackMs) => {
  const [alice, bob, groupId, roomId] = Array.from({ length: 4 }, () => fixture.freshId()) as [
    number,
    number,
    number,
    number,
  ];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice] });
  await fixture.caller.call('sendmsg', { to: alice, ...chat(bob, 'old') });
  await fixture.caller.call('sendgroupmsg', { gid: groupId, ...chat(bob, 'old') });
  await fixture.caller.call('sendroommsg', { rid: roomId, ...chat(bob, 'old') });
  await fixture.caller.call('broadcastmsg', chat(bob, 'old'));
  clockOffsetMs = setBackMs;
  const { client, proxy, log, recovered } = await logInBehindProxy(alice);
  await client.rooms.enter(roomId);
  proxy.drop();
  await recovered.count(1);
  await fixture.caller.call('sendmsg', { to: alice, ...chat(bob, 'new') });
  expect(textsOf(await log.count(1))).toEqual(['new']);
});

test('more than a page of missed messages is recovered, and messages that come meanwhile wait their turn', async () => {
  const [alice, bob, groupId] = [fixture.freshId(), fixture.freshId(), fixture.freshId()];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice, bob] });
  const { proxy, log, goAway } = await logInBehindProxy(alice);
  const sender = await fixture.logIn(bob);
  await goAway();
  const send = (text: string) => sender.sendChat({ groupId }, text);
  for (let number = 0; number < 90; number += 1) await send(`${number}`);
  proxy.mend();
  for (let number = 90; number < 150; number += 1) await send(`${number}`);
  const wanted = Array.from({ length: 150 }, (_, number) => `${number}`);
  expect(textsOf(await log.count(150))).toEqual(wanted);
});

test('a recovery that is broken off goes on where it was', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const { client, proxy, log, goAway } = await logInBehindProxy(alice);
  await goAway();
  for (let number = 0; number < 60; number += 1) {
    await fixture.caller.call('sendmsg', { to: alice, ...chat(bob, `${number}`) });
  }
  // Each time that messages come the connection breaks again, until the last of them is there.
  const stop = client.on('message', () => proxy.drop());
  proxy.mend();
  const texts = textsOf(await log.count(60));
  stop();
  expect(texts).toEqual(Array.from({ length: 60 }, (_, number) => `${number}`));
  await fixture.caller.call('sendmsg', { to: alice, ...chat(bob, 'last') });
  expect(textsOf(await log.count(61)).at(-1)).toBe('last');
});

test('what exceeds the limit of a recovery is told as a gap that history fills', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const { client, proxy, log, recovered, goAway } = await logInBehindProxy(alice, { recoveryMessagesMax: 40 });
  const gaps = new EventLog(client, 'gap');
  await goAway();
  for (let number = 0; number < 50; number += 1) {
    await fixture.caller.call('sendmsg', { to: alice, ...chat(bob, `${number}`) });
  }
  proxy.mend();
  await recovered.count(1);
  const [gap] = gaps.events;
  expect(gap).toMatchObject({ conversation: { kind: 'p2p', peerUid: BigInt(bob) } });
  expect(log.events.length).toBe(40);
  const { messages } = await client.history.page(gap!.conversation, { cursor: gap!.after });
  expect(textsOf([...log.events, ...messages])).toEqual(Array.from({ length: 50 }, (_, number) => `${number}`));
});

test('the own messages of a client do not come back to it from history', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const { client, proxy, log, recovered } = await logInBehindProxy(alice);
  await client.sendChat({ peerUid: bob }, 'mine');
  const laptop = await fixture.logIn(alice);
  proxy.cut();
  await laptop.sendChat({ peerUid: bob }, 'mine from the laptop');
  const waiting = client.sendChat({ peerUid: bob }, 'mine, later');
  proxy.mend();
  await Promise.all([recovered.count(1), waiting]);
  expect(textsOf(await log.count(1))).toEqual(['mine from the laptop']);
});

test('bytes, commands and other types are recovered as what they are', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const { proxy, log, goAway } = await logInBehindProxy(alice);
  const sender = await fixture.logIn(bob);
  const sendAll = async () => {
    await sender.sendMessage({ peerUid: alice }, 77, new Uint8Array([0, 255, 1]));
    await sender.sendCommand({ peerUid: alice }, 'refresh');
    await sender.sendAudio({ peerUid: alice }, new Uint8Array([1, 2]));
  };
  await sendAll();
  await log.count(3);
  await goAway();
  await sendAll();
  proxy.mend();
  const contents = (await log.count(6)).map((message) => ('body' in message ? message.body : message.type));
  const wanted = [new Uint8Array([0, 255, 1]), 'command', new Uint8Array([1, 2])];
  expect(contents).toEqual([...wanted, ...wanted]);
});
