import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryBus } from '../src/bus/memory-bus.ts';
import { Delivery } from '../src/delivery/delivery.ts';
import { Audiences } from '../src/sessions/audiences.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import { type RecordedSession, recordedSession } from './support/recorded-session.ts';

const ROOM = 5n;
const endOfTurn = () => Promise.resolve();

class World {
  now = 0;
  readonly sessions = new SessionDirectory();
  readonly audiences = new Audiences();
  readonly delivery = new Delivery({
    bus: new MemoryBus(),
    sessions: this.sessions,
    audiences: this.audiences,
    now: () => this.now,
  });
  #lastMid = 0n;

  logIn(uid: bigint, isStarted = true): RecordedSession {
    const recorded = recordedSession(uid, { now: () => this.now, isStarted });
    this.sessions.add(recorded.session);
    return recorded;
  }

  /** Delivers a message from somebody. @returns its mid. */
  deliver(
    type: ConversationType,
    xid: bigint,
    { from, text = 'hi' }: { from?: RecordedSession | undefined; text?: string } = {},
  ): number {
    this.#lastMid += 1n;
    this.delivery.deliver({
      pid: 1,
      type,
      xid,
      from: from?.session.uid ?? 999n,
      mid: this.#lastMid,
      mtype: 66,
      msg: new RawString(Buffer.from(text)),
      attrs: new RawString(new Uint8Array()),
      mtime: 1,
      exceptSessionId: from?.session.id,
    });
    return Number(this.#lastMid);
  }

  room(count: number): RecordedSession[] {
    const members = Array.from({ length: count }, (_, index) => this.logIn(BigInt(index + 1)));
    for (const { session } of members) this.audiences.join('room', ROOM, session);
    return members;
  }
}

const mids = (member: RecordedSession) => member.pushes().map(({ params }) => params.get('mid'));

test('what a room gets within a turn is one write, the same bytes for everybody', async () => {
  const world = new World();
  const [first, second] = world.room(2);
  const sent = [1, 2, 3].map(() => world.deliver(CONVERSATION_TYPES.room, ROOM));
  expect(first!.written).toEqual([]);
  await endOfTurn();
  const last = world.deliver(CONVERSATION_TYPES.room, ROOM);
  await endOfTurn();
  expect(mids(first!)).toEqual([...sent, last]);
  expect(first!.written).toHaveLength(2);
  expect(second!.written[0]).toBe(first!.written[0]);
  expect(world.delivery.pushed).toBe(8);
});

test('the sending connection gets the others of the turn, another connection of its user all', async () => {
  const world = new World();
  const [sender, other, listener] = world.room(3);
  const phone = world.logIn(sender!.session.uid);
  world.audiences.join('room', ROOM, phone.session);
  const turn = [other, sender, sender, other, sender].map((from) =>
    world.deliver(CONVERSATION_TYPES.room, ROOM, { from }),
  );
  await endOfTurn();
  expect(mids(sender!)).toEqual([turn[0], turn[3]]);
  expect(mids(other!)).toEqual([turn[1], turn[2], turn[4]]);
  expect(mids(listener!)).toEqual(turn);
  expect(mids(phone)).toEqual(turn);
  expect(world.delivery.pushed).toBe(2 + 3 + 5 + 5);
});

test('a turn with many bytes goes out in pieces, in order', async () => {
  const world = new World();
  const [member] = world.room(1);
  const turn = Array.from({ length: 30 }, () =>
    world.deliver(CONVERSATION_TYPES.room, ROOM, { text: 'x'.repeat(10_000) }),
  );
  await endOfTurn();
  expect(mids(member!)).toEqual(turn);
  expect(member!.written.length).toBeGreaterThan(3);
  for (const bytes of member!.written) expect(bytes.length).toBeLessThan(80_000);
});

test('who leaves within the turn, or comes into a room that was empty, is not in its way', async () => {
  const world = new World();
  const [stays, leaves] = world.room(2);
  const comes = world.logIn(9n);
  const mid = world.deliver(CONVERSATION_TYPES.room, ROOM);
  world.deliver(CONVERSATION_TYPES.room, 6n);
  world.audiences.leaveAll(leaves!.session);
  world.audiences.join('room', 6n, comes.session);
  await endOfTurn();
  expect([stays, leaves, comes].map((each) => mids(each!))).toEqual([[mid], [], []]);
});

type Step =
  | { does: 'send'; type: 'p2p' | 'group' | 'room' | 'broadcast'; place: number; by: number | undefined }
  | { does: 'end' }
  | { does: 'start'; who: number }
  | { does: 'answer'; who: number; from: number; row: number };

const USERS = 4;
const user = fc.nat(USERS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('send' as const),
      type: fc.constantFrom('p2p' as const, 'group' as const, 'room' as const, 'room' as const, 'broadcast' as const),
      place: fc.nat(USERS - 1),
      by: fc.option(user, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('end' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('start' as const), who: user }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('answer' as const),
      who: user,
      from: fc.nat(10),
      row: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

test('every connection gets what is for it, each conversation in order, and what it leaves unanswered once more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const world = new World();
      // Users 0 and 1 are in everything; the last one logs in at some time of the run.
      const members = Array.from({ length: USERS }, (_, index) => world.logIn(BigInt(index), index < USERS - 1));
      const isIn = (who: number, place: number) => who < 2 || place === who;
      for (const [who, { session }] of members.entries()) {
        for (let place = 0; place < USERS; place += 1) {
          if (!isIn(who, place)) continue;
          world.audiences.join('group', BigInt(place), session);
          world.audiences.join('room', BigInt(place), session);
        }
      }
      // For each member the mids that it has to get, by conversation.
      const wanted = members.map(() => new Map<string, number[]>());
      const answered = members.map(() => new Set<number>());
      for (const each of steps) {
        if (each.does === 'end') await endOfTurn();
        else if (each.does === 'start') members[each.who]!.session.start();
        else if (each.does === 'answer') {
          // The oldest that it has had, or later ones.
          const member = members[each.who]!;
          const seqs = member.pushes().slice(each.from, each.from + each.row);
          for (const { seq } of seqs) {
            member.session.acknowledge(seq, 1);
            answered[each.who]!.add(seq);
          }
        } else {
          const from = each.by === undefined ? undefined : members[each.by]!;
          const xid = each.type === 'broadcast' ? 0n : BigInt(each.place);
          const mid = world.deliver(CONVERSATION_TYPES[each.type], xid, { from });
          for (const who of members.keys()) {
            if (who === each.by) continue;
            const isFor = each.type === 'p2p' ? who === each.place : each.type === 'broadcast' || isIn(who, each.place);
            if (!isFor) continue;
            const name = `${each.type} ${each.place} ${each.type === 'p2p' ? each.by : ''}`;
            wanted[who]!.set(name, [...(wanted[who]!.get(name) ?? []), mid]);
          }
        }
      }
      await endOfTurn();
      for (const { session } of members) session.start();
      for (const [who, member] of members.entries()) {
        const pushes = member.pushes();
        const seqs = pushes.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        const got = pushes.map(({ params }) => params.get('mid') as number);
        const all = [...wanted[who]!.values()];
        expect(got.toSorted((a, b) => a - b)).toEqual(all.flat().sort((a, b) => a - b));
        for (const list of all) expect(got.filter((mid) => list.includes(mid))).toEqual(list);
        member.written.length = 0;
        world.now = 5000;
        const unanswered = seqs.filter((seq) => !answered[who]!.has(seq));
        expect(member.session.repeatPushes()).toBe(unanswered.length);
        expect(member.pushes().map(({ seq }) => seq)).toEqual(unanswered);
        world.now = 0;
      }
    }),
  );
});
