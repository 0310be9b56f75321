import { RawString } from '@parley/fpnn';
import { ADMIN_COMMANDS, RTC_ROOM_TYPES, type RtmServerClient } from '@parley/server-sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import documented from '../packages/server-sdk/test/fixtures/documented-functions.json' with { type: 'json' };
import { codeOf, collect, midsOf } from './sdk/client-answers.ts';
import { sdkPlaces } from './sdk/sdk-places.ts';
import { SENDS } from './sdk/sends.ts';
import { useParley } from './support/parley-fixture.ts';

const FOR_EVER = 2 ** 53 - 1;
const NOT_FOUND = 200_070;

const fixture = useParley();
let client: RtmServerClient;
/** Names of the client's functions that a test has called. */
const called = new Set<string>();

let lastId = 2n ** 60n;
/** A uid, gid or rid that nobody has got, too large for a number. */
const fresh = () => (lastId += 1n);

beforeAll(() => {
  const target = fixture.parley.client();
  client = new Proxy(target, {
    get(_, name) {
      called.add(String(name));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
});

describe('what is sent is stored once, as it was sent', () => {
  test.each(SENDS)('$name', async ({ kind, mtype, message, send }) => {
    const [from, to] = [fresh(), kind === 4 ? 0n : fresh()];
    const before = Date.now();
    const { mid, mtime } = await send(client, from, to, { attrs: '{"a":"ü"}' });
    expect(mtime).toBeGreaterThanOrEqual(before);
    expect(await client.getChat(mid, from, to, kind)).toEqual({
      cursorId: expect.any(BigInt),
      fromUid: from,
      toId: to,
      messageType: mtype,
      messageId: mid,
      message,
      attrs: '{"a":"ü"}',
      modifiedTime: mtime,
    });
    expect(await send(client, from, to, { attrs: '{"a":"ü"}', mid })).toEqual({ mid, mtime });
    expect(await codeOf(send(client, from, to, { mid }))).toBe(200_053);
  });

  test('to many users it is stored for each, or for none', async () => {
    const [from, a, b] = [fresh(), fresh(), fresh()];
    const { mid } = await client.sendChat(from, b, 'first');
    expect(await codeOf(client.sendChats(from, [a, b], 'second', { mid }))).toBe(200_053);
    expect((await client.getP2PMessage(a, from, false, 20, 0, 0, 0)).messages).toEqual([]);
    await client.sendChats(from, [a, b], 'third');
    for (const [to, texts] of [
      [a, ['third']],
      [b, ['first', 'third']],
    ] as const) {
      const { messages } = await client.getP2PMessage(to, from, false, 20, 0, 0, 0);
      expect(messages.map(({ message }) => message)).toEqual(texts);
    }
  });
});

describe.each([1, 2, 3, 4] as const)('a conversation of kind %d', (kind) => {
  const self = fresh();
  const place = sdkPlaces(self, fresh).find((one) => one.kind === kind)!;
  const MTYPES = [30, 66, 31, 32];
  let sent: { mid: bigint; mtime: number; mtype: number }[] = [];

  beforeAll(async () => {
    await place.clean(client, self, 0, FOR_EVER);
    sent = [];
    for (let n = 0; n < 30; n += 1) {
      const mtype = MTYPES[n % 4]!;
      sent.push({ mtype, ...(await place.send(client, self, mtype, `message ${n}`)) });
    }
  });

  const sentMids = (...mtypes: number[]) =>
    sent.filter(({ mtype }) => mtypes.length === 0 || mtypes.includes(mtype)).map(({ mid }) => mid);

  test('is read page by page in either direction', async () => {
    const one = await place.messages(client, false, 20, 0, 0, 0);
    const two = await place.messages(client, false, 20, one.begin, one.end, one.lastCursorId);
    const three = await place.messages(client, false, 20, two.begin, two.end, two.lastCursorId);
    expect([one.num, two.num, three.num]).toEqual([20, 10, 0]);
    expect(midsOf([...one.messages, ...two.messages])).toEqual(sentMids());
    expect(one.messages[7]).toMatchObject({ message: 'message 7', fromUid: self, toId: place.to });
    const newest = await place.messages(client, true, 3, 0, 0, 0);
    expect(midsOf(newest.messages)).toEqual(sentMids().slice(-3).reverse());
  });

  test('is read by type', async () => {
    const { messages } = await place.messages(client, false, 20, 0, 0, 0, { mtypes: [66, 32] });
    expect(midsOf(messages)).toEqual(sentMids(66, 32));
    const chats = await place.chats(client, true, 20, 0, 0, 0);
    expect(midsOf(chats.messages)).toEqual(sentMids(30, 31, 32).slice(-20).reverse());
  });

  test.each([1, 7, 20])('is walked in either direction, %d at a time', async (pageSize) => {
    const forward = await collect(client.walkMessages(place.conversation, { pageSize }));
    expect(midsOf(forward)).toEqual(sentMids());
    const backward = await collect(client.walkMessages(place.conversation, { pageSize, desc: true }));
    expect(backward.reverse()).toEqual(forward);
  });

  test('is walked within times and types, and left early', async () => {
    const [begin, end] = [sent[5]!.mtime, sent[20]!.mtime];
    const inside = sent.filter(({ mtime, mtype }) => mtime >= begin && mtime <= end && mtype === 30);
    const walk = client.walkMessages(place.conversation, { begin, end, mtypes: [30], pageSize: 2 });
    expect(midsOf(await collect(walk))).toEqual(inside.map(({ mid }) => mid));
    const seen: bigint[] = [];
    for await (const { messageId } of client.walkMessages(place.conversation, { pageSize: 4 })) {
      seen.push(messageId);
      if (seen.length === 6) break;
    }
    expect(seen).toEqual(sentMids().slice(0, 6));
  });

  test('is walked while others write, each message once', async () => {
    const writing = Promise.all(Array.from({ length: 60 }, () => place.send(client, self, 40, 'meanwhile')));
    const seen = midsOf(await collect(client.walkMessages(place.conversation, { pageSize: 3 })));
    const written = (await writing).map(({ mid }) => mid);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 30)).toEqual(sentMids());
    expect(written).toEqual(expect.arrayContaining(seen.slice(30)));
    expect(midsOf(await collect(client.walkMessages(place.conversation, { mtypes: [40] }))).sort()).toEqual(
      written.sort(),
    );
  });

  test('loses what is recalled or cleaned, at once and for every reader', async () => {
    const [recalled, deleted, ...rest] = sent;
    await place.recall(client, recalled!.mid, self);
    await client.deleteChat(deleted!.mid, self, place.to, kind);
    for (const { mid } of [recalled!, deleted!]) {
      expect(await codeOf(client.getChat(mid, self, place.to, kind))).toBe(NOT_FOUND);
      expect(await codeOf(place.recall(client, mid, self))).toBe(NOT_FOUND);
    }
    const left = await collect(client.walkMessages(place.conversation, { mtypes: MTYPES }));
    expect(midsOf(left)).toEqual(rest.map(({ mid }) => mid));
    await place.clean(client, self, rest[0]!.mtime, rest[9]!.mtime);
    const after = await collect(client.walkMessages(place.conversation, { mtypes: MTYPES }));
    expect(midsOf(after)).toEqual(rest.filter(({ mtime }) => mtime > rest[9]!.mtime).map(({ mid }) => mid));
    await place.clean(client, self, 0, FOR_EVER);
    expect(await collect(client.walkMessages(place.conversation))).toEqual([]);
  });
});

describe.each([
  ['group', 2],
  ['room', 3],
] as const)('messages of a %s', (name, type) => {
  const xid = fresh();
  const [a, b] = [fresh(), fresh()];
  const send = (from: bigint, text: string) =>
    type === 2 ? client.sendGroupChat(from, xid, text) : client.sendRoomChat(from, xid, text);

  test('are counted, edited, and deleted by sender', async () => {
    const sent = [await send(a, 'one'), await send(b, 'two'), await send(a, 'three')];
    expect(await client.getMsgCount(type, xid, 0, 0, null)).toEqual({ sender: 2, count: 3 });
    expect(await client.getMsgCount(type, xid, 0, 0, [31, 66])).toEqual({ sender: 0, count: 0 });
    const { mid, mtime } = sent[2]!;
    expect(await client.getMsgCount(type, xid, mtime + 1, FOR_EVER, [30])).toEqual({ sender: 0, count: 0 });

    const before = await client.getChat(mid, a, xid, type);
    await client.editMessage(mid, a, xid, type, 'edited ✓', 'new attrs', 60_000);
    expect(await client.getChat(mid, a, xid, type)).toEqual({ ...before, message: 'edited ✓', attrs: 'new attrs' });
    await expect.poll(() => codeOf(client.editMessage(mid, a, xid, type, 'late', '', 1))).toBe(200_021);
    expect(await codeOf(client.editMessage(1, a, xid, type, 'nobody', '', 0))).toBe(NOT_FOUND);

    await client.deleteConversationMessages(a, xid, type);
    expect(await client.getMsgCount(type, xid, 0, 0, [])).toEqual({ sender: 1, count: 1 });
    const left = await collect(client.walkMessages(name === 'group' ? { groupId: xid } : { roomId: xid }));
    expect(midsOf(left)).toEqual([sent[1]!.mid]);
  });
});

test('users are in rooms, counted, and banned from them', async () => {
  const [r1, r2, a, b] = [fresh(), fresh(), fresh(), fresh()];
  await client.addRoomMember(r1, a);
  expect((await client.addRoomMembers(r1, [a, b])).sort()).toEqual([a, b]);
  await client.addUserRooms([r1, r2], a);
  expect((await client.getRoomMembers(r1)).sort()).toEqual([a, b]);
  const counts = await client.getRoomCount([r1, r2, 5]);
  expect([...counts].sort()).toEqual(
    [
      [r1, 2],
      [r2, 1],
      [5n, 0],
    ].sort(),
  );
  await client.deleteRoomMember(r1, a);
  expect(await client.delRoomMembers(r1, [b])).toEqual([b]);
  await client.deleteUserRooms([r1, r2], a);
  expect([...(await client.getRoomCount(new Set([r1, r2]))).values()]).toEqual([0, 0]);

  for (const [rid, other] of [
    [r1, false],
    [null, true],
  ] as const) {
    await client.addRoomBan(rid, a, 3600);
    expect([await client.isBanOfRoom(r1, a), await client.isBanOfRoom(r2, a)]).toEqual([true, other]);
    expect(await codeOf(client.sendRoomChat(a, r1, 'banned'))).toBe(200_045);
    await client.removeRoomBan(rid, a);
    expect(await client.isBanOfRoom(r1, a)).toBe(false);
  }
  expect(await codeOf(client.sendRoomChat(a, r1, 'free again'))).toBe(0);

  await client.setRoomInfo(r1, { oinfo: 'öffentlich' });
  await client.setRoomInfo(r1, { pinfo: 'private' });
  expect(await client.getRoomInfo(r1)).toEqual({ oinfo: 'öffentlich', pinfo: 'private' });
  expect(await client.getRoomInfo(r2)).toEqual({ oinfo: '', pinfo: '' });
});

test('users are members of groups until they are taken out', async () => {
  const [gid, a, b] = [fresh(), fresh(), fresh()];
  await client.addGroupMembers(gid, [a, b]);
  expect((await client.getGroupMembers(gid)).sort()).toEqual([a, b]);
  expect([await client.getGroupCount(gid), await client.isGroupMember(gid, a)]).toEqual([2, true]);
  expect(await client.getUserGroups(a)).toEqual([gid]);
  await client.delGroupMembers(gid, [a]);
  expect([await client.getGroupMembers(gid), await client.isGroupMember(gid, a)]).toEqual([[b], false]);
  await client.delGroup(gid);
  expect([await client.getGroupMembers(gid), await client.getUserGroups(b)]).toEqual([[], []]);
});

test('RTC rooms are run under their names of today', async () => {
  const [rid, a, b] = [fresh(), fresh(), fresh()];
  await client.pullUserIntoRTCRoom(rid, new Set([a, b]), RTC_ROOM_TYPES.video, { voiceRange: 10 });
  await client.adminCommand(rid, [a], ADMIN_COMMANDS.appointAdministrators);
  await client.setRTCRoomMicStatus(rid, false);
  await client.inviteUserIntoRTCRoom(rid, a, [fresh()]);
  expect(await client.getRTCRoomMembers(rid)).toEqual({ uids: [a, b], administrators: [a], owner: 0n });
  expect(await client.getRTCRoomList()).toContain(rid);
  expect(await codeOf(client.kickoutFromRTCRoom(rid, a, b))).toBe(700_007);
  await client.kickoutFromRTCRoom(rid, b, a);
  expect(await client.getRTCRoomMemberCount(rid)).toBe(1);
  expect(await codeOf(client.adminCommand(rid, [b], ADMIN_COMMANDS.forbidAudio))).toBe(700_002);
  await client.closeRTCRoom(rid);
  expect(await codeOf(client.getRTCRoomMemberCount(rid))).toBe(700_005);
});

test('RTC rooms are run under their names of 2021', async () => {
  const [rid, a, b] = [fresh(), fresh(), fresh()];
  await client.pullIntoVoiceRoom(rid, [a, b]);
  await client.setVoiceRoomMicStatus(rid, true);
  await client.inviteUserIntoVoiceRoom(rid, [fresh()], a);
  expect(await codeOf(client.inviteUserIntoVoiceRoom(rid, [a], fresh()))).toBe(700_002);
  expect(await client.getVoiceRoomMembers(rid)).toEqual({ uids: [a, b], managers: [] });
  expect(await client.getVoiceRoomList()).toContain(rid);
  await client.kickOutFromVoiceRoom(b, rid, a);
  expect(await client.getVoiceRoomMemberCount(rid)).toBe(1);
  await client.closeVoiceRoom(rid);
  expect(await codeOf(client.closeVoiceRoom(rid))).toBe(700_005);
});

test('every documented function was called by the tests above', () => {
  const ours = documented.map((entry) => entry.ours);
  expect(ours.filter((name) => !called.has(name))).toEqual([]);
});

describe('text and binary', () => {
  const INVALID = Uint8Array.of(0x61, 0xff, 0xfe, 0);
  const [from, groupId] = [fresh(), fresh()];

  test('come back as what they were, also when their bytes are the same', async () => {
    const texts = ['', 'plain', 'NUL \0 inside', '\ufeffmark', 'a\r\nb', '你好 🎈 \u{10ffff}'];
    for (const text of texts) {
      await client.sendGroupMessage(from, groupId, 66, text);
      await client.sendGroupMessageByBinary(from, groupId, 66, new TextEncoder().encode(text));
    }
    const found = (await collect(client.walkMessages({ groupId }))).map(({ message }) => message);
    expect(found).toEqual(texts.flatMap((text) => [text, new TextEncoder().encode(text)]));
  });

  test('that is not UTF-8 is given as bytes, and the wire still tells which it was', async () => {
    const [textMid, binaryMid] = [client.nextMid(), client.nextMid()];
    const message = { from, gid: groupId, mtype: 66, attrs: '' };
    await client.call('sendgroupmsg', { ...message, mid: textMid, msg: new RawString(INVALID) });
    await client.call('sendgroupmsg', { ...message, mid: binaryMid, msg: INVALID });
    for (const [mid, raw] of [
      [textMid, new RawString(INVALID)],
      [binaryMid, INVALID],
    ] as const) {
      expect((await client.getChat(mid, from, groupId, 2)).message).toEqual(INVALID);
      const { msg } = await client.call('getmsg', { mid, from, xid: groupId, type: 2 });
      expect(msg).toBeInstanceOf(raw.constructor);
      expect(msg instanceof RawString ? msg.bytes : msg).toEqual(INVALID);
    }
  });
});
