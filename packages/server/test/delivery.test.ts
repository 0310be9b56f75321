import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import { RawString, type WireMap } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { MemoryBus } from '../src/bus/memory-bus.ts';
import { Delivery } from '../src/delivery/delivery.ts';
import { Audiences } from '../src/sessions/audiences.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import { project, type RecordedSession, recordedSession } from './support/recorded-session.ts';

const text = (value: string) => new RawString(new TextEncoder().encode(value));

/** Groups and rooms get what was delivered within a turn at its end. */
const endOfTurn = () => Promise.resolve();

function setUp(now = () => 0) {
  const sessions = new SessionDirectory();
  const audiences = new Audiences();
  const delivery = new Delivery({ bus: new MemoryBus(), sessions, audiences, now });
  const logIn = (uid: bigint, options?: Parameters<typeof recordedSession>[1]): RecordedSession => {
    const recorded = recordedSession(uid, options);
    sessions.add(recorded.session);
    return recorded;
  };
  const deliver = (type: ConversationType, xid: bigint, overrides: object = {}) =>
    delivery.deliver({
      pid: 1,
      type,
      from: 1n,
      xid,
      mid: 7n,
      mtype: 66,
      msg: text('hi'),
      attrs: text('{}'),
      mtime: 1234,
      ...overrides,
    });
  return { sessions, audiences, delivery, logIn, deliver };
}

test('a P2P message goes to all connections of the receiver and the other ones of the sender, never to the sending one', () => {
  const { logIn, deliver } = setUp();
  const [sending, other] = [logIn(1n), logIn(1n)];
  const [phone, browser] = [logIn(2n), logIn(2n)];
  const stranger = logIn(3n);
  deliver(CONVERSATION_TYPES.p2p, 2n, { exceptSessionId: sending.session.id });
  for (const receiver of [other, phone, browser]) {
    const [push] = receiver.pushes();
    expect([push!.method, push!.isOneWay]).toEqual(['pushmsg', false]);
    expect([...push!.params.keys()].sort()).toEqual(['attrs', 'from', 'mid', 'msg', 'mtime', 'mtype', 'to']);
  }
  expect([...sending.written, ...stranger.written]).toEqual([]);
});

test('one packet serves every connection: the same bytes, and a seq of its own for each message', () => {
  const { logIn, deliver } = setUp();
  const [phone, browser] = [logIn(2n), logIn(2n)];
  deliver(CONVERSATION_TYPES.p2p, 2n);
  deliver(CONVERSATION_TYPES.p2p, 2n);
  expect(phone.written[0]).toBe(browser.written[0]);
  const seqs = phone.pushes().map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(2);
  // Quests that a connection counts for itself begin at 1.
  expect(Math.min(...seqs)).toBeGreaterThanOrEqual(0x8000_0000);
});

test('groups and rooms have their audience, a broadcast the whole project and no other', async () => {
  const { audiences, logIn, deliver } = setUp();
  const [inGroup, inRoom] = [logIn(2n), logIn(3n)];
  const elsewhere = logIn(4n, { project: project(2) });
  audiences.join('group', 5n, inGroup.session);
  audiences.join('room', 5n, inRoom.session);
  deliver(CONVERSATION_TYPES.group, 5n);
  deliver(CONVERSATION_TYPES.room, 5n);
  await endOfTurn();
  deliver(CONVERSATION_TYPES.broadcast, 0n);
  expect(inGroup.pushes().map(({ method }) => method)).toEqual(['pushgroupmsg', 'pushbroadcastmsg']);
  expect(inRoom.pushes().map(({ method }) => method)).toEqual(['pushroommsg', 'pushbroadcastmsg']);
  expect(inRoom.pushes()[0]!.params.get('rid')).toBe(5);
  expect(elsewhere.written).toEqual([]);
});

test('chat travels as a map with the text and an empty translation, other types as they were sent', () => {
  const { logIn, deliver } = setUp();
  const receiver = logIn(2n);
  deliver(CONVERSATION_TYPES.p2p, 2n, { mtype: 30 });
  deliver(CONVERSATION_TYPES.p2p, 2n, { msg: Uint8Array.of(0, 255) });
  const [chat, binary] = receiver.pushes().map(({ params }) => params.get('msg'));
  const words = [...(chat as WireMap)].map(([key, value]) => [key, String(value)]);
  expect(Object.fromEntries(words)).toEqual({ source: '', target: '', sourceText: 'hi', targetText: '' });
  expect(binary).toEqual(Uint8Array.of(0, 255));
});

test('who has left an audience, or ended, hears nothing more', async () => {
  const { sessions, audiences, logIn, deliver } = setUp();
  const [leaver, ender] = [logIn(2n), logIn(3n)];
  for (const { session } of [leaver, ender]) audiences.join('room', 5n, session);
  audiences.leave('room', 5n, leaver.session);
  audiences.leaveAll(ender.session);
  sessions.remove(ender.session);
  deliver(CONVERSATION_TYPES.room, 5n);
  deliver(CONVERSATION_TYPES.p2p, 3n);
  await endOfTurn();
  expect([...leaver.written, ...ender.written]).toEqual([]);
  expect(audiences.members('room', 1, 5n).size).toBe(0);
});

test('an unanswered push is sent once more, an answered one is not', () => {
  let now = 0;
  const { logIn, deliver } = setUp(() => now);
  const receiver = logIn(2n, { now: () => now });
  deliver(CONVERSATION_TYPES.p2p, 2n);
  deliver(CONVERSATION_TYPES.p2p, 2n, { mid: 8n });
  receiver.session.acknowledge(receiver.pushes()[0]!.seq, 1);
  now = 5000;
  expect(receiver.session.repeatPushes()).toBe(1);
  expect(receiver.pushes().map(({ params }) => params.get('mid'))).toEqual([7, 8, 8]);
  now = 60_000;
  expect(receiver.session.repeatPushes()).toBe(0);
});

test('the directory tells who comes first and who goes last', () => {
  const { sessions } = setUp();
  const seen: string[] = [];
  sessions.listen({
    onLogin: ({ uid }, isFirst) => seen.push(`in ${uid} ${isFirst}`),
    onLogout: ({ uid }, isLast) => seen.push(`out ${uid} ${isLast}`),
  });
  const [a, b] = [recordedSession(9n).session, recordedSession(9n).session];
  for (const session of [a, b]) sessions.add(session);
  expect([sessions.isOnline(1, 9n), sessions.count]).toEqual([true, 2]);
  for (const session of [a, a, b]) sessions.remove(session);
  expect(seen).toEqual(['in 9 true', 'in 9 false', 'out 9 false', 'out 9 true']);
  expect([sessions.isOnline(1, 9n), sessions.count]).toEqual([false, 0]);
});
