import { FpnnError } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();
let lastId = 1000;
const fresh = () => (lastId += 1);
const many = (count: number) => Array.from({ length: count }, fresh);

const friendsOf = async (uid: number) => (await fixture.caller.call('getfriends', { uid })).get('uids');
const blockedBy = async (uid: number) => (await fixture.caller.call('getblacks', { uid })).get('uids');
const message = (from: number) => ({ from, mid: fresh(), mtype: 30, msg: 'x', attrs: '' });

test('friendship is mutual, made once, and ended from either side', async () => {
  const [a, b, c] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addfriends', { uid: a, friends: [c, b, c] });
  await fixture.caller.call('addfriends', { uid: b, friends: [a] });
  expect([await friendsOf(a), await friendsOf(b), await friendsOf(c)]).toEqual([[b, c], [a], [a]]);
  await fixture.caller.call('delfriends', { uid: b, friends: [a, fresh()] });
  expect([await friendsOf(a), await friendsOf(b), await friendsOf(c)]).toEqual([[c], [], [a]]);
});

test('isfriend and isfriends answer from both sides', async () => {
  const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
  await fixture.caller.call('addfriends', { uid: a, friends: [b, c] });
  const isFriend = async (uid: number, fuid: number) =>
    (await fixture.caller.call('isfriend', { uid, fuid })).get('ok');
  expect([await isFriend(a, b), await isFriend(b, a), await isFriend(b, c)]).toEqual([true, true, false]);
  const among = async (uid: number, fuids: number[]) =>
    (await fixture.caller.call('isfriends', { uid, fuids })).get('fuids');
  expect(await among(a, [d, c, b])).toEqual([c, b]);
  expect(await among(d, [a, b])).toEqual([]);
});

test('nobody becomes a friend of itself', async () => {
  const [a, b] = [fresh(), fresh()];
  await fixture.caller.call('addfriends', { uid: a, friends: [a, b] });
  await fixture.caller.call('addfriends', { uid: a, friends: [a] });
  expect(await friendsOf(a)).toEqual([b]);
});

test('at most 300 friends: a call over the limit adds nobody, on neither side', async () => {
  const [uid, late] = [fresh(), fresh()];
  const friends = many(299);
  for (const part of [friends.slice(0, 100), friends.slice(100, 200), friends.slice(200)]) {
    await fixture.caller.call('addfriends', { uid, friends: part });
  }
  const [x, y] = [fresh(), fresh()];
  expect(await fixture.caller.codeOf('addfriends', { uid, friends: [x, y] })).toBe(200048);
  expect([await friendsOf(uid), await friendsOf(x), await friendsOf(y)]).toEqual([friends, [], []]);
  expect(await fixture.caller.codeOf('addfriends', { uid, friends: [x] })).toBe(0);
  expect(await fixture.caller.codeOf('addfriends', { uid, friends: [x, friends[0]!] })).toBe(0);
  expect(await fixture.caller.codeOf('addfriends', { uid: late, friends: [y, uid] })).toBe(200048);
  expect([await friendsOf(late), await friendsOf(y)]).toEqual([[], []]);
});

test('calls at once cannot pass the limit together, from either side', async () => {
  const uid = fresh();
  for (let part = 0; part < 3; part += 1) await fixture.caller.call('addfriends', { uid, friends: many(97) });
  const codes = await Promise.all(
    many(24).map((other, index) =>
      index % 2 === 0
        ? fixture.caller.codeOf('addfriends', { uid, friends: [other] })
        : fixture.caller.codeOf('addfriends', { uid: other, friends: [uid] }),
    ),
  );
  expect(codes.filter((code) => code === 0)).toHaveLength(9);
  expect(codes.filter((code) => code === 200048)).toHaveLength(15);
  expect(await friendsOf(uid)).toHaveLength(300);
});

test('calls that name the same users in other orders do not wait for each other for ever', async () => {
  const users = many(20);
  const call = (method: string, shift: number) => {
    const [uid, ...friends] = [...users.slice(shift), ...users.slice(0, shift)];
    return fixture.caller.call(method, { uid: uid!, friends: shift % 2 === 0 ? friends : friends.toReversed() });
  };
  await Promise.all(users.flatMap((_, shift) => [call('addfriends', shift), call('delfriends', shift)]));
  for (const uid of users) {
    const friends = (await friendsOf(uid)) as number[];
    for (const friend of friends) expect(await friendsOf(friend)).toContain(uid);
  }
});

test('lists of 100 are taken, longer and empty ones refused', async () => {
  for (const [method, list] of [
    ['addfriends', 'friends'],
    ['delfriends', 'friends'],
    ['isfriends', 'fuids'],
    ['addblacks', 'blacks'],
    ['delblacks', 'blacks'],
    ['isblacks', 'buids'],
  ] as const) {
    const uid = fresh();
    expect(await fixture.caller.codeOf(method, { uid, [list]: many(100) }), method).toBe(0);
    expect(await fixture.caller.codeOf(method, { uid, [list]: many(101) }), method).toBe(200032);
    expect(await fixture.caller.codeOf(method, { uid, [list]: [] }), method).toBe(200033);
  }
});

test('a blacklist counts one way, and isblack asks whether the first user is blocked by the second', async () => {
  const [owner, blocked, other] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addblacks', { uid: owner, blacks: [blocked, blocked, owner] });
  expect([await blockedBy(owner), await blockedBy(blocked)]).toEqual([[blocked], []]);
  const isBlack = async (uid: number, buid: number) => (await fixture.caller.call('isblack', { uid, buid })).get('ok');
  expect([await isBlack(blocked, owner), await isBlack(owner, blocked)]).toEqual([true, false]);
  const among = async (uid: number, buids: number[]) =>
    (await fixture.caller.call('isblacks', { uid, buids })).get('buids');
  expect([await among(blocked, [other, owner]), await among(owner, [blocked])]).toEqual([[owner], []]);
  await fixture.caller.call('delblacks', { uid: owner, blacks: [blocked, other] });
  expect([await blockedBy(owner), await isBlack(blocked, owner)]).toEqual([[], false]);
});

test('blacklists do not concern back ends unless the project says so', async () => {
  const [owner, blocked] = [fresh(), fresh()];
  await fixture.caller.call('addblacks', { uid: owner, blacks: [blocked] });
  expect(await fixture.caller.codeOf('sendmsg', { ...message(blocked), to: owner })).toBe(0);
});

test('an enforced blacklist refuses P2P from who is blocked, and nothing else', async () => {
  const { caller } = await fixture.startAnother({ settings: { enforcesBlacklist: true } });
  const [owner, blocked, other] = [fresh(), fresh(), fresh()];
  await caller.call('addblacks', { uid: owner, blacks: [blocked] });
  const send = (from: number, to: number) => caller.codeOf('sendmsg', { ...message(from), to });
  const sendAll = (from: number, tos: number[]) => caller.codeOf('sendmsgs', { ...message(from), tos });
  expect([await send(blocked, owner), await send(owner, blocked), await send(blocked, other)]).toEqual([200049, 0, 0]);
  expect([await sendAll(blocked, [other, owner]), await sendAll(blocked, [other])]).toEqual([200049, 0]);
  const history = await caller.call('getp2pmsg', { uid: blocked, ouid: other, desc: false, num: 10 });
  expect(history.get('num')).toBe(2);
  expect(await caller.codeOf('sendgroupmsg', { ...message(blocked), gid: owner })).toBe(0);
  await caller.call('delblacks', { uid: owner, blacks: [blocked] });
  expect(await send(blocked, owner)).toBe(0);
});

test('where friendship is asked for, P2P between others is refused by name', async () => {
  const { caller } = await fixture.startAnother({ settings: { requiresFriendship: true } });
  const [a, b, c] = [fresh(), fresh(), fresh()];
  await caller.call('addfriends', { uid: a, friends: [b] });
  const send = (from: number, to: number) => caller.codeOf('sendmsg', { ...message(from), to });
  expect([await send(a, b), await send(b, a), await send(a, c)]).toEqual([0, 0, 200043]);
  const refusal = await caller.call('sendmsgs', { ...message(a), tos: [b, c] }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(FpnnError);
  expect(refusal).toMatchObject({ code: 200043, message: `tos: user ${a} is not a friend of user ${c}` });
  expect(await caller.codeOf('sendmsgs', { ...message(a), tos: [b] })).toBe(0);
});

test('messages that are looked up together are judged each by itself', async () => {
  const { caller } = await fixture.startAnother({ settings: { enforcesBlacklist: true, requiresFriendship: true } });
  const users = many(30);
  const [hub, ...others] = users as [number, ...number[]];
  await caller.call('addfriends', { uid: hub, friends: others });
  await caller.call('addblacks', { uid: hub, blacks: others.filter((uid) => uid % 3 === 0) });
  const codes = await Promise.all(
    [...others, fresh()].map((from) => caller.codeOf('sendmsg', { ...message(from), to: hub })),
  );
  expect(codes).toEqual([...others.map((uid) => (uid % 3 === 0 ? 200049 : 0)), 200043]);
});

test('friends and blacklists survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('addfriends', { uid: 1, friends: [2] });
  await caller.call('addblacks', { uid: 1, blacks: [3] });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect((await again.call('getfriends', { uid: 2 })).get('uids')).toEqual([1]);
  expect((await again.call('getblacks', { uid: 1 })).get('uids')).toEqual([3]);
  again.close();
  await second.close();
});
