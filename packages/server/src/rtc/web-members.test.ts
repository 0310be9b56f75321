import { ADMIN_COMMANDS } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { type RtcUser, RtcWorld } from '../../test/support/rtc-world.ts';

const RID = 7n;
const PAGE = 'WebSocket_2.7.1';
const heartbeat = (camera: number, microphone: number) =>
  `{"name":"rtc-heartbeat", "cameraEnabled":${camera}, "microphoneEnabled":${microphone}}`;
const enterSignal = (camera: number, microphone: number) =>
  `{"name":"rtc-signal", "type":1, "cameraEnabled":${camera}, "microphoneEnabled":${microphone}}`;
const signal = (type: number) => `{"name":"rtc-signal", "type":${type}}`;

/** A page that has entered as the official browser SDK does: it publishes, enters the RTM room and reports. */
function enterAsPage(world: RtcWorld, uid: bigint) {
  const user = world.logIn(uid, PAGE);
  const publication = world.publish(RID, uid);
  world.enterRtmRoom(RID, uid);
  for (const attrs of [signal(4), signal(6), enterSignal(1, 1)]) world.signal(RID, uid, attrs);
  return { ...user, publication };
}

const roomOf = (world: RtcWorld) => world.rtc.rooms.require(1, RID);

test('publishing and being in the RTM room make a member, and the room when there is none', () => {
  const world = new RtcWorld();
  world.logIn(1n, PAGE);
  const publication = world.publish(RID, 1n);
  expect(world.members(RID)).toBeUndefined();
  world.enterRtmRoom(RID, 1n);
  expect(world.happened()).toEqual(['opened 7', 'entered 1']);
  expect([roomOf(world).owner, publication.ended]).toEqual([0n, 0]);
});

test('who publishes and does not enter the RTM room within 10 s publishes no more', () => {
  const world = new RtcWorld();
  world.logIn(1n, PAGE);
  const publication = world.publish(RID, 1n);
  world.timers.pass(9999);
  expect(publication.ended).toBe(0);
  world.timers.pass(1);
  expect([publication.ended, world.timers.pending]).toEqual([1, 0]);
  world.enterRtmRoom(RID, 1n);
  expect(world.members(RID)).toBeUndefined();
});

test('nobody publishes without a connection (200055) or banned (200045)', () => {
  const world = new RtcWorld();
  expect(() => world.publish(RID, 1n)).toThrow(/^streamurl: user 1/);
  world.logIn(1n, PAGE);
  world.ban(RID, 1n);
  expect(() => world.publish(RID, 1n)).toThrow(/is banned/);
});

test('a member that entered by a quest publishes without the RTM room, and leaves with both ways', () => {
  const world = new RtcWorld();
  const user = world.logIn(1n, 'Parley-1.0.0');
  world.rtc.entrance.create(user.session, RID, 2);
  const publication = world.publish(RID, 1n);
  world.timers.pass(60_000);
  expect([world.members(RID), publication.ended]).toEqual([[1n], 0]);
  world.enterRtmRoom(RID, 1n);
  world.leaveRtmRoom(RID, 1n, 'left');
  expect(world.members(RID)).toEqual([1n]);
  publication.end();
  world.timers.pass(60_000);
  expect(world.members(RID)).toEqual([1n]);
  world.publish(RID, 1n);
  world.rtc.rooms.leaveWith(roomOf(world), user.session);
  expect(world.members(RID)).toBeUndefined();
});

test.each<[string, (world: RtcWorld, user: RtcUser) => void]>([
  ['opens the RTC room', (world, { session }) => void world.rtc.entrance.create(session, RID, 2)],
  [
    'enters one that there is',
    (world, { session }) => {
      world.rtc.entrance.create(world.logIn(9n).session, RID, 2);
      world.rtc.entrance.enter(session, RID);
    },
  ],
  [
    'enters it on the media gate',
    (world, user) => {
      world.rtc.rooms.pull(world.project, RID, 2, [1n]);
      world.rtc.entrance.enterWithTicket(world.project, { rid: RID, uid: 1n, token: user.ticket() }, {});
    },
  ],
])('who publishes first and then %s by a quest needs no RTM room', (_, enter) => {
  const world = new RtcWorld();
  const user = world.logIn(1n, 'Parley-1.0.0');
  const publication = world.publish(RID, 1n);
  world.timers.pass(9999);
  enter(world, user);
  const member = roomOf(world).members.get(1n)!;
  expect([member.has('web'), member.isWeb]).toEqual([true, true]);
  world.timers.pass(60_000);
  expect([member.has('web'), publication.ended]).toEqual([true, 0]);
  world.enterRtmRoom(RID, 1n);
  world.leaveRtmRoom(RID, 1n, 'left');
  expect(world.members(RID)).toContain(1n);
  world.rtc.rooms.remove(roomOf(world), 1n, 'left');
  world.timers.pass(60_000);
  expect([publication.ended, world.timers.pending]).toEqual([1, 0]);
});

test('publishing again replaces the first without anybody noticing', () => {
  const world = new RtcWorld();
  const { publication } = enterAsPage(world, 1n);
  world.happened();
  const second = world.publish(RID, 1n);
  publication.end();
  world.timers.pass(60_000);
  expect([world.happened(), second.ended, publication.ended]).toEqual([[], 0, 0]);
});

test('a lost connection may come back within 10 s; then the member is gone and a LEAVE is spoken', () => {
  const world = new RtcWorld();
  const [other, page] = [enterAsPage(world, 1n), enterAsPage(world, 2n)];
  page.logOut();
  world.leaveRtmRoom(RID, 2n, 'lost');
  world.timers.pass(9999);
  world.logIn(2n, PAGE);
  world.enterRtmRoom(RID, 2n);
  world.timers.pass(60_000);
  expect(world.members(RID)).toEqual([1n, 2n]);
  world.leaveRtmRoom(RID, 2n, 'lost');
  world.timers.pass(10_000);
  expect(world.members(RID)).toEqual([1n]);
  expect([page.publication.ended, other.publication.ended]).toEqual([1, 0]);
  expect(world.spoken).toEqual([[2n, signal(2)]]);
});

test('leaving the RTM room ends the membership; the page has said so itself', () => {
  const world = new RtcWorld();
  const page = enterAsPage(world, 1n);
  world.signal(RID, 1n, signal(2));
  world.leaveRtmRoom(RID, 1n, 'left');
  expect([world.members(RID), page.publication.ended, world.spoken]).toEqual([undefined, 1, []]);
});

describe.each<[string, (world: RtcWorld) => void]>([
  ['a kick', (world) => world.rtc.rooms.remove(roomOf(world), 2n, 'kicked', 9n)],
  ['a close', (world) => world.rtc.rooms.close(roomOf(world))],
  ['a ban', (world) => world.ban(RID, 2n)],
  ['a kickout', (world) => world.kickOut(2n)],
  ['removal from the RTM room', (world) => world.leaveRtmRoom(RID, 2n, 'removed')],
])('after %s', (what, end) => {
  test('media is told to end, a LEAVE is spoken, and heartbeats are passed on no more', () => {
    const world = new RtcWorld();
    const [, page] = [enterAsPage(world, 1n), enterAsPage(world, 2n)];
    end(world);
    expect(page.publication.ended).toBe(1);
    expect(world.spoken).toContainEqual([2n, signal(2)]);
    for (const attrs of [heartbeat(1, 1), signal(4), signal(6), enterSignal(1, 1)]) {
      expect(world.signal(RID, 2n, attrs)).toBe('swallowed');
    }
    if (what !== 'a close') expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(1, 1));
  });

  test('the user may enter again and is seen again, unless it is banned', () => {
    const world = new RtcWorld();
    enterAsPage(world, 1n);
    enterAsPage(world, 2n);
    end(world);
    if (what === 'a ban') return expect(() => world.publish(RID, 2n)).toThrow(/is banned/);
    world.publish(RID, 2n);
    world.enterRtmRoom(RID, 2n);
    expect(world.members(RID)).toContain(2n);
    return expect(world.signal(RID, 2n, heartbeat(1, 1))).toBe(heartbeat(1, 1));
  });
});

describe('commands 6 and 7', () => {
  test('are told in signals and hold in heartbeats until the member opens again', () => {
    const world = new RtcWorld();
    enterAsPage(world, 1n);
    world.rtc.commands.run(roomOf(world), [1n], ADMIN_COMMANDS.closeMicrophone);
    expect(world.spoken).toEqual([[1n, signal(5)]]);
    expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(1, 0));
    world.rtc.commands.run(roomOf(world), [1n], ADMIN_COMMANDS.closeCamera);
    expect(world.spoken.slice(1)).toEqual([[1n, signal(3)]]);
    expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(0, 0));
    world.happened();
    expect(world.signal(RID, 1n, signal(6))).toBe(signal(6));
    expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(0, 1));
    expect(world.signal(RID, 1n, signal(4))).toBe(signal(4));
    expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(1, 1));
    expect(world.happened()).toEqual(['microphone opened 1', 'camera opened 1']);
  });

  test('are not undone by what the SDK reports after a new connection', () => {
    const world = new RtcWorld();
    enterAsPage(world, 1n);
    world.rtc.commands.run(roomOf(world), [1n], ADMIN_COMMANDS.closeMicrophone);
    world.leaveRtmRoom(RID, 1n, 'lost');
    world.enterRtmRoom(RID, 1n);
    world.publish(RID, 1n);
    world.happened();
    expect(world.signal(RID, 1n, signal(6))).toBe(signal(5));
    expect(world.signal(RID, 1n, enterSignal(1, 1))).toBe(enterSignal(1, 0));
    expect([world.happened(), roomOf(world).mayBeHeard(1n)]).toEqual([[], false]);
    world.signal(RID, 1n, signal(6));
    expect(roomOf(world).mayBeHeard(1n)).toBe(true);
  });
});

test('where microphones are closed at first, that of a page is, until its user opens it', () => {
  const world = new RtcWorld();
  enterAsPage(world, 1n);
  roomOf(world).isMicrophoneOpen = false;
  enterAsPage(world, 2n);
  expect([roomOf(world).mayBeHeard(1n), roomOf(world).mayBeHeard(2n)]).toEqual([true, false]);
  expect(world.signal(RID, 2n, heartbeat(1, 1))).toBe(heartbeat(1, 0));
  world.signal(RID, 2n, signal(6));
  expect(roomOf(world).mayBeHeard(2n)).toBe(true);
});

test('native members are shown to pages by signals, and learn of their microphones by pushes', () => {
  const world = new RtcWorld();
  const native = world.logIn(5n);
  world.rtc.entrance.create(native.session, RID, 1);
  expect(world.spoken).toEqual([]);
  enterAsPage(world, 1n);
  world.timers.pass(2000);
  expect(world.spoken).toEqual([[5n, heartbeat(0, 1)]]);
  world.rtc.commands.run(roomOf(world), [5n], ADMIN_COMMANDS.forbidAudio);
  world.timers.pass(2000);
  expect(world.spoken.at(-1)).toEqual([5n, heartbeat(0, 0)]);
  native.told();
  world.signal(RID, 1n, signal(5));
  expect(native.told()).toEqual([['pushMicStatus', { rid: 7, uid: 1, micStatus: 0 }]]);
  const late = world.logIn(6n);
  world.rtc.entrance.enter(late.session, RID);
  expect(world.spoken.at(-1)).toEqual([6n, enterSignal(0, 1)]);
  late.logOut();
  expect(world.spoken.at(-1)).toEqual([6n, signal(2)]);
  world.leaveRtmRoom(RID, 1n, 'left');
  world.timers.pass(60_000);
  expect(world.timers.pending).toBe(0);
});

test('a page never gets a push about RTC', () => {
  const world = new RtcWorld();
  const page = enterAsPage(world, 1n);
  const native = world.logIn(5n);
  world.rtc.entrance.enter(native.session, RID);
  world.rtc.commands.run(roomOf(world), [1n], ADMIN_COMMANDS.forbidVideo);
  world.rtc.pushes.invite(roomOf(world), 5n, [1n]);
  world.rtc.rooms.close(roomOf(world));
  expect(page.told()).toEqual([]);
});

test('somebody who is in no RTC room may signal, and what is no signal is left alone', () => {
  const world = new RtcWorld();
  expect(world.signal(RID, 1n, heartbeat(1, 1))).toBe(heartbeat(1, 1));
  expect(world.signal(RID, 1n, 'hello')).toBeUndefined();
});

test('a room or a member too many ends a publication: at once, or when the RTM room is entered', () => {
  const world = new RtcWorld({ limits: { rtcRoomsPerProjectMax: 1 } });
  for (const uid of [1n, 2n]) world.logIn(uid, PAGE);
  const early = world.publish(RID, 1n);
  world.rtc.rooms.pull(world.project, 8n, 1, [9n]);
  world.enterRtmRoom(RID, 1n);
  expect(early.ended).toBe(1);
  world.enterRtmRoom(RID, 2n);
  expect(() => world.publish(RID, 2n)).toThrow(/^rid: the project has 1 RTC rooms/);
  world.rtc.rooms.close(world.rtc.rooms.require(1, 8n));
  world.publish(RID, 2n);
  expect(world.members(RID)).toEqual([2n]);
});

test('another connection that enters the RTM room does not make a wish of the page count as a report', () => {
  const world = new RtcWorld();
  enterAsPage(world, 1n);
  world.rtc.commands.run(roomOf(world), [1n], ADMIN_COMMANDS.closeMicrophone);
  world.logIn(1n, 'Unity-Native-1.0');
  world.enterRtmRoom(RID, 1n);
  expect(world.signal(RID, 1n, signal(6))).toBe(signal(6));
  expect(roomOf(world).microphoneClosed.has(1n)).toBe(false);
});

test('nothing is remembered of who was removed while offline', () => {
  const world = new RtcWorld();
  const page = enterAsPage(world, 1n);
  page.logOut();
  world.leaveRtmRoom(RID, 1n, 'lost');
  world.rtc.rooms.close(roomOf(world));
  expect(world.rtc.signals.isSilenced(1, RID, 1n)).toBe(false);
});
