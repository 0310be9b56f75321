import { ADMIN_COMMANDS } from '@parley/contract';
import { MediaError } from '@parley/media';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RtcUser, RtcWorld } from '../../../test/support/rtc-world.ts';
import { ScriptedEngine } from '../../../test/support/scripted-engine.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { RtcMedia } from './rtc-media.ts';

const RID = 7n;
const PAGE = 'WebSocket_2.7.6';
const OWN = 'Parley-0.1';

let world: RtcWorld;
let engine: ScriptedEngine;
let media: RtcMedia;

beforeEach(() => {
  world = new RtcWorld();
  engine = new ScriptedEngine();
  media = new RtcMedia({
    engine,
    rtc: world.rtc,
    rooms: { isIn: () => true, isAnybodyIn: () => false },
    sessions: world.sessions,
    timers: world.timers,
    log: silentLogger,
    settings: { hasPublicAddress: false, hasTurn: false },
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const publish = (uid: bigint, address = 'a') =>
  media.publishing.publish({ project: world.project, rid: RID, uid, address, sdp: 'offer' });
const play = (target: bigint, address = 'a', viewer?: bigint) =>
  media.playing.play({ project: world.project, rid: RID, target, address, viewer }, 'offer');
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 0,
    (error: { code: number }) => error.code,
  );
const room = () => world.rtc.rooms.require(1, RID);

/** A page that publishes and is in the RTM room. */
async function enterAsPage(uid: bigint, address = 'a'): Promise<RtcUser> {
  const user = world.logIn(uid, PAGE);
  await publish(uid, address);
  world.enterRtmRoom(RID, uid);
  engine.take();
  return user;
}
/** Signals that were pushed to one connection alone. */
const signalsTo = (user: RtcUser) =>
  user
    .told()
    .filter(([method]) => method === 'pushroommsg')
    .map(([, { from, attrs }]) => `${from} ${/"type":(\d)/.exec(String((attrs as { text: string }).text))?.[1]}`);

describe('an offer to publish', () => {
  test('is given to the engine only when it is allowed', async () => {
    expect(await refusal(publish(1n))).toBe(200055);
    world.logIn(1n, PAGE);
    world.ban(RID, 1n);
    expect(await refusal(publish(1n))).toBe(200045);
    expect(engine.take()).toEqual([]);
  });

  test('that the engine refuses changes nothing', async () => {
    await enterAsPage(1n);
    engine.answersAtOnce = false;
    const refused = [
      new MediaError('bad-offer', 'x'),
      new MediaError('limit', 'x'),
      new MediaError('unavailable', 'x'),
    ];
    const codes: number[] = [];
    for (const error of refused) {
      const answer = refusal(publish(1n));
      engine.waiting.shift()?.reject(error);
      codes.push(await answer);
    }
    expect(codes).toEqual([200034, 700009, 700001]);
    expect(world.members(RID)).toEqual([1n]);
    expect(engine.take()).toEqual(Array(3).fill('publish 1:7 1'));
  });

  test('that is not answered in time is refused, and must not flow later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    world.logIn(1n, PAGE);
    engine.answersAtOnce = false;
    const code = refusal(publish(1n));
    await vi.advanceTimersByTimeAsync(9999);
    expect(await code).toBe(700001);
    engine.take();
    engine.waiting[0]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(engine.take()).toEqual(['closePublisher 1:7 1']);
    world.enterRtmRoom(RID, 1n);
    expect(world.members(RID)).toBeUndefined();
  });

  test('does not bring back a user who is kicked before the answer', async () => {
    const user = await enterAsPage(1n);
    await enterAsPage(2n);
    engine.answersAtOnce = false;
    const codes = Promise.all([refusal(publish(1n)), refusal(publish(1n))]);
    world.rtc.rooms.remove(room(), 1n, 'kicked');
    for (const answer of engine.waiting) answer.resolve();
    expect(await codes).toEqual([700001, 700001]);
    expect(engine.take()).toContain('closePublisher 1:7 1');
    expect(world.members(RID)).toEqual([2n]);
    expect(user.session.uid).toBe(1n);
  });

  test('may overtake an earlier one of the same user: what was given to the engine last counts', async () => {
    await enterAsPage(1n);
    engine.answersAtOnce = false;
    const codes = Promise.all([refusal(publish(1n)), refusal(publish(1n))]);
    engine.waiting[1]?.reject(new MediaError('bad-offer', 'x'));
    engine.waiting[0]?.resolve();
    expect(await codes).toEqual([0, 200034]);
    engine.take();
    engine.emit('publisherEnded', { room: '1:7', member: '1' }, 'lost');
    world.timers.pass(10_000);
    expect(world.members(RID)).toBeUndefined();
  });

  test('of a user who was lost outlives the end of the membership', async () => {
    const user = await enterAsPage(1n);
    await enterAsPage(2n);
    engine.answersAtOnce = false;
    user.logOut();
    world.logIn(1n, PAGE);
    const answer = publish(1n);
    world.timers.pass(10_000);
    expect(world.members(RID)).toEqual([2n]);
    expect(engine.take()).not.toContain('closeMember 1:7 1');
    engine.waiting[0]?.resolve();
    await answer;
    world.enterRtmRoom(RID, 1n);
    expect(world.members(RID)).toEqual([2n, 1n]);
  });
});

describe('what ends a stream', () => {
  test('its user does not enter: the engine is told', async () => {
    world.logIn(1n, PAGE);
    await publish(1n);
    engine.take();
    world.timers.pass(10_000);
    expect(engine.take()).toEqual(['closePublisher 1:7 1']);
  });

  test('the engine loses it: its user is expected back, and gone after 10 s', async () => {
    await enterAsPage(1n);
    await enterAsPage(2n);
    engine.emit('publisherEnded', { room: '1:7', member: '1' }, 'replaced');
    world.timers.pass(60_000);
    expect(world.members(RID)).toEqual([1n, 2n]);
    engine.emit('publisherEnded', { room: '1:7', member: '1' }, 'lost');
    world.timers.pass(9000);
    expect(world.members(RID)).toEqual([1n, 2n]);
    world.timers.pass(1000);
    expect(world.members(RID)).toEqual([2n]);
  });

  test('the room is closed, but not for who is about to open it again', async () => {
    await enterAsPage(1n);
    world.rtc.commands.run(room(), [1n], ADMIN_COMMANDS.forbidAudio);
    world.logIn(2n, PAGE);
    await publish(2n);
    engine.take();
    world.rtc.rooms.close(room());
    const told = engine.take();
    expect(told).toEqual(expect.arrayContaining(['closeMember 1:7 1', 'allow audio 1:7 1']));
    expect(told).not.toContain('closeRoom 1:7');
    world.enterRtmRoom(RID, 2n);
    world.rtc.rooms.close(room());
    expect(engine.take()).toContain('closeRoom 1:7');
  });
});

describe('the rules of a room', () => {
  test('reach the engine as they are given, and outlive who is lost', async () => {
    const user = await enterAsPage(1n);
    await enterAsPage(2n);
    const run = (command: keyof typeof ADMIN_COMMANDS) => world.rtc.commands.run(room(), [1n], ADMIN_COMMANDS[command]);
    for (const command of ['forbidAudio', 'closeMicrophone', 'allowAudio', 'forbidVideo'] as const) run(command);
    expect(engine.take()).toEqual([
      ...['forbid audio 1:7 1', 'forbid audio 1:7 1', 'forbid audio 1:7 1', 'forbid video 1:7 1'],
    ]);
    user.logOut();
    world.timers.pass(10_000);
    expect(engine.take()).toEqual([
      ...['closePublisher 1:7 1', 'allow audio 1:7 1', 'forbid video 1:7 1', 'closeMember 1:7 1'],
    ]);
  });

  test('wishes of a viewer count for it alone, and end with it', () => {
    const native = world.logIn(5n, OWN);
    const { member } = world.rtc.entrance.create(native.session, RID, 1);
    world.rtc.wishes.block(room(), member, [1n, 2n]);
    world.rtc.wishes.unblock(room(), member, [2n]);
    expect(engine.take()).toEqual(['block audio for 5 1:7 1', 'block audio for 5 1:7 2', 'unblock audio for 5 1:7 2']);
    world.rtc.rooms.remove(room(), 5n, 'kicked');
    expect(engine.take()).toContain('unblock audio for 5 1:7 1');
  });
});

describe('who plays what', () => {
  test('is known when one user publishes from the address, and by a ticket', async () => {
    await enterAsPage(1n, 'a');
    await enterAsPage(2n, 'b');
    await play(2n, 'a');
    await play(1n, 'c', 9n);
    await play(1n, 'c');
    expect(engine.take()).toEqual(['play 1:7 2 1', 'play 1:7 1 9', 'play 1:7 1 ?']);
  });

  test('a kicked user plays nothing more, and members who share its address play anew', async () => {
    const users = [await enterAsPage(1n, 'a'), await enterAsPage(2n, 'a'), await enterAsPage(3n, 'a')];
    const alone = await enterAsPage(4n, 'b');
    await play(4n, 'a');
    await play(4n, 'a');
    await play(4n, 'a');
    await play(1n, 'b');
    for (const user of [...users, alone]) user.told();
    engine.take();
    world.rtc.rooms.remove(room(), 3n, 'kicked');
    const told = engine.take();
    expect(told).toEqual(
      expect.arrayContaining(['closeMember 1:7 3', ...['p1', 'p2', 'p3'].map((p) => `closePlayer 1:7 ${p}`)]),
    );
    expect(told).not.toContain('closePlayer 1:7 p4');
    expect(users.map(signalsTo)).toEqual([['4 2', '4 1'], ['4 2', '4 1'], []]);
    expect(signalsTo(alone)).toEqual([]);
  });

  test('who was removed plays nothing from where nobody else publishes, until it publishes again', async () => {
    await enterAsPage(1n, 'a');
    await enterAsPage(2n, 'b');
    world.rtc.rooms.remove(room(), 1n, 'kicked');
    expect(await refusal(play(2n, 'a'))).toBe(700002);
    expect(await refusal(play(2n, 'c'))).toBe(0);
    await publish(1n, 'a');
    expect(await refusal(play(2n, 'a'))).toBe(0);
  });

  test('a player that is answered after its viewer was kicked is closed', async () => {
    await enterAsPage(1n, 'a');
    await enterAsPage(2n, 'b');
    engine.answersAtOnce = false;
    const code = refusal(play(2n, 'a'));
    world.rtc.rooms.remove(room(), 1n, 'kicked');
    engine.waiting[0]?.resolve();
    expect(await code).toBe(700002);
    await expect.poll(() => engine.told).toContain('closePlayer 1:7 p1');
  });

  test('nobody plays in a room where nobody is: 700005', async () => {
    expect(await refusal(play(1n))).toBe(700005);
  });

  test('nothing is remembered of players and rooms that have ended', async () => {
    await enterAsPage(1n, 'a');
    await play(2n, 'a');
    engine.emit('playerEnded', { room: '1:7', member: '2', player: 'p1', viewer: '1' }, 'lost');
    engine.take();
    world.rtc.rooms.remove(room(), 1n, 'kicked');
    expect(engine.take()).not.toContain('closePlayer 1:7 p1');
    // The removal is forgotten with the room.
    await enterAsPage(2n, 'b');
    expect(await refusal(play(2n, 'a'))).toBe(0);
  });
});

describe('when a worker has died', () => {
  test('pages lose their connections without a kickout, our own SDK is told, others notice nothing', async () => {
    const page = await enterAsPage(1n);
    const own = world.logIn(5n, OWN);
    const native = world.logIn(6n, 'Unity-Native-1.0');
    for (const { session } of [own, native]) world.rtc.entrance.enter(session, RID);
    await publish(5n);
    for (const user of [page, own, native]) user.told();
    engine.emit('roomsLost', ['1:7']);
    expect([page, own, native].map(({ session }) => session.peer.isClosed)).toEqual([true, false, false]);
    expect([page, own, native].map((user) => user.told())).toEqual([[], [['pushRTCMediaLost', { rid: 7 }]], []]);
    expect(media.recovery.roomsLost).toBe(1);
  });

  test('who does not publish again within 10 s is expected back, and then gone', async () => {
    await enterAsPage(1n);
    await enterAsPage(2n);
    engine.emit('roomsLost', ['1:7']);
    await publish(2n);
    world.timers.pass(19_999);
    expect(world.members(RID)).toEqual([1n, 2n]);
    world.timers.pass(1);
    expect(world.members(RID)).toEqual([2n]);
  });
});
