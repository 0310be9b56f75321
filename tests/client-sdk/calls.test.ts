import { expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { EventLog, textsOf } from './event-log.ts';

const fixture = useClients();
const ids = (...numbers: number[]) => numbers.map(BigInt);

async function pair() {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  return { alice, bob, a: await fixture.logIn(alice), b: await fixture.logIn(bob) };
}

test('two users chat, and each sees only what the other wrote', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const a = await fixture.logIn(alice);
  const b = await fixture.logIn(bob);
  const [atAlice, atBob] = [new EventLog(a, 'message'), new EventLog(b, 'message')];
  const sent = await a.sendChat({ peerUid: bob }, 'Hello Bob', { attrs: 'x' });
  const [received] = await atBob.count(1);
  expect(received).toEqual({
    type: 'chat',
    text: 'Hello Bob',
    conversation: { kind: 'p2p', peerUid: BigInt(alice) },
    from: BigInt(alice),
    mid: sent.mid,
    mtype: 30,
    mtime: sent.mtime,
    attrs: 'x',
    isOwn: false,
  });
  await b.sendChat(received!.conversation, 'Hello Alice');
  expect(textsOf(await atAlice.count(1))).toEqual(['Hello Alice']);
  expect(textsOf(atBob.events)).toEqual(['Hello Bob']);
});

test('history is paged both ways, walked, counted, and read beside a message', async () => {
  const { alice, bob, a, b } = await pair();
  const texts = Array.from({ length: 45 }, (_, number) => `${number}`);
  const mids: bigint[] = [];
  for (const [number, text] of texts.entries()) {
    const { mid } = await (number % 2 === 0
      ? a.sendChat({ peerUid: bob }, text)
      : b.sendChat({ peerUid: alice }, text));
    mids.push(mid);
  }
  const walk = async (desc: boolean) => {
    const found = [];
    for await (const message of a.history.walk({ peerUid: bob }, { desc })) found.push(message);
    return found;
  };
  const forward = await walk(false);
  expect(textsOf(forward)).toEqual(texts);
  expect(forward.map(({ isOwn }) => isOwn)).toEqual(texts.map((_, number) => number % 2 === 0));
  expect(textsOf(await walk(true))).toEqual([...texts].reverse());
  const first = await a.history.page({ peerUid: bob }, { pageSize: 10 });
  const second = await a.history.page({ peerUid: bob }, { pageSize: 10, cursor: first.next! });
  expect(textsOf([...first.messages, ...second.messages])).toEqual(texts.slice(0, 20));
  expect((await a.history.page({ peerUid: fixture.freshId() })).next).toBeUndefined();
  expect(await a.history.count({ peerUid: bob })).toBe(45);
  expect(await a.history.count({ peerUid: bob }, { mtypes: [51] })).toBe(0);
  const beside = await a.history.beside({ peerUid: bob }, mids[20]!, { pageSize: 3 });
  expect(textsOf(beside.messages)).toEqual(['21', '22', '23']);
  await expect(a.history.beside({ peerUid: bob }, 1)).rejects.toMatchObject({ code: 200070 });
});

test('history of groups, rooms and broadcasts is read the same way', async () => {
  const { alice, a } = await pair();
  const [groupId, roomId] = [fixture.freshId(), fixture.freshId()];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice] });
  await a.rooms.enter(roomId);
  const { mid } = await a.sendChat({ groupId }, 'in the group');
  await a.sendChat({ groupId }, 'after it');
  await a.sendChat({ roomId }, 'in the room');
  await fixture.caller.call('broadcastmsg', { from: 9, mid: 77, mtype: 30, msg: 'to all', attrs: '' });
  for (const [place, text] of [
    [{ roomId }, 'in the room'],
    [{ broadcast: true }, 'to all'],
  ] as const) {
    expect(textsOf((await a.history.page(place)).messages)).toContain(text);
    expect(await a.history.count(place)).toBe(1);
  }
  expect(textsOf((await a.history.beside({ groupId }, mid)).messages)).toEqual(['after it']);
  expect((await a.history.beside({ broadcast: true }, 77)).messages).toEqual([]);
  await expect(a.history.page({ groupId: fixture.freshId() })).rejects.toMatchObject({ code: 200041 });
  await expect(a.history.page({ roomId: fixture.freshId() })).rejects.toMatchObject({ code: 200040 });
});

test('one message is read by both sides, and recalled by its sender alone', async () => {
  const { bob, a, b } = await pair();
  const log = new EventLog(b, 'message');
  await a.sendChat({ peerUid: bob }, 'oops');
  const [received] = await log.count(1);
  const found = await b.history.get(received!);
  expect(found).toMatchObject({ text: 'oops', isOwn: false, cursorId: expect.any(BigInt) });
  const sent = { conversation: { peerUid: bob }, from: a.uid, mid: received!.mid };
  expect(await a.history.get(sent)).toMatchObject({ text: 'oops', isOwn: true });
  await expect(b.history.recall(received!)).rejects.toMatchObject({ code: 200021 });
  await a.history.recall(sent);
  await expect(b.history.get(received!)).rejects.toMatchObject({ code: 200070 });
});

test('unread messages are counted, listed and marked as read', async () => {
  const { alice, bob, a, b } = await pair();
  const groupId = fixture.freshId();
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice, bob] });
  const since = (await a.serverTime()) - 1;
  await b.close();
  await a.sendChat({ peerUid: bob }, 'one');
  await a.sendChat({ peerUid: bob }, 'two');
  await a.sendChat({ groupId }, 'three');
  const again = await fixture.logIn(bob);
  const calls = again.conversations;
  expect(await calls.unreadIds()).toMatchObject({ peerUids: ids(alice), groupIds: ids(groupId) });
  expect(await calls.unreadOfUsers([alice], { since })).toMatchObject({ counts: new Map([[BigInt(alice), 2]]) });
  expect(await calls.unreadOfGroups([groupId], { since })).toMatchObject({ counts: new Map([[BigInt(groupId), 1]]) });
  const times = (id: number) => new Map([[BigInt(id), since]]);
  expect((await calls.unreadOfUsersSince(times(alice))).counts).toEqual(new Map([[BigInt(alice), 2]]));
  expect((await calls.unreadOfGroupsSince(times(groupId))).counts).toEqual(new Map([[BigInt(groupId), 1]]));
  const summaries = (list: Awaited<ReturnType<typeof calls.withUsers>>) =>
    list.map(({ conversation, unreadCount, lastMessage }) => [
      conversation.kind,
      unreadCount,
      textsOf([lastMessage!])[0],
    ]);
  expect(summaries(await calls.withUsers())).toEqual([['p2p', 2, 'two']]);
  expect(summaries(await calls.unreadWithUsers())).toEqual([['p2p', 2, 'two']]);
  expect(summaries(await calls.inGroups())).toEqual([['group', 1, 'three']]);
  expect(summaries(await calls.unreadInGroups())).toEqual([['group', 1, 'three']]);
  expect(summaries(await calls.unread())).toEqual([
    ['p2p', 2, 'two'],
    ['group', 1, 'three'],
  ]);
  await calls.markRead({ peerUids: [alice] });
  expect(summaries(await calls.unread())).toEqual([['group', 1, 'three']]);
  await calls.markAllRead();
  expect(await calls.unread()).toEqual([]);
  expect(await calls.ids()).toEqual({ peerUids: ids(alice), groupIds: ids(groupId) });
  await calls.remove(alice);
  expect((await calls.ids()).peerUids).toEqual([]);
});

test('groups: members, counts and infos', async () => {
  const { alice, bob, a } = await pair();
  const [groupId, carol] = [fixture.freshId(), fixture.freshId()];
  await fixture.caller.call('addgroupmembers', { gid: groupId, uids: [alice] });
  await a.groups.addMembers(groupId, [bob, carol]);
  expect(new Set(await a.groups.members(groupId))).toEqual(new Set(ids(alice, bob, carol)));
  expect(await a.groups.memberCount(groupId)).toEqual({ count: 3, onlineCount: 2 });
  const { uids, onlineUids } = await a.groups.membersWithOnline(groupId);
  expect([uids.length, new Set(onlineUids)]).toEqual([3, new Set(ids(alice, bob))]);
  await a.groups.removeMembers(groupId, new Set([carol]));
  await a.groups.setInfo(groupId, { publicInfo: 'open', privateInfo: 'closed' });
  expect(await a.groups.info(groupId)).toEqual({ publicInfo: 'open', privateInfo: 'closed' });
  expect(await a.groups.publicInfo(groupId)).toBe('open');
  expect(await a.groups.publicInfos([groupId])).toEqual(new Map([[BigInt(groupId), 'open']]));
  expect(await a.groups.list()).toEqual(ids(groupId));
});

test('friends, blacklist, users, data, devices and the debug log', async () => {
  const { alice, bob, a, b } = await pair();
  await a.friends.add([bob]);
  expect([await a.friends.list(), await b.friends.list()]).toEqual([ids(bob), ids(alice)]);
  await a.friends.remove([bob]);
  expect(await a.friends.list()).toEqual([]);
  await a.blacklist.add([bob]);
  expect(await a.blacklist.list()).toEqual(ids(bob));
  await expect(b.sendChat({ peerUid: alice }, 'x')).rejects.toMatchObject({ code: 200049 });
  await a.blacklist.remove([bob]);
  await b.sendChat({ peerUid: alice }, 'x');
  await a.users.setInfo({ publicInfo: 'Alice', privateInfo: 'secret' });
  expect(await a.users.info()).toEqual({ publicInfo: 'Alice', privateInfo: 'secret' });
  expect(await b.users.publicInfos([alice])).toEqual(new Map([[BigInt(alice), 'Alice']]));
  expect(await a.users.online([alice, bob, 5])).toEqual(ids(alice, bob));
  await a.data.set('key', 'value');
  expect(await a.data.get('key')).toBe('value');
  await a.data.remove('key');
  expect(await a.data.get('key')).toBeUndefined();
  await a.devices.add('fcm', 'token');
  await a.devices.mute({ peerUid: bob }, [30]);
  await a.devices.mute({ groupId: 7 });
  expect(await a.devices.muted()).toEqual({ users: new Map([[BigInt(bob), [30]]]), groups: new Map([[7n, [0]]]) });
  await a.devices.unmute({ groupId: 7 });
  await a.devices.remove('token');
  expect((await a.devices.muted()).groups).toEqual(new Map());
  await a.writeDebugLog('a line', 'beside it');
  expect(await a.serverTime()).toBeGreaterThan(1e12);
});

test('ids beyond 2^53-1 are never rounded, as numbers they are refused', async () => {
  const { a } = await pair();
  const huge = 2n ** 62n + 1n;
  const receiver = fixture.createClient(1, { uid: huge, token: () => huge.toString() });
  await expect(receiver.login()).rejects.toMatchObject({ code: 200027 });
  await a.sendChat({ peerUid: huge }, 'far away');
  const { messages } = await a.history.page({ peerUid: huge });
  expect(messages.map(({ conversation }) => conversation)).toEqual([{ kind: 'p2p', peerUid: huge }]);
  await expect(a.friends.add([2 ** 53])).rejects.toThrow(RangeError);
  await expect(a.rooms.enter(2 ** 53)).rejects.toThrow(RangeError);
  await expect(a.users.online(['7' as unknown as number])).rejects.toThrow(TypeError);
});

test('any method can be called by its wire name', async () => {
  const { a } = await pair();
  expect(await a.call('getuserrooms', {})).toEqual({ rooms: [] });
  await expect(a.call('nosuchmethod' as 'ping', {})).rejects.toMatchObject({ code: 20004 });
  await expect(a.call('getmsg', {} as never)).rejects.toThrow(TypeError);
});
