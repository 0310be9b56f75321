import type { RawString, WireMap, WireValue } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();
let lastId = 1000;
/** A uid, gid, rid or mid that no other test uses. */
const fresh = () => (lastId += 1);

const text = (value: WireValue | undefined) => (value as RawString).text;
const units = (answer: WireMap) => answer.get('msgs') as WireValue[][];

function message(overrides: Record<string, unknown> = {}) {
  return { from: fresh(), mid: fresh(), mtype: 66, msg: 'hello', attrs: '', ...overrides } as {
    from: number;
    mid: number;
  };
}

const sends = {
  sendmsg: () => ({ to: fresh() }),
  sendmsgs: () => ({ tos: [fresh(), fresh()] }),
  sendgroupmsg: () => ({ gid: fresh() }),
  sendroommsg: () => ({ rid: fresh() }),
  broadcastmsg: () => ({}),
};

test.each(Object.keys(sends) as (keyof typeof sends)[])('%s answers the time of the message in ms', async (method) => {
  const before = Date.now();
  const mtime = (await fixture.caller.call(method, { ...message(), ...sends[method]() })).get('mtime');
  expect(mtime).toBeGreaterThanOrEqual(before);
  expect(mtime).toBeLessThanOrEqual(Date.now());
});

test('a P2P message is read by both sides, and tells which side sent it', async () => {
  const [alice, bob] = [fresh(), fresh()];
  const first = message({ from: alice, to: bob, msg: 'hi bob', attrs: '{"k":1}' });
  const second = message({ from: bob, to: alice, msg: 'hi alice', mtype: 30 });
  const mtime = (await fixture.caller.call('sendmsg', first)).get('mtime');
  await fixture.caller.call('sendmsg', second);

  const seenByAlice = units(await fixture.caller.call('getp2pmsg', { uid: alice, ouid: bob, desc: false, num: 10 }));
  expect(seenByAlice).toHaveLength(2);
  expect(seenByAlice[0]).toHaveLength(8);
  const [id, direction, mtype, mid, isDeleted, msg, attrs, time] = seenByAlice[0]!;
  expect([direction, mtype, mid, isDeleted, text(msg), text(attrs), time]).toEqual([
    1,
    66,
    first.mid,
    false,
    'hi bob',
    '{"k":1}',
    mtime,
  ]);
  expect(seenByAlice[1]![1]).toBe(2);
  expect(Number(seenByAlice[1]![0])).toBeGreaterThan(Number(id));
  const seenByBob = units(await fixture.caller.call('getp2pmsg', { uid: bob, ouid: alice, desc: true, num: 10 }));
  expect(seenByBob.map((unit) => unit[1])).toEqual([1, 2]);
});

test('group, room and broadcast history name the sender', async () => {
  for (const [send, get, place] of [
    ['sendgroupmsg', 'getgroupmsg', { gid: fresh() }],
    ['sendroommsg', 'getroommsg', { rid: fresh() }],
    ['broadcastmsg', 'getbroadcastmsg', {}],
  ] as const) {
    const sent = message({ msg: send });
    await fixture.caller.call(send, { ...sent, ...place });
    const found = units(await fixture.caller.call(get, { ...place, uid: 0, desc: true, num: 1 }));
    expect([found[0]![1], text(found[0]![5])]).toEqual([sent.from, send]);
  }
});

test('sendmsgs puts one mid into every conversation', async () => {
  const [a, b] = [fresh(), fresh()];
  const sent = message({ tos: [a, b, a] });
  await fixture.caller.call('sendmsgs', sent);
  for (const to of [a, b]) {
    const found = units(await fixture.caller.call('getp2pmsg', { uid: sent.from, ouid: to, desc: false, num: 10 }));
    expect(found.map((unit) => unit[3])).toEqual([sent.mid]);
  }
});

test('sendmsgs stores nothing when one of its conversations has the mid for another message', async () => {
  const [a, b] = [fresh(), fresh()];
  const sent = message();
  await fixture.caller.call('sendmsg', { ...sent, to: b, msg: 'earlier' });
  expect(await fixture.caller.codeOf('sendmsgs', { ...sent, tos: [a, b] })).toBe(200053);
  expect((await fixture.caller.call('getp2pmsg', { uid: sent.from, ouid: a, desc: false, num: 1 })).get('num')).toBe(0);
});

test('text comes back as text and binary as binary, byte by byte', async () => {
  const gid = fresh();
  const bytes = Uint8Array.of(0, 1, 2, 0xfe, 0xff, 0x80);
  const { RawString: Raw } = await import('@parley/fpnn');
  for (const msg of ['text \u0000 你好 🎈', bytes, new Raw(bytes), '']) {
    await fixture.caller.call('sendgroupmsg', { ...message({ msg }), gid });
  }
  const found = units(await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 10 })).map((unit) => unit[5]);
  expect(text(found[0])).toBe('text \u0000 你好 🎈');
  expect(found[1]).toEqual(bytes);
  expect(found[2]).toBeInstanceOf(Raw);
  expect((found[2] as RawString).bytes).toEqual(bytes);
  expect(text(found[3])).toBe('');
});

test('a repeated mid with the same content gets the first time and is stored once; with other content it is 200053', async () => {
  const sent = message({ to: fresh() });
  const first = await fixture.caller.call('sendmsg', sent);
  const again = await fixture.caller.call('sendmsg', sent);
  expect(again.get('mtime')).toBe(first.get('mtime'));
  for (const other of [
    { msg: 'other' },
    { attrs: 'other' },
    { mtype: 67 },
    { msg: new TextEncoder().encode('hello') },
  ]) {
    expect(await fixture.caller.codeOf('sendmsg', { ...sent, ...other })).toBe(200053);
  }
  const page = { uid: sent.from, ouid: (sent as unknown as { to: number }).to, desc: false, num: 20 };
  expect((await fixture.caller.call('getp2pmsg', page)).get('num')).toBe(1);
});

test('the same mid from another sender or in another conversation is another message', async () => {
  const [gid, other] = [fresh(), fresh()];
  const sent = message();
  await fixture.caller.call('sendgroupmsg', { ...sent, gid });
  await fixture.caller.call('sendgroupmsg', { ...sent, gid: other });
  await fixture.caller.call('sendgroupmsg', { ...sent, from: fresh(), gid });
  expect((await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 9 })).get('num')).toBe(2);
});

test('sending to oneself is 200052', async () => {
  const from = fresh();
  expect(await fixture.caller.codeOf('sendmsg', message({ from, to: from }))).toBe(200052);
  expect(await fixture.caller.codeOf('sendmsgs', message({ from, tos: [fresh(), from] }))).toBe(200052);
});

test('bad parameters have their code, name the parameter, and store nothing', async () => {
  const gid = fresh();
  const cases = [
    [{ mtype: 0 }, 200005, 'mtype'],
    [{ mtype: 128 }, 200005, 'mtype'],
    [{ mtype: 'x' }, 10010, 'mtype'],
    [{ msg: 'x'.repeat(20_481) }, 200030, '20480'],
    [{ attrs: 'x'.repeat(2049) }, 200030, '2048'],
    [{ msg: undefined }, 10009, 'msg'],
    [{ msg: 5 }, 10010, 'msg'],
    [{ from: 2n ** 63n }, 10010, 'from'],
    [{ mid: 1.5 }, 10010, 'mid'],
    [{ gid: undefined }, 10009, 'gid'],
  ] as const;
  for (const [fault, code, name] of cases) {
    await expect(fixture.caller.call('sendgroupmsg', { ...message(), gid, ...fault })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(name),
    });
  }
  expect((await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 1 })).get('num')).toBe(0);
  await fixture.caller.call('sendgroupmsg', { ...message({ msg: 'x'.repeat(20_480), attrs: 'x'.repeat(2048) }), gid });
  expect(await fixture.caller.codeOf('sendmsgs', message({ tos: [] }))).toBe(200033);
  const tos = Array.from({ length: 2001 }, fresh);
  expect(await fixture.caller.codeOf('sendmsgs', message({ tos }))).toBe(200032);
  expect(await fixture.caller.codeOf('sendmsgs', message({ tos: tos.slice(1) }))).toBe(0);
});

test('getmsg gives one message; an absent one is 200070', async () => {
  const rid = fresh();
  const sent = message({ attrs: 'a' });
  await fixture.caller.call('sendroommsg', { ...sent, rid });
  const found = await fixture.caller.call('getmsg', { mid: sent.mid, from: sent.from, xid: rid, type: 3 });
  expect([...found.keys()].sort()).toEqual(['attrs', 'id', 'msg', 'mtime', 'mtype']);
  expect([text(found.get('msg')), text(found.get('attrs')), found.get('mtype')]).toEqual(['hello', 'a', 66]);
  expect(await fixture.caller.codeOf('getmsg', { mid: fresh(), from: sent.from, xid: rid, type: 3 })).toBe(200070);
  expect(await fixture.caller.codeOf('getmsg', { mid: sent.mid, from: sent.from, xid: rid, type: 2 })).toBe(200070);
});

test('a recalled message is in no history, no getmsg and no count, and recalling it again is 200070', async () => {
  const gid = fresh();
  const sent = [message(), message(), message()];
  for (const one of sent) await fixture.caller.call('sendgroupmsg', { ...one, gid });
  const address = { mid: sent[1]!.mid, from: sent[1]!.from, xid: gid, type: 2 };
  await fixture.caller.call('delmsg', address);
  const left = units(await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 20 }));
  expect(left.map((unit) => unit[3])).toEqual([sent[0]!.mid, sent[2]!.mid]);
  expect(left.every((unit) => unit[4] === false)).toBe(true);
  expect(await fixture.caller.codeOf('getmsg', address)).toBe(200070);
  expect(await fixture.caller.codeOf('delmsg', address)).toBe(200070);
  expect((await fixture.caller.call('getmsgnum', { type: 2, xid: gid })).get('num')).toBe(2);
});

test('a late repeat of a recalled message does not bring it back', async () => {
  const gid = fresh();
  const sent = message();
  const first = await fixture.caller.call('sendgroupmsg', { ...sent, gid });
  await fixture.caller.call('delmsg', { mid: sent.mid, from: sent.from, xid: gid, type: 2 });
  expect((await fixture.caller.call('sendgroupmsg', { ...sent, gid })).get('mtime')).toBe(first.get('mtime'));
  expect((await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 1 })).get('num')).toBe(0);
  expect(await fixture.caller.codeOf('sendgroupmsg', { ...sent, gid, msg: 'other' })).toBe(200053);
});

test('an edit changes body and attrs, and keeps id, time and place', async () => {
  const gid = fresh();
  const sent = message();
  await fixture.caller.call('sendgroupmsg', { ...sent, gid });
  const before = units(await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 1 }))[0]!;
  const edit = { mid: sent.mid, from: sent.from, xid: gid, type: 2, msg: 'edited', attrs: 'new', timeLimit: 60_000 };
  await fixture.caller.call('editmsg', edit);
  const after = units(await fixture.caller.call('getgroupmsg', { gid, desc: false, num: 1 }))[0]!;
  expect([text(after[5]), text(after[6])]).toEqual(['edited', 'new']);
  expect([after[0], after[7]]).toEqual([before[0], before[7]]);
  expect(await fixture.caller.codeOf('editmsg', { ...edit, mid: fresh() })).toBe(200070);
});

test('cleanmsg takes the whole P2P session within its bounds, both bounds included', async () => {
  const [a, b] = [fresh(), fresh()];
  await fixture.caller.call('sendmsg', message({ from: a, to: b }));
  const mtime = (await fixture.caller.call('sendmsg', message({ from: b, to: a }))).get('mtime') as number;
  const page = { uid: a, ouid: b, desc: false, num: 20 };
  await fixture.caller.call('cleanmsg', { from: a, xid: b, type: 1, begin: mtime + 1, end: mtime + 2 });
  expect((await fixture.caller.call('getp2pmsg', page)).get('num')).toBe(2);
  await fixture.caller.call('cleanmsg', { from: b, xid: a, type: 1, begin: mtime - 10_000, end: mtime });
  expect((await fixture.caller.call('getp2pmsg', page)).get('num')).toBe(0);
});

test('delconversationmsgs takes all messages of one sender, getmsgnum counts the rest', async () => {
  const rid = fresh();
  const [a, b] = [fresh(), fresh()];
  for (const from of [a, b, a, a]) await fixture.caller.call('sendroommsg', { ...message({ from, mtype: 30 }), rid });
  await fixture.caller.call('sendroommsg', { ...message({ from: b, mtype: 99 }), rid });
  const count = async (filter = {}) => {
    const answer = await fixture.caller.call('getmsgnum', { type: 3, xid: rid, ...filter });
    return [answer.get('sender'), answer.get('num')];
  };
  expect(await count()).toEqual([2, 5]);
  expect(await count({ mtypes: [30] })).toEqual([2, 4]);
  expect(await count({ mtypes: [] })).toEqual([2, 5]);
  await fixture.caller.call('delconversationmsgs', { from: a, xid: rid, type: 3 });
  expect(await count()).toEqual([1, 2]);
});

test('pages lead on by lastid, begin and end, and num is at most 20', async () => {
  const gid = fresh();
  const sent = Array.from({ length: 25 }, () => message());
  await Promise.all(sent.map((one) => fixture.caller.call('sendgroupmsg', { ...one, gid })));
  const first = await fixture.caller.call('getgroupmsg', { gid, desc: true, num: 100 });
  expect(first.get('num')).toBe(20);
  const next = {
    lastid: first.get('lastid') as number,
    begin: first.get('begin') as number,
    end: first.get('end') as number,
  };
  const second = await fixture.caller.call('getgroupmsg', { gid, desc: true, num: 20, ...next });
  const ids = [...units(first), ...units(second)].map((unit) => Number(unit[0]));
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
  expect(new Set(ids).size).toBe(25);
  expect(second.get('num')).toBe(5);
});

test('an unknown conversation is an empty page that keeps the cursor', async () => {
  const page = { gid: fresh(), desc: false, num: 10, begin: 5, end: 0, lastid: 7 };
  const answer = await fixture.caller.call('getgroupmsg', page);
  expect([answer.get('num'), answer.get('lastid'), answer.get('begin'), answer.get('msgs')]).toEqual([0, 7, 5, []]);
  expect(answer.get('end')).toBeGreaterThan(Date.now() - 60_000);
});

test('types that a project does not store are answered, recognised when repeated, and not in history', async () => {
  const { caller } = await fixture.startAnother({ settings: { storedMtypes: [30] } });
  const sent = message({ to: fresh(), mtype: 66 });
  const first = await caller.call('sendmsg', sent);
  expect((await caller.call('sendmsg', sent)).get('mtime')).toBe(first.get('mtime'));
  expect(await caller.codeOf('sendmsg', { ...sent, msg: 'other' })).toBe(200053);
  const page = { uid: sent.from, ouid: (sent as unknown as { to: number }).to, desc: false, num: 20 };
  expect((await caller.call('getp2pmsg', page)).get('num')).toBe(0);
});

test('membership and broadcast switches refuse with their codes', async () => {
  const { caller } = await fixture.startAnother({
    settings: { requiresGroupMembership: true, requiresRoomMembership: true, broadcastAdminUids: [7] },
  });
  const [gid, rid] = [fresh(), fresh()];
  const sent = message();
  expect(await caller.codeOf('sendgroupmsg', { ...sent, gid })).toBe(200041);
  expect(await caller.codeOf('sendroommsg', { ...sent, rid })).toBe(200040);
  expect(await caller.codeOf('broadcastmsg', sent)).toBe(200026);
  await caller.call('addgroupmembers', { gid, uids: [sent.from] });
  await caller.call('addroommember', { rid, uid: sent.from });
  expect(await caller.codeOf('sendgroupmsg', { ...sent, gid })).toBe(0);
  expect(await caller.codeOf('sendroommsg', { ...sent, rid })).toBe(0);
  expect(await caller.codeOf('broadcastmsg', { ...sent, from: 7 })).toBe(0);
});

test('two projects share no message', async () => {
  const { caller } = await fixture.startAnother({});
  const gid = fresh();
  await fixture.caller.call('sendgroupmsg', { ...message(), gid });
  expect((await caller.call('getgroupmsg', { gid, desc: false, num: 1 })).get('num')).toBe(0);
});
