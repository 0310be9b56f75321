import { ADMIN_COMMANDS } from '@parley/contract';
import { expect, test } from 'vitest';
import { RtcWorld } from '../../test/support/rtc-world.ts';

const RID = 7n;
const pull = (world: RtcWorld, ...uids: bigint[]) => world.rtc.rooms.pull(world.project, RID, 1, uids);
const enterByTicket = (world: RtcWorld, uid: bigint, token: string, connection: object) =>
  world.rtc.entrance.enterWithTicket(world.project, { rid: RID, uid, token }, connection);

test('who was pulled and has not entered within 60 s is dropped, silently; the last one ends the room', () => {
  const world = new RtcWorld();
  const [a, b] = [world.logIn(1n), world.logIn(2n)];
  pull(world, 1n, 2n, 3n);
  world.rtc.entrance.enter(a.session, RID);
  a.told();
  world.timers.pass(59_999);
  expect(world.members(RID)).toEqual([1n, 2n, 3n]);
  world.timers.pass(1);
  expect(world.members(RID)).toEqual([1n]);
  expect(a.told()).toEqual([]);
  expect(b.told()).toEqual([['pushPullIntoRTCRoom', { rid: 7 }]]);
  world.rtc.rooms.leaveWith(world.rtc.rooms.require(1, RID), a.session);
  expect(world.members(RID)).toBeUndefined();
  expect(world.timers.pending).toBe(0);
});

test('pulling a member again gives it a ticket and does not restart its time', () => {
  const world = new RtcWorld();
  const user = world.logIn(1n);
  pull(world, 1n);
  const ticket = user.ticket();
  world.timers.pass(30_000);
  pull(world, 1n);
  expect(user.ticket()).toBe(ticket);
  world.timers.pass(30_000);
  expect(world.members(RID)).toBeUndefined();
});

test('pulling somebody who is in changes nothing', () => {
  const world = new RtcWorld();
  const user = world.logIn(1n);
  world.rtc.entrance.create(user.session, RID, 1);
  pull(world, 1n);
  world.timers.pass(60_000);
  expect([user.told(), world.members(RID), world.happened()]).toEqual([[], [1n], ['opened 7', 'entered 1']]);
});

test('a ticket is for one user and room, serves again after a lost media connection, and dies with the membership', () => {
  const world = new RtcWorld();
  const user = world.logIn(1n);
  pull(world, 1n, 2n);
  const token = user.ticket();
  expect(() => enterByTicket(world, 2n, token, {})).toThrow(/^token: not good/);
  const [first, second] = [{}, {}];
  enterByTicket(world, 1n, token, first);
  world.rtc.rooms.leaveWay(first);
  world.timers.pass(9999);
  enterByTicket(world, 1n, token, second);
  world.timers.pass(100_000);
  expect(world.members(RID)).toEqual([1n]);
  world.rtc.rooms.remove(world.rtc.rooms.require(1, RID), 1n, 'kicked', 9n);
  pull(world, 1n);
  expect(() => enterByTicket(world, 1n, token, {})).toThrow(/^token: not good/);
  expect(world.rtc.tickets.size).toBe(1);
});

test('a member whose media does not come back within 10 s has left, though its session is there', () => {
  const world = new RtcWorld();
  const [a, b] = [world.logIn(1n), world.logIn(2n)];
  world.rtc.entrance.create(a.session, RID, 1);
  const { token } = world.rtc.entrance.enter(b.session, RID);
  const connection = {};
  enterByTicket(world, 2n, token, connection);
  a.told();
  world.rtc.rooms.leaveWay(connection);
  world.timers.pass(10_000);
  expect(a.told()).toEqual([['pushExitRTCRoom', { rid: 7, uid: 2 }]]);
});

test('a second connection of the user keeps it in; the last one that entered ends it', () => {
  const world = new RtcWorld();
  const [phone, tablet] = [world.logIn(1n), world.logIn(1n)];
  world.rtc.entrance.create(phone.session, RID, 1);
  world.rtc.entrance.enter(tablet.session, RID);
  phone.logOut();
  expect(world.members(RID)).toEqual([1n]);
  tablet.logOut();
  expect(world.members(RID)).toBeUndefined();
  expect(world.rtc.tickets.size).toBe(0);
});

test('a lost session takes the media connection of its ticket with it, and no other', () => {
  const world = new RtcWorld();
  const [phone, tablet] = [world.logIn(1n), world.logIn(1n)];
  const { token } = world.rtc.entrance.create(phone.session, RID, 1);
  enterByTicket(world, 1n, token, {});
  tablet.told();
  phone.logOut();
  expect(world.members(RID)).toBeUndefined();
  tablet.logOut();
});

test('roles and what is forbidden stay while a member is lost, and roles go when it leaves or is kicked', () => {
  const world = new RtcWorld();
  const users = [1n, 2n, 3n].map((uid) => world.logIn(uid));
  world.rtc.entrance.create(users[0]!.session, RID, 1);
  for (const user of users.slice(1)) world.rtc.entrance.enter(user.session, RID);
  const room = world.rtc.rooms.require(1, RID);
  world.rtc.commands.run(room, [2n, 3n], ADMIN_COMMANDS.appointAdministrators);
  world.rtc.commands.run(room, [2n, 3n], ADMIN_COMMANDS.forbidAudio);
  world.happened();
  users[1]!.logOut();
  world.rtc.rooms.remove(room, 3n, 'kicked');
  expect([...room.administrators]).toEqual([2n]);
  expect([room.mayBeHeard(2n), room.mayBeHeard(3n)]).toEqual([false, false]);
  expect(world.happened()).toEqual(['left 2 lost 0', 'left 3 kicked 0']);
  world.rtc.rooms.remove(room, 1n, 'kicked');
  expect(room.owner).toBe(0n);
});

test('a listener learns of everything that media has to follow', () => {
  const world = new RtcWorld();
  const [a, b] = [world.logIn(1n), world.logIn(2n)];
  world.rtc.entrance.create(a.session, RID, 2);
  world.rtc.entrance.enter(b.session, RID);
  const room = world.rtc.rooms.require(1, RID);
  const member = world.rtc.rooms.requireMember(room, 2n);
  for (const command of Object.values(ADMIN_COMMANDS)) world.rtc.commands.run(room, [2n], command);
  world.rtc.wishes.subscribe(room, member, [1n, 3n]);
  world.rtc.wishes.unsubscribe(room, member, [3n]);
  world.rtc.wishes.block(room, member, [1n]);
  world.rtc.rooms.close(room);
  expect(world.happened()).toEqual([
    ...['opened 7', 'entered 1', 'entered 2', 'command 0', 'command 1', 'audio 2 true', 'command 2'],
    ...['audio 2 false', 'command 3', 'video 2 true', 'command 4', 'video 2 false', 'command 5'],
    ...['microphone closed 2', 'command 6', 'camera closed 2', 'command 7'],
    ...['subscriptions 2 1,3', 'subscriptions 2 1', 'blocks 2 1', 'closed 7'],
  ]);
});

test('a refused command changes nothing', () => {
  const world = new RtcWorld();
  const a = world.logIn(1n);
  world.rtc.entrance.create(a.session, RID, 1);
  const room = world.rtc.rooms.require(1, RID);
  world.happened();
  expect(() => world.rtc.commands.run(room, [1n, 5n], ADMIN_COMMANDS.forbidAudio)).toThrow(/^uids: user 5/);
  expect([room.mayBeHeard(1n), world.happened()]).toEqual([true, []]);
});

test('what a room remembers of users is limited', () => {
  const world = new RtcWorld({ limits: { rtcRoomMembersMax: 2 } });
  pull(world, 1n, 2n);
  const room = world.rtc.rooms.require(1, RID);
  world.rtc.commands.run(room, [1n, 2n], ADMIN_COMMANDS.forbidAudio);
  world.rtc.rooms.remove(room, 2n, 'left');
  pull(world, 3n);
  expect(() => world.rtc.commands.run(room, [3n], ADMIN_COMMANDS.forbidAudio)).toThrow(/more than 2 users/);
  const member = world.rtc.rooms.requireMember(room, 1n);
  world.rtc.wishes.block(room, member, [5n, 6n, 5n]);
  expect(() => world.rtc.wishes.block(room, member, [7n])).toThrow(/at most 2/);
  expect([...member.blocked]).toEqual([5n, 6n]);
});

test('everything is forgotten when rooms end', () => {
  const world = new RtcWorld();
  for (let round = 0; round < 50; round += 1) {
    const user = world.logIn(1n);
    const { token } = world.rtc.entrance.create(user.session, RID, 1);
    enterByTicket(world, 1n, token, {});
    pull(world, 2n, 3n);
    if (round % 2 === 0) user.logOut();
    const room = world.rtc.rooms.find(1, RID);
    if (room !== undefined) world.rtc.rooms.close(room);
    if (round % 2 === 1) user.logOut();
  }
  expect([world.rtc.tickets.size, world.timers.pending, world.rtc.rooms.list(1)]).toEqual([0, 0, []]);
  expect(world.rtc.rooms.roomsOf(1, 2n)).toEqual([]);
});
