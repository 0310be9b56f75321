import type { RawString, WireMap } from '@parley/fpnn';
import { afterEach, describe, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { type Push, TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 70_000;
const fresh = () => (lastId += 1);

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A user whose SDK knows RTC. */
async function logIn(uid: number, version = 'Unity-Native-1.0'): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid, { version });
  clients.push(client);
  return client;
}

const call = (method: string, params: Record<string, unknown> = {}) =>
  fixture.caller.call(method, params as Record<string, number>);
const codeOf = (method: string, params: Record<string, unknown> = {}) =>
  fixture.caller.codeOf(method, params as Record<string, number>);
const membersOf = async (rid: number) => (await call('getRTCRoomMembers', { rid })).get('uids');
const text = (value: unknown) => (value as RawString).text;

/** What was pushed, in a form that can be compared; times and tickets are left out. */
function told(pushes: readonly Push[]): [string, Record<string, unknown>][] {
  return pushes.map(({ method, params }) => {
    const { mtime: _, token: __, ...others } = Object.fromEntries(params) as Record<string, unknown>;
    return [method, others];
  });
}

/** A room of the first client with the others in it; what they were told so far is forgotten. */
async function roomOf(owner: TestClient, ...others: TestClient[]): Promise<number> {
  const rid = fresh();
  await owner.call('createRTCRoom', { rid, type: 1, enableRecord: 0 });
  for (const [index, other] of others.entries()) {
    await other.call('enterRTCRoom', { rid });
    for (const earlier of [owner, ...others.slice(0, index)]) await earlier.received(1);
    for (const earlier of [owner, ...others.slice(0, index)]) earlier.pushes.length = 0;
  }
  return rid;
}

describe('a room', () => {
  test('is opened by a pull, has no owner then, and its members are there at once', async () => {
    const [rid, a, b] = [fresh(), fresh(), fresh()];
    await call('pullIntoRTCRoom', { rid, toUids: [a, b, a], type: 2 });
    expect((await call('getRTCRoomList')).get('rids')).toContain(rid);
    expect(Object.fromEntries(await call('getRTCRoomMembers', { rid }))).toEqual({
      uids: [a, b],
      administrators: [],
      managers: [],
      administartors: [],
      owner: 0,
    });
    expect((await call('getRTCRoomMemberCount', { rid })).get('count')).toBe(2);
    await call('closeRTCRoom', { rid });
    expect(await codeOf('getRTCRoomMembers', { rid })).toBe(700005);
  });

  test('is not opened by entering, and not created twice: 700005, 700004', async () => {
    const [client, rid] = [await logIn(fresh()), fresh()];
    expect(await client.codeOf('enterRTCRoom', { rid })).toBe(700005);
    const created = await client.call('createRTCRoom', { rid, type: 2, enableRecord: false });
    expect(created.get('rid')).toBe(rid);
    expect(text(created.get('token')).length).toBeGreaterThan(20);
    expect(await client.codeOf('createRTCRoom', { rid, type: 2, enableRecord: 0 })).toBe(700004);
    const entered = await client.call('enterRTCRoom', { rid });
    expect([entered.get('type'), text(entered.get('token'))]).toEqual([2, text(created.get('token'))]);
  });

  test('ends when its last member has left', async () => {
    const client = await logIn(fresh());
    const rid = await roomOf(client);
    await client.call('exitRTCRoom', { rid });
    expect(await codeOf('getRTCRoomMemberCount', { rid })).toBe(700005);
  });

  test('ends when the last connection of its last member has ended', async () => {
    const [a, b] = [await logIn(fresh()), await logIn(fresh())];
    const rid = await roomOf(a, b);
    b.close();
    await a.received(1);
    expect((await a.call('getRTCRoomMembers', { rid })).get('count')).toBe(1);
    const other = await roomOf(await logIn(fresh()));
    clients.at(-1)?.close();
    await clients.at(-1)?.closed;
    await expect.poll(() => codeOf('getRTCRoomMemberCount', { rid: other })).toBe(700005);
  });
});

test('the names of spring 2021 do the same', async () => {
  const [rid, a, b] = [fresh(), fresh(), fresh()];
  await call('pullIntoVoiceRoom', { rid, toUids: [a, b] });
  expect((await call('getVoiceRoomMembers', { rid })).get('managers')).toEqual([]);
  expect((await call('getVoiceRoomMemberCount', { rid })).get('count')).toBe(2);
  expect((await call('getVoiceRoomList')).get('rids')).toContain(rid);
  await call('setVoiceRoomMicStatus', { rid, status: false });
  await call('inviteUserIntoVoiceRoom', { rid, toUids: [fresh()], fromUid: a });
  await call('kickoutFromVoiceRoom', { rid, uid: b, fromUid: a });
  expect(await membersOf(rid)).toEqual([a]);
  await call('closeVoiceRoom', { rid });
  expect(await codeOf('closeVoiceRoom', { rid })).toBe(700005);
});

test('members are told who enters and leaves, and nobody else is', async () => {
  const [uidA, uidB] = [fresh(), fresh()];
  const [a, b, stranger] = [await logIn(uidA), await logIn(uidB), await logIn(fresh())];
  const rid = await roomOf(a);
  await b.call('enterRTCRoom', { rid });
  await b.call('exitRTCRoom', { rid });
  expect(told(await a.received(2))).toEqual([
    ['pushEnterRTCRoom', { rid, uid: uidB }],
    ['pushExitRTCRoom', { rid, uid: uidB }],
  ]);
  expect(typeof a.pushes[0]?.params.get('mtime')).toBe('number');
  expect([b.pushes, stranger.pushes]).toEqual([[], []]);
});

test('an invitation is told to the invited, and only members invite: 700002', async () => {
  const [uidA, uidC] = [fresh(), fresh()];
  const [a, outsider, invited] = [await logIn(uidA), await logIn(fresh()), await logIn(uidC)];
  const rid = await roomOf(a);
  await a.call('inviteUserIntoRTCRoom', { rid, uids: [uidC] });
  await call('inviteUserIntoRTCRoom', { rid, toUids: [uidC], fromUid: uidA });
  expect(told(await invited.received(2))).toEqual([
    ['pushInviteIntoRTCRoom', { rid, fromUid: uidA }],
    ['pushInviteIntoRTCRoom', { rid, fromUid: uidA }],
  ]);
  expect(await outsider.codeOf('inviteUserIntoRTCRoom', { rid, uids: [uidC] })).toBe(700002);
  expect(await codeOf('inviteUserIntoRTCRoom', { rid, toUids: [uidC], fromUid: uidC })).toBe(700002);
  expect(await codeOf('inviteUserIntoRTCRoom', { rid: fresh(), toUids: [uidC], fromUid: uidA })).toBe(700005);
});

test('who is pulled gets a ticket, and the others hear of it when it enters', async () => {
  const [uidA, uidB] = [fresh(), fresh()];
  const [a, b] = [await logIn(uidA), await logIn(uidB)];
  const rid = await roomOf(a);
  await call('pullIntoRTCRoom', { rid, toUids: [uidB], type: 1 });
  const [pull] = await b.received(1);
  expect([pull?.method, pull?.params.get('rid')]).toEqual(['pushPullIntoRTCRoom', rid]);
  expect(text(pull?.params.get('token')).length).toBeGreaterThan(20);
  expect(await membersOf(rid)).toEqual([uidA, uidB]);
  await b.call('enterRTCRoom', { rid });
  expect(told(await a.received(1))).toEqual([['pushEnterRTCRoom', { rid, uid: uidB }]]);
});

test('who is kicked is told by whom, the others that it is gone', async () => {
  const [uidA, uidB] = [fresh(), fresh()];
  const [a, b] = [await logIn(uidA), await logIn(uidB)];
  const rid = await roomOf(a, b);
  expect(await codeOf('kickoutFromRTCRoom', { rid, uid: uidA, fromUid: uidB })).toBe(700007);
  expect(await codeOf('kickoutFromRTCRoom', { rid, uid: fresh(), fromUid: uidA })).toBe(700002);
  await call('kickoutFromRTCRoom', { rid, uid: uidB, fromUid: uidA });
  expect(told(await b.received(1))).toEqual([['pushKickOutRTCRoom', { rid, fromUid: uidA }]]);
  expect(told(await a.received(1))).toEqual([['pushExitRTCRoom', { rid, uid: uidB }]]);
  expect(await b.codeOf('subscribeVideo', { rid, uids: [uidA] })).toBe(700002);
  expect(await b.codeOf('enterRTCRoom', { rid })).toBe(0);
});

test('closing tells every member', async () => {
  const [a, b] = [await logIn(fresh()), await logIn(fresh())];
  const rid = await roomOf(a, b);
  await call('closeRTCRoom', { rid });
  for (const client of [a, b]) expect(told(await client.received(1))).toEqual([['pushRTCRoomClosed', { rid }]]);
});

describe('admin commands', () => {
  test('of the server API are always obeyed, and the whole room is told', async () => {
    const [uidA, uidB] = [fresh(), fresh()];
    const [a, b] = [await logIn(uidA), await logIn(uidB)];
    const rid = await roomOf(a, b);
    for (let command = 0; command < 8; command += 1) await call('adminCommand', { rid, uids: [uidB], command });
    const all = [0, 1, 2, 3, 4, 5, 6, 7].map((command) => ['pushAdminCommand', { rid, command, uids: [uidB] }]);
    for (const client of [a, b]) expect(told(await client.received(8))).toEqual(all);
    expect(await codeOf('adminCommand', { rid, uids: [uidB], command: 8 })).toBe(700006);
    expect(await codeOf('adminCommand', { rid, uids: [uidB, fresh()], command: 0 })).toBe(700002);
    expect((await call('getRTCRoomMembers', { rid })).get('managers')).toEqual([]);
  });

  test('of clients ask for a role, and only the owner gives roles: 700007', async () => {
    const [uidA, uidB, uidC] = [fresh(), fresh(), fresh()];
    const [a, b, c] = [await logIn(uidA), await logIn(uidB), await logIn(uidC)];
    const rid = await roomOf(a, b, c);
    const command = (client: TestClient, uid: number, number: number) =>
      client.codeOf('adminCommand', { rid, uids: [uid], command: number });
    expect(await command(b, uidC, 2)).toBe(700007);
    expect(await command(a, uidB, 0)).toBe(0);
    const members = await b.call('getRTCRoomMembers', { rid });
    expect([members.get('administrators'), members.get('owner')]).toEqual([[uidB], uidA]);
    expect(await command(b, uidC, 2)).toBe(0);
    expect(await command(b, uidC, 0)).toBe(700007);
    expect(await command(b, uidA, 2)).toBe(700007);
    expect(await command(a, uidB, 1)).toBe(0);
    expect(await command(b, uidC, 3)).toBe(700007);
    const outsider = await logIn(fresh());
    expect(await command(outsider, uidC, 2)).toBe(700002);
  });
});

test('blocked voices are remembered for the caller alone', async () => {
  const [uidA, uidB] = [fresh(), fresh()];
  const [a, b] = [await logIn(uidA), await logIn(uidB)];
  const rid = await roomOf(a, b);
  await a.call('blockUserVoiceInRTCRoom', { rid, uids: [uidB, 5] });
  await a.call('unblockUserVoiceInRTCRoom', { rid, uids: [5] });
  expect((await a.call('getBlockInfoInRTCRoom', { rid })).get('uids')).toEqual([uidB]);
  expect((await b.call('getBlockInfoInRTCRoom', { rid })).get('uids')).toEqual([]);
  expect(b.pushes).toEqual([]);
});

test('an event of a member reaches the others as it is', async () => {
  const [a, b] = [await logIn(fresh()), await logIn(fresh())];
  const rid = await roomOf(a, b);
  await a.call('roomEvent', { rid, event: Uint8Array.of(0, 255, 7) });
  const [push] = await b.received(1);
  expect([push?.method, push?.params.get('rid')]).toEqual(['pushRoomEvent', rid]);
  expect(Buffer.from(push?.params.get('event') as Uint8Array)).toEqual(Buffer.of(0, 255, 7));
  expect(await a.codeOf('roomEvent', { rid, event: new Uint8Array(20_481) })).toBe(200030);
});

test('the official browser SDK never gets a push about RTC', async () => {
  const [uidA, uidB] = [fresh(), fresh()];
  const [a, page] = [await logIn(uidA), await logIn(uidB, 'WebSocket_2.7.6')];
  const rid = await roomOf(a);
  await call('pullIntoRTCRoom', { rid, toUids: [uidB], type: 1 });
  await page.call('enterRTCRoom', { rid });
  await a.call('inviteUserIntoRTCRoom', { rid, uids: [uidB] });
  await a.call('adminCommand', { rid, uids: [uidB], command: 2 });
  expect(await a.codeOf('requestP2PRTC', { type: 1, peerUid: uidB })).toBe(200055);
  await call('closeRTCRoom', { rid });
  await page.call('getservertime');
  expect(page.pushes).toEqual([]);
});

describe('membership ends with', () => {
  const expectGone = async (end: (rid: number, uid: number) => Promise<unknown>) => {
    const [uidA, uidB] = [fresh(), fresh()];
    const [a, b] = [await logIn(uidA), await logIn(uidB)];
    const rid = await roomOf(a, b);
    await end(rid, uidB);
    expect(told(await a.received(1))).toEqual([['pushExitRTCRoom', { rid, uid: uidB }]]);
    expect(await membersOf(rid)).toEqual([uidA]);
    return { rid, a, b, uidB };
  };

  test('a kickout', () => expectGone((_, uid) => call('kickout', { uid })));
  test('the black list of the project', () => expectGone((_, uid) => call('addprojectblack', { uid, btime: 60 })));

  test('a ban from the room of the id, which keeps its user out', async () => {
    const { rid, b, uidB } = await expectGone((room, uid) => call('addroomban', { rid: room, uid, btime: 60 }));
    expect(told(await b.received(1))).toEqual([['pushKickOutRTCRoom', { rid, fromUid: 0 }]]);
    expect(await b.codeOf('enterRTCRoom', { rid })).toBe(200045);
    await call('removeroomban', { rid, uid: uidB });
    expect(await b.codeOf('enterRTCRoom', { rid })).toBe(0);
  });

  test('a ban from all rooms', () => expectGone((_, uid) => call('addroomban', { uid, btime: 60 })));
});

test('rooms of a project, of a user and members of a room are limited: 700008, 700009', async () => {
  const limits = { rtcRoomsPerProjectMax: 3, rtcRoomsPerUserMax: 2, rtcRoomMembersMax: 3 };
  const { parley, caller } = await fixture.startAnother({ settings: { limits } });
  const client = await TestClient.logIn(parley, caller, 1);
  clients.push(client);
  const create = (rid: number) => client.codeOf('createRTCRoom', { rid, type: 1, enableRecord: 0 });
  expect([await create(1), await create(2), await create(3)]).toEqual([0, 0, 700008]);
  expect(await caller.codeOf('pullIntoRTCRoom', { rid: 3, toUids: [2, 3, 4, 5], type: 1 })).toBe(700009);
  expect(await caller.codeOf('getRTCRoomMembers', { rid: 3 })).toBe(700005);
  expect(await caller.codeOf('pullIntoRTCRoom', { rid: 3, toUids: [2, 3, 4], type: 1 })).toBe(0);
  expect(await caller.codeOf('pullIntoRTCRoom', { rid: 4, toUids: [2], type: 1 })).toBe(700008);
  expect(await caller.codeOf('pullIntoRTCRoom', { rid: 3, toUids: [4, 5], type: 1 })).toBe(700009);
  await caller.call('closeRTCRoom', { rid: 2 });
  expect(await client.codeOf('enterRTCRoom', { rid: 3 })).toBe(700009);
});

test('native clients are told where the media gate is', async () => {
  const { parley, caller } = await fixture.startAnother({ config: { mediaGate: { endpoint: 'media.example:13702' } } });
  const client = await TestClient.logIn(parley, caller, 1);
  clients.push(client);
  const answer: WireMap = await client.call('getRTCGateEndpoint');
  expect(text(answer.get('endpoint'))).toBe('media.example:13702');
});
