import type { RawString, WireMap } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

let now = Date.now();
const fixture = useParley({ now: () => now });
let lastId = 1000;
const fresh = () => (lastId += 1);

const members = async (rid: number) => (await fixture.caller.call('getroommembers', { rid })).get('uids');
const say = (rid: number, from: number) =>
  fixture.caller.codeOf('sendroommsg', { rid, from, mid: fresh(), mtype: 30, msg: 'x', attrs: '' });

test('members come and go, one by one and many at once', async () => {
  const [rid, a, b, c] = [fresh(), fresh(), fresh(), fresh()];
  await fixture.caller.call('addroommember', { rid, uid: a });
  await fixture.caller.call('addroommember', { rid, uid: a });
  const added = await fixture.caller.call('addroommembers', { rid, uids: [a, b, c] });
  expect(added.get('successedUids')).toEqual([a, b, c]);
  expect(await members(rid)).toEqual([a, b, c]);
  const removed = await fixture.caller.call('delroommembers', { rid, uids: [a, b] });
  expect(removed.get('successedUids')).toEqual([a, b]);
  await fixture.caller.call('delroommember', { rid, uid: c });
  expect(await members(rid)).toEqual([]);
});

test('adduserrooms is all or nothing at the limit of ten rooms', async () => {
  const uid = fresh();
  const rids = Array.from({ length: 11 }, fresh);
  expect(await fixture.caller.codeOf('adduserrooms', { uid, rids })).toBe(200047);
  expect(await members(rids[0]!)).toEqual([]);
  await fixture.caller.call('adduserrooms', { uid, rids: rids.slice(0, 10) });
  expect(await fixture.caller.codeOf('addroommember', { uid, rid: rids[10]! })).toBe(200047);
  expect(await fixture.caller.codeOf('addroommember', { uid, rid: rids[0]! })).toBe(0);
  expect((await fixture.caller.call('addroommembers', { rid: rids[10]!, uids: [uid] })).get('successedUids')).toEqual(
    [],
  );
  await fixture.caller.call('deleteuserrooms', { uid, rids: rids.slice(0, 2) });
  expect(await fixture.caller.codeOf('addroommember', { uid, rid: rids[10]! })).toBe(0);
});

test('joins at once cannot pass the limit together', async () => {
  const uid = fresh();
  const codes = await Promise.all(
    Array.from({ length: 20 }, () => fixture.caller.codeOf('addroommember', { rid: fresh(), uid })),
  );
  expect(codes.filter((code) => code === 0)).toHaveLength(10);
  expect(codes.filter((code) => code === 200047)).toHaveLength(10);
});

test('in a project with single rooms, entering one leaves the other', async () => {
  const { caller } = await fixture.startAnother({ settings: { singleRoom: true } });
  await caller.call('addroommember', { rid: 1, uid: 9 });
  await caller.call('addroommember', { rid: 2, uid: 9 });
  expect((await caller.call('getroommembers', { rid: 1 })).get('uids')).toEqual([]);
  expect((await caller.call('getroommembers', { rid: 2 })).get('uids')).toEqual([9]);
});

test('counts name every room asked for, by decimal text, also with the single rid form', async () => {
  const [rid, empty] = [fresh(), fresh()];
  await fixture.caller.call('addroommembers', { rid, uids: [fresh(), fresh()] });
  const counts = (await fixture.caller.call('getroomcount', { rids: [rid, empty] })).get('cn') as WireMap;
  expect(Object.fromEntries(counts)).toEqual({ [rid]: 2, [empty]: 0 });
  const single = (await fixture.caller.call('getroomcount', { rid })).get('cn') as WireMap;
  expect(Object.fromEntries(single)).toEqual({ [rid]: 2 });
  expect(await fixture.caller.codeOf('getroomcount', {})).toBe(10009);
});

test('infos are kept apart, an absent one stays, both are empty at first, and the limit is 65535 bytes', async () => {
  const rid = fresh();
  const info = async () => {
    const answer = await fixture.caller.call('getroominfo', { rid });
    return [(answer.get('oinfo') as RawString).text, (answer.get('pinfo') as RawString).text];
  };
  expect(await info()).toEqual(['', '']);
  await fixture.caller.call('setroominfo', { rid, oinfo: 'public' });
  await fixture.caller.call('setroominfo', { rid, pinfo: 'private \u0000' });
  expect(await info()).toEqual(['public', 'private \u0000']);
  await fixture.caller.call('setroominfo', { rid });
  await fixture.caller.call('setroominfo', { rid, oinfo: '' });
  expect(await info()).toEqual(['', 'private \u0000']);
  await fixture.caller.call('setroominfo', { rid, oinfo: 'x'.repeat(65_535) });
  expect(await fixture.caller.codeOf('setroominfo', { rid, oinfo: 'x'.repeat(65_536) })).toBe(200034);
});

test('a ban from one room holds there, ends by itself, and can be lifted', async () => {
  const [rid, other, uid] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addroomban', { rid, uid, btime: 60 });
  expect([await say(rid, uid), await say(other, uid)]).toEqual([200045, 0]);
  now += 59_999;
  expect(await say(rid, uid)).toBe(200045);
  now += 1;
  expect(await say(rid, uid)).toBe(0);
  await fixture.caller.call('addroomban', { rid, uid, btime: 60 });
  await fixture.caller.call('removeroomban', { rid, uid });
  expect(await say(rid, uid)).toBe(0);
});

test('a ban without a room, or with 0 or less, is from all rooms', async () => {
  for (const everywhere of [{}, { rid: 0 }, { rid: -1 }]) {
    const uid = fresh();
    await fixture.caller.call('addroomban', { ...everywhere, uid, btime: 0 });
    expect(await say(fresh(), uid)).toBe(200045);
    expect((await fixture.caller.call('isbanofroom', { rid: fresh(), uid })).get('ok')).toBe(true);
    await fixture.caller.call('removeroomban', { ...everywhere, uid });
    expect(await say(fresh(), uid)).toBe(0);
    expect((await fixture.caller.call('isbanofroom', { rid: fresh(), uid })).get('ok')).toBe(false);
  }
});

test('a ban of 0 seconds or less is for ever', async () => {
  const [rid, uid] = [fresh(), fresh()];
  await fixture.caller.call('addroomban', { rid, uid, btime: -5 });
  now += 500 * 1000;
  expect(await say(rid, uid)).toBe(200045);
});

test('members, bans and infos survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('addroommember', { rid: 5, uid: 6 });
  await caller.call('setroominfo', { rid: 5, oinfo: 'kept' });
  await caller.call('addroomban', { uid: 7, btime: 0 });
  await caller.call('addgroupmembers', { gid: 8, uids: [9] });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect((await again.call('getroommembers', { rid: 5 })).get('uids')).toEqual([6]);
  expect(((await again.call('getroominfo', { rid: 5 })).get('oinfo') as RawString).text).toBe('kept');
  expect((await again.call('isbanofroom', { rid: 1, uid: 7 })).get('ok')).toBe(true);
  expect((await again.call('getgroupmembers', { gid: 8 })).get('uids')).toEqual([9]);
  again.close();
  await second.close();
});

test('groups know their members, their count, and the groups of a user', async () => {
  const [gid, other, a, b] = [fresh(), fresh(), fresh(), fresh()];
  await fixture.caller.call('addgroupmembers', { gid, uids: [a, b, a] });
  await fixture.caller.call('addgroupmembers', { gid, uids: [b] });
  await fixture.caller.call('addgroupmembers', { gid: other, uids: [a] });
  const call = async (method: string, params: object, field: string) =>
    (await fixture.caller.call(method, params as { gid: number })).get(field);
  expect(await call('getgroupmembers', { gid }, 'uids')).toEqual([a, b]);
  expect(await call('getgroupcount', { gid }, 'cn')).toBe(2);
  expect(await call('isgroupmember', { gid, uid: b }, 'ok')).toBe(true);
  expect(await call('getusergroups', { uid: a }, 'gids')).toEqual([gid, other]);
  await fixture.caller.call('delgroupmembers', { gid, uids: [b, fresh()] });
  expect(await call('getgroupcount', { gid }, 'cn')).toBe(1);
  await fixture.caller.call('delgroup', { gid });
  expect(await call('getgroupmembers', { gid }, 'uids')).toEqual([]);
  expect(await call('getgroupcount', { gid }, 'cn')).toBe(0);
  expect(await call('getusergroups', { uid: a }, 'gids')).toEqual([other]);
});

test('the limits of groups hold, and a refused call adds nobody', async () => {
  const { caller } = await fixture.startAnother({
    settings: { limits: { groupMembersMax: 3, groupsPerProjectMax: 2 } },
  });
  await caller.call('addgroupmembers', { gid: 1, uids: [1, 2] });
  expect(await caller.codeOf('addgroupmembers', { gid: 1, uids: [3, 4] })).toBe(200042);
  expect((await caller.call('getgroupcount', { gid: 1 })).get('cn')).toBe(2);
  await caller.call('addgroupmembers', { gid: 1, uids: [2, 3] });
  await caller.call('addgroupmembers', { gid: 2, uids: [1] });
  expect(await caller.codeOf('addgroupmembers', { gid: 3, uids: [1] })).toBe(200042);
  await caller.call('delgroupmembers', { gid: 2, uids: [1] });
  expect(await caller.codeOf('addgroupmembers', { gid: 3, uids: [1] })).toBe(0);
  expect(await caller.codeOf('addgroupmembers', { gid: 1, uids: [] })).toBe(200033);
  expect(await caller.codeOf('addgroupmembers', { gid: 1, uids: Array.from({ length: 101 }, fresh) })).toBe(200032);
});

test('members added at once are counted exactly', async () => {
  const gid = fresh();
  const uids = Array.from({ length: 30 }, fresh);
  await Promise.all(
    uids.flatMap((uid) => [uid, uid].map((one) => fixture.caller.call('addgroupmembers', { gid, uids: [one] }))),
  );
  expect((await fixture.caller.call('getgroupcount', { gid })).get('cn')).toBe(30);
});
