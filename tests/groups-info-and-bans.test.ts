import type { RawString } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

let now = Date.now();
const fixture = useParley({ now: () => now });
let lastId = 1000;
const fresh = () => (lastId += 1);

const say = (gid: number, from: number) =>
  fixture.caller.codeOf('sendgroupmsg', { gid, from, mid: fresh(), mtype: 30, msg: 'x', attrs: '' });
const isBanned = async (gid: number, uid: number) =>
  (await fixture.caller.call('isbanofgroup', { gid, uid })).get('ok');

async function infoOf(gid: number, caller = fixture.caller): Promise<string[]> {
  const answer = await caller.call('getgroupinfo', { gid });
  return [(answer.get('oinfo') as RawString).text, (answer.get('pinfo') as RawString).text];
}

test('a ban from one group holds there, ends by itself, and can be lifted', async () => {
  const [gid, other, uid] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addgroupban', { gid, uid, btime: 60 });
  expect([await say(gid, uid), await say(other, uid), await say(gid, fresh())]).toEqual([200044, 0, 0]);
  expect([await isBanned(gid, uid), await isBanned(other, uid)]).toEqual([true, false]);
  now += 59_999;
  expect(await say(gid, uid)).toBe(200044);
  now += 1;
  expect(await say(gid, uid)).toBe(0);
  expect(await isBanned(gid, uid)).toBe(false);
  await fixture.caller.call('addgroupban', { gid, uid, btime: 60 });
  await fixture.caller.call('removegroupban', { gid, uid });
  expect(await say(gid, uid)).toBe(0);
});

test('a ban without a group, or with 0 or less, is from all groups', async () => {
  for (const everywhere of [{}, { gid: 0 }, { gid: -1 }]) {
    const uid = fresh();
    await fixture.caller.call('addgroupban', { ...everywhere, uid, btime: 0 });
    expect(await say(fresh(), uid)).toBe(200044);
    expect(await isBanned(fresh(), uid)).toBe(true);
    await fixture.caller.call('removegroupban', { ...everywhere, uid });
    expect(await say(fresh(), uid)).toBe(0);
    expect(await isBanned(fresh(), uid)).toBe(false);
  }
});

test('a ban from a group is none from the room of the same id, and the other way round', async () => {
  const [id, uid, other] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addgroupban', { gid: id, uid, btime: 0 });
  await fixture.caller.call('addroomban', { rid: id, uid: other, btime: 0 });
  const sayInRoom = (from: number) =>
    fixture.caller.codeOf('sendroommsg', { rid: id, from, mid: fresh(), mtype: 30, msg: 'x', attrs: '' });
  expect([await say(id, uid), await sayInRoom(uid)]).toEqual([200044, 0]);
  expect([await say(id, other), await sayInRoom(other)]).toEqual([0, 200045]);
});

test('a member who is banned stays a member', async () => {
  const [gid, uid] = [fresh(), fresh()];
  await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  await fixture.caller.call('addgroupban', { gid, uid, btime: 0 });
  expect((await fixture.caller.call('isgroupmember', { gid, uid })).get('ok')).toBe(true);
});

test('infos are kept apart, an absent one stays, both are empty at first, and the limit is 65535 bytes', async () => {
  const gid = fresh();
  expect(await infoOf(gid)).toEqual(['', '']);
  await fixture.caller.call('setgroupinfo', { gid, oinfo: 'public' });
  await fixture.caller.call('setgroupinfo', { gid, pinfo: 'private \u0000' });
  expect(await infoOf(gid)).toEqual(['public', 'private \u0000']);
  await fixture.caller.call('setgroupinfo', { gid });
  await fixture.caller.call('setgroupinfo', { gid, oinfo: '' });
  expect(await infoOf(gid)).toEqual(['', 'private \u0000']);
  expect((await fixture.caller.call('getroominfo', { rid: gid })).get('pinfo')).toHaveProperty('text', '');
  await fixture.caller.call('setgroupinfo', { gid, oinfo: 'x'.repeat(65_535) });
  expect(await fixture.caller.codeOf('setgroupinfo', { gid, oinfo: 'x'.repeat(65_536) })).toBe(200034);
});

test('the info goes when the group is dissolved, and stays when the last member leaves', async () => {
  const [gid, uid] = [fresh(), fresh()];
  await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  await fixture.caller.call('setgroupinfo', { gid, oinfo: 'a', pinfo: 'b' });
  await fixture.caller.call('delgroupmembers', { gid, uids: [uid] });
  expect(await infoOf(gid)).toEqual(['a', 'b']);
  await fixture.caller.call('delgroup', { gid });
  expect(await infoOf(gid)).toEqual(['', '']);
});

test('clearprojectgroup removes every group of the project with its info; messages and bans stay', async () => {
  const { caller } = await fixture.startAnother({ settings: { limits: { groupsPerProjectMax: 2 } } });
  const others = fresh();
  await fixture.caller.call('addgroupmembers', { gid: others, uids: [1] });
  await fixture.caller.call('setgroupinfo', { gid: others, oinfo: 'kept' });
  await caller.call('addgroupmembers', { gid: 1, uids: [1, 2, 3] });
  await caller.call('addgroupmembers', { gid: 2, uids: [1] });
  await caller.call('setgroupinfo', { gid: 1, oinfo: 'gone' });
  await caller.call('sendgroupmsg', { gid: 1, from: 1, mid: 1, mtype: 30, msg: 'x', attrs: '' });
  await caller.call('addgroupban', { gid: 1, uid: 3, btime: 0 });

  await caller.call('clearprojectgroup');
  expect((await caller.call('getusergroups', { uid: 1 })).get('gids')).toEqual([]);
  expect((await caller.call('getgroupmembers', { gid: 1 })).get('uids')).toEqual([]);
  expect((await caller.call('getgroupcount', { gid: 1 })).get('cn')).toBe(0);
  expect(await infoOf(1, caller)).toEqual(['', '']);
  expect((await caller.call('getgroupmsg', { gid: 1, desc: false, num: 10 })).get('num')).toBe(1);
  expect((await caller.call('isbanofgroup', { gid: 1, uid: 3 })).get('ok')).toBe(true);
  expect(await caller.codeOf('addgroupmembers', { gid: 3, uids: [1] })).toBe(0);

  expect((await fixture.caller.call('getgroupmembers', { gid: others })).get('uids')).toEqual([1]);
  expect(await infoOf(others)).toEqual(['kept', '']);
});

test('members added while all groups are cleared are counted exactly', async () => {
  const { caller } = await fixture.startAnother({});
  const gids = Array.from({ length: 4 }, (_, index) => index + 1);
  const calls = Array.from({ length: 400 }, (_, index) =>
    index % 8 === 0
      ? caller.call('clearprojectgroup')
      : caller.call('addgroupmembers', { gid: gids[index % gids.length]!, uids: [index, index + 1000] }),
  );
  await Promise.all(calls);
  for (const gid of gids) {
    const members = (await caller.call('getgroupmembers', { gid })).get('uids') as unknown[];
    expect((await caller.call('getgroupcount', { gid })).get('cn')).toBe(members.length);
  }
});

test('bans and infos of groups survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('addgroupban', { uid: 7, btime: 0 });
  await caller.call('setgroupinfo', { gid: 5, pinfo: 'kept' });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect((await again.call('isbanofgroup', { gid: 1, uid: 7 })).get('ok')).toBe(true);
  expect(await infoOf(5, again)).toEqual(['', 'kept']);
  again.close();
  await second.close();
});
