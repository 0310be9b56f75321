import { RtmError } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RtcUser, RtcWorld } from '../../test/support/rtc-world.ts';

const UIDS = [1n, 2n, 3n, 4n];
const RIDS = [7n, 8n];
const LIMITS = { rtcRoomsPerProjectMax: 2, rtcRoomMembersMax: 3, rtcRoomsPerUserMax: 1 };
const PAGE = 'WebSocket_2.7.1';

const OPERATIONS = [
  ...['logIn', 'logInPage', 'logOut', 'kickOut', 'create', 'enter', 'exit', 'pull', 'kick', 'close', 'ban'],
  ...['mediaEnter', 'mediaLost', 'publish', 'unpublish', 'roomEnter', 'roomLeave', 'roomLost', 'wait', 'waitLong'],
] as const;
type Operation = (typeof OPERATIONS)[number];
type Step = { operation: Operation; uid: bigint; rid: bigint };

/** A world in which random things happen, with what each native client should believe. */
class RandomWorld {
  readonly world = new RtcWorld({ limits: LIMITS });
  readonly users = new Map<bigint, RtcUser[]>();
  readonly connections = new Map<string, object>();
  readonly publications: { ended: number; end(): void }[] = [];
  readonly latest = new Map<string, { ended: number; end(): void }>();
  readonly tickets = new Map<string, string>();
  readonly unpublished = new Set<object>();

  run({ operation, uid, rid }: Step): void {
    try {
      this.#run(operation, uid, rid);
    } catch (error) {
      if (!(error instanceof RtmError)) throw error; // Refusals are part of the life of a server.
      expect(error.message).toMatch(/^(rid|uid|uids|token|streamurl|fromUid): /);
    }
  }

  #run(operation: Operation, uid: bigint, rid: bigint): void {
    const { world } = this;
    const { rtc } = world;
    const name = `${rid}:${uid}`;
    const sessions = this.users.get(uid) ?? [];
    const session = sessions.at(-1)?.session;
    const room = rtc.rooms.find(1, rid);
    switch (operation) {
      case 'logIn':
      case 'logInPage':
        this.users.set(uid, [...sessions, world.logIn(uid, operation === 'logIn' ? 'Unity-Native-1' : PAGE)]);
        break;
      case 'logOut':
        sessions.pop()?.logOut();
        break;
      case 'kickOut':
        world.kickOut(uid);
        for (const user of sessions.splice(0)) user.logOut();
        break;
      case 'create':
        if (session) this.tickets.set(name, rtc.entrance.create(session, rid, 1).token);
        break;
      case 'enter':
        if (session) this.tickets.set(name, rtc.entrance.enter(session, rid).token);
        break;
      case 'exit':
        if (session && room) rtc.rooms.leaveWith(room, session);
        break;
      case 'pull':
        rtc.rooms.pull(world.project, rid, 2, [uid, UIDS[0]!]);
        break;
      case 'kick':
        if (room) rtc.rooms.remove(room, uid, 'kicked', 9n);
        break;
      case 'close':
        if (room) rtc.rooms.close(room);
        break;
      case 'ban':
        if (uid === UIDS.at(-1)) world.ban(rid, uid);
        break;
      case 'mediaEnter': {
        const connection = {};
        rtc.entrance.enterWithTicket(world.project, { rid, uid, token: this.tickets.get(name) ?? '' }, connection);
        this.connections.set(name, connection);
        break;
      }
      case 'mediaLost':
        rtc.rooms.leaveWay(this.connections.get(name) ?? {});
        break;
      case 'publish': {
        const publication = world.publish(rid, uid);
        this.publications.push(publication);
        // The gate ends what is replaced.
        const older = this.latest.get(name);
        if (older) this.unpublished.add(older);
        this.latest.set(name, publication);
        break;
      }
      case 'unpublish': {
        const publication = this.latest.get(name);
        publication?.end();
        if (publication) this.unpublished.add(publication);
        break;
      }
      case 'roomEnter':
        if (session) world.enterRtmRoom(rid, uid);
        break;
      case 'roomLeave':
        world.leaveRtmRoom(rid, uid, 'left');
        break;
      case 'roomLost':
        world.leaveRtmRoom(rid, uid, 'lost');
        break;
      case 'wait':
        world.timers.pass(5000);
        break;
      case 'waitLong':
        world.timers.pass(30_000);
        break;
    }
  }

  /** What must hold at any time. */
  check(): void {
    const { rooms, tickets } = this.world.rtc;
    const all = rooms.list(1);
    expect(all.length).toBeLessThanOrEqual(LIMITS.rtcRoomsPerProjectMax);
    let members = 0;
    for (const room of all) {
      members += room.members.size;
      expect(room.members.size).toBeGreaterThan(0);
      expect(room.members.size).toBeLessThanOrEqual(LIMITS.rtcRoomMembersMax);
      for (const member of room.members.values()) {
        expect(rooms.roomsOf(1, member.uid)).toContain(room);
        // Nobody is a member for ever who is neither here nor expected.
        expect(member.isHere || member.stopAwaiting !== undefined).toBe(true);
      }
    }
    expect(UIDS.flatMap((uid) => rooms.roomsOf(1, uid)).length).toBe(members);
    expect(tickets.size).toBeLessThanOrEqual(members * 10);
  }

  /** Long after the last change, only members publish. */
  checkPublications(): void {
    for (const [name, publication] of this.latest) {
      if (publication.ended > 0 || this.unpublished.has(publication)) continue;
      const [rid, uid] = name.split(':').map(BigInt);
      expect(this.world.members(rid!), name).toContain(uid);
    }
  }

  /** What a native client that is in a room believes of it from its pushes is what is so. */
  believe(views: Map<RtcUser, Map<number, Set<number>>>): void {
    for (const user of [...this.users.values()].flat()) {
      const view = views.get(user) ?? new Map<number, Set<number>>();
      views.set(user, view);
      for (const [method, { rid, uid }] of user.told() as [string, { rid: number; uid: number }][]) {
        if (method === 'pushEnterRTCRoom') view.get(rid)?.add(uid);
        if (method === 'pushExitRTCRoom') view.get(rid)?.delete(uid);
      }
      for (const rid of RIDS) {
        const room = this.world.rtc.rooms.find(1, rid);
        const isIn = room?.members.get(user.session.uid)?.sessions.includes(user.session) ?? false;
        const entered = [...(room?.members.values() ?? [])].filter(({ hasEntered }) => hasEntered);
        const others = entered.map(({ uid }) => Number(uid)).filter((uid) => uid !== Number(user.session.uid));
        if (!isIn) view.delete(Number(rid));
        else if (!view.has(Number(rid))) view.set(Number(rid), new Set(others));
        else if (user.session.version !== PAGE) expect([...view.get(Number(rid))!].sort()).toEqual(others.sort());
      }
    }
  }
}

const step = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  uid: fc.constantFrom(...UIDS),
  rid: fc.constantFrom(...RIDS),
});

test('whatever happens in whatever order, rooms stay consistent, clients know who is in, and nothing is left over', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      const random = new RandomWorld();
      const views = new Map<RtcUser, Map<number, Set<number>>>();
      for (const uid of UIDS.slice(0, 2)) random.run({ operation: 'logIn', uid, rid: 7n });
      for (const one of steps) {
        random.run(one);
        random.check();
        random.believe(views);
      }
      random.world.timers.pass(120_000);
      random.checkPublications();
      for (const uid of UIDS) {
        for (const rid of RIDS) random.run({ operation: 'mediaLost', uid, rid });
        random.run({ operation: 'kickOut', uid, rid: 7n });
      }
      random.world.timers.pass(120_000);
      const { rooms, tickets } = random.world.rtc;
      expect([rooms.list(1), tickets.size, random.world.timers.pending]).toEqual([[], 0, 0]);
      for (const publication of random.publications) {
        expect(publication.ended + (random.unpublished.has(publication) ? 1 : 0)).toBeGreaterThanOrEqual(1);
        expect(publication.ended).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 150 },
  );
});
