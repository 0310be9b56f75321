import { FpnnError, type RawString, type WireMap } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

let now = Date.now();
const fixture = useParley({ now: () => now });
let lastId = 1000;
const fresh = () => (lastId += 1);
const many = (count: number) => Array.from({ length: count }, fresh);

const sends = {
  sendmsg: () => ({ to: fresh() }),
  sendmsgs: () => ({ tos: [fresh(), fresh()] }),
  sendgroupmsg: () => ({ gid: fresh() }),
  sendroommsg: () => ({ rid: fresh() }),
  broadcastmsg: () => ({}),
};

/** What a muted user gets for each of them. */
const MUTED = [200062, 200062, 200044, 200045, 200062];

/** The codes of every kind of send. */
const sayEverywhere = (from: number) =>
  Promise.all(
    Object.entries(sends).map(([method, target]) =>
      fixture.caller.codeOf(method, { from, mid: fresh(), mtype: 30, msg: 'x', attrs: '', ...target() }),
    ),
  );
const isOk = async (method: string, uid: number) => (await fixture.caller.call(method, { uid })).get('ok');

async function infoOf(uid: number, caller = fixture.caller): Promise<string[]> {
  const answer = await caller.call('getuserinfo', { uid });
  return [(answer.get('oinfo') as RawString).text, (answer.get('pinfo') as RawString).text];
}

test('infos are kept apart, an absent one stays, both are empty at first, and the limit is 65535 bytes', async () => {
  const uid = fresh();
  expect(await infoOf(uid)).toEqual(['', '']);
  await fixture.caller.call('setuserinfo', { uid, oinfo: 'public' });
  await fixture.caller.call('setuserinfo', { uid, pinfo: 'private \u0000' });
  expect(await infoOf(uid)).toEqual(['public', 'private \u0000']);
  await fixture.caller.call('setuserinfo', { uid });
  await fixture.caller.call('setuserinfo', { uid, oinfo: '' });
  expect(await infoOf(uid)).toEqual(['', 'private \u0000']);
  await fixture.caller.call('setuserinfo', { uid, pinfo: 'x'.repeat(65_535) });
  expect(await fixture.caller.codeOf('setuserinfo', { uid, pinfo: 'x'.repeat(65_536) })).toBe(200034);
});

test('public infos are told for every user asked for, by decimal text, and show nothing private', async () => {
  const [a, unknown] = [fresh(), fresh()];
  await fixture.caller.call('setuserinfo', { uid: a, oinfo: 'open', pinfo: 'secret' });
  const negative = -a;
  await fixture.caller.call('setuserinfo', { uid: negative, oinfo: 'minus' });
  const info = (await fixture.caller.call('getuseropeninfo', { uids: [a, unknown, negative] })).get('info') as WireMap;
  const texts = [...info].map(([uid, oinfo]) => [uid, (oinfo as RawString).text]);
  expect(Object.fromEntries(texts)).toEqual({ [a]: 'open', [unknown]: '', [negative]: 'minus' });
  expect(await fixture.caller.codeOf('getuseropeninfo', { uids: many(100) })).toBe(0);
  expect(await fixture.caller.codeOf('getuseropeninfo', { uids: many(101) })).toBe(200032);
});

test('nobody is online without a connection, and 200 users may be asked for', async () => {
  expect((await fixture.caller.call('getonlineusers', { uids: many(200) })).get('uids')).toEqual([]);
  expect(await fixture.caller.codeOf('getonlineusers', { uids: many(201) })).toBe(200032);
  expect(await fixture.caller.codeOf('getonlineusers', { uids: [] })).toBe(200033);
});

test('kicking out a user who is offline does nothing', async () => {
  expect(await fixture.caller.codeOf('kickout', { uid: fresh() })).toBe(0);
});

test('a muted user can send nothing to anybody, until the time is over', async () => {
  const [uid, other] = [fresh(), fresh()];
  await fixture.caller.call('addprojectban', { uid, btime: 60 });
  expect(await isOk('isprojectban', uid)).toBe(true);
  expect(await sayEverywhere(uid)).toEqual(MUTED);
  expect(await sayEverywhere(other)).toEqual(Array(5).fill(0));
  now += 59_999;
  expect(await sayEverywhere(uid)).toEqual(MUTED);
  now += 1;
  expect(await sayEverywhere(uid)).toEqual(Array(5).fill(0));
  expect(await isOk('isprojectban', uid)).toBe(false);
});

test('a mute of 0 seconds or less is for ever, can be lifted, and is told by name', async () => {
  const uid = fresh();
  await fixture.caller.call('addprojectban', { uid, btime: -1 });
  now += 100_000;
  const refusal = await fixture.caller
    .call('sendmsg', { from: uid, to: fresh(), mid: fresh(), mtype: 30, msg: 'x', attrs: '' })
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(FpnnError);
  expect(refusal).toMatchObject({ code: 200062, message: `to: user ${uid} is muted in the whole project` });
  await fixture.caller.call('removeprojectban', { uid });
  expect(await sayEverywhere(uid)).toEqual(Array(5).fill(0));
});

test('the bans of rooms, of groups, of the project and of logins do not touch each other', async () => {
  const uid = fresh();
  for (const [add, is, remove] of [
    ['addroomban', 'isbanofroom', 'removeroomban'],
    ['addgroupban', 'isbanofgroup', 'removegroupban'],
    ['addprojectban', 'isprojectban', 'removeprojectban'],
    ['addprojectblack', 'isprojectblack', 'removeprojectblack'],
  ] as const) {
    await fixture.caller.call(add, { uid, btime: 0 });
    const asked = ['isbanofroom', 'isbanofgroup', 'isprojectban', 'isprojectblack'] as const;
    for (const method of asked) {
      const answer = await fixture.caller.call(method, { uid, rid: 1, gid: 1 });
      expect(answer.get('ok'), `${method} after ${add}`).toBe(method === is);
    }
    await fixture.caller.call(remove, { uid });
    expect((await fixture.caller.call(is, { uid, rid: 1, gid: 1 })).get('ok')).toBe(false);
  }
});

test('the black list of the project ends by itself and concerns no messages of back ends', async () => {
  const uid = fresh();
  await fixture.caller.call('addprojectblack', { uid, btime: 60 });
  expect(await isOk('isprojectblack', uid)).toBe(true);
  expect(await sayEverywhere(uid)).toEqual(Array(5).fill(0));
  now += 60_000;
  expect(await isOk('isprojectblack', uid)).toBe(false);
});

test('a ban that is changed many times at once ends as the last call says', async () => {
  const uid = fresh();
  const { caller } = fixture;
  const calls: Promise<unknown>[] = [];
  for (let round = 0; round < 10; round += 1) {
    calls.push(caller.call('addprojectban', { uid, btime: 0 }), caller.call('removeprojectban', { uid }));
  }
  await Promise.all(calls);
  expect(await isOk('isprojectban', uid)).toBe(false);
});

test('infos, mutes and the black list survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('setuserinfo', { uid: 5, oinfo: 'kept' });
  await caller.call('addprojectban', { uid: 6, btime: 0 });
  await caller.call('addprojectblack', { uid: 7, btime: 3600 });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect(await infoOf(5, again)).toEqual(['kept', '']);
  expect((await again.call('isprojectban', { uid: 6 })).get('ok')).toBe(true);
  expect((await again.call('isprojectblack', { uid: 7 })).get('ok')).toBe(true);
  again.close();
  await second.close();
});
