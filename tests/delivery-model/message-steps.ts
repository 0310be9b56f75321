import fc from 'fast-check';
import { expect } from 'vitest';
import { CHAT, type LiveWorld } from './live-world.ts';
import { byWhom, chosen, pick, place, steps, user } from './step.ts';
import {
  conversationOf,
  describe,
  type Entry,
  type ModelConnection,
  type Send,
  type Target,
  type WorldModel,
} from './world-model.ts';

/** Well below the 20 minutes in which the repeat of a removed message is recognised. */
const REPEAT_SECONDS_MAX = 900;
/** One of them is not stored in some projects. */
export const UNSAVED_MTYPE = 77;
/** Of sends at once; history shows so many on one page. */
const BURST_MAX = 20;

const mtype = fc.constantFrom(66, CHAT, UNSAVED_MTYPE);
const target: fc.Arbitrary<Target> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('user' as const), to: user }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('users' as const), tos: fc.array(user, { minLength: 1, maxLength: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('group' as const), id: place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('room' as const), id: place }) },
);

export const sendFromClient = steps('send', fc.record({ pick, target, mtype }), ({ pick, target, mtype }, model) => {
  const connection = chosen(model.connections, pick);
  return connection && ((model, live) => sendAndAccept(model, live, connection.user, connection, target, mtype));
});

export const sendFromBackEnd = steps(
  'back end: send',
  fc.record({
    user,
    target: fc.oneof({ weight: 4, arbitrary: target }, fc.constant({ kind: 'broadcast' } as const)),
    mtype,
  }),
  ({ user, target, mtype }) =>
    (model, live) =>
      sendAndAccept(model, live, user, undefined, target, mtype),
);

async function sendAndAccept(
  model: WorldModel,
  live: LiveWorld,
  from: number,
  connection: ModelConnection | undefined,
  target: Target,
  mtype: number,
): Promise<void> {
  const mid = live.nextMid();
  const send: Send = { from, connection, target, mid, mtype, text: `text ${mid}` };
  const { code, mtime } = await live.send(send);
  expect(code, `the code of ${JSON.stringify(target)} from ${from}`).toBe(model.sendCode(send));
  if (code === 0) model.accept(send, mtime);
}

/** A repeat is not delivered again, and other content under its mid is refused. */
export const repeat = steps('repeat', fc.record({ pick, isChanged: fc.boolean() }), ({ pick, isChanged }, model) => {
  const entry = chosen(model.entries(), pick);
  if (entry === undefined || model.now - entry.sentAt > REPEAT_SECONDS_MAX) return undefined;
  return async (model, live) => {
    const { send, target } = entry;
    const again: Send = { ...send, target, connection: undefined, text: isChanged ? 'changed' : send.text };
    const { code, mtime } = await live.send(again);
    expect(code).toBe(model.sendCode(again) || (isChanged ? 200_053 : 0));
    if (code === 0) expect(mtime).toBe(entry.mtime);
  };
});

/** Sends that do not wait for each other; history says in which order they were stored, and every push has to agree. */
export const burst = steps(
  'burst',
  fc.array(fc.record({ pick, target }), { minLength: 2, maxLength: BURST_MAX }),
  (wanted, model) => {
    if (model.connections.length === 0) return undefined;
    return async (model, live) => {
      const sends = wanted.map(({ pick, target }): Send => {
        const connection = chosen(model.connections, pick)!;
        const mid = live.nextMid();
        return { from: connection.user, connection, target, mid, mtype: 66, text: `text ${mid}` };
      });
      const outcomes = await Promise.all(sends.map((send) => live.send(send)));
      expect(outcomes.map(({ code }) => code)).toEqual(sends.map((send) => model.sendCode(send)));
      const accepted = sends.flatMap((send, index) =>
        outcomes[index]!.code === 0 ? [{ send, mtime: outcomes[index]!.mtime }] : [],
      );
      const stored = accepted.flatMap(({ send, mtime }) => model.copies(send, mtime));
      const histories = new Map<string, string[]>();
      for (const { send, target } of stored) {
        const name = conversationOf(send.from, target);
        if (!histories.has(name)) histories.set(name, await live.walk(target, send.from, false, BURST_MAX));
      }
      const placeOf = (entry: Entry) =>
        histories.get(conversationOf(entry.send.from, entry.target))!.indexOf(describe(entry));
      for (const entry of stored.sort((a, b) => placeOf(a) - placeOf(b))) model.acceptCopy(entry);
    };
  },
);

export const recall = steps('recall', fc.record({ pick, by: byWhom }), ({ pick, by }, model) => {
  const entry = chosen(model.entries(), pick);
  const connection = by === undefined ? undefined : chosen(model.connections, by);
  if (entry === undefined || (by !== undefined && connection === undefined)) return undefined;
  return async (model, live) => {
    const address = live.addressOf(entry);
    const { code } = await (connection === undefined
      ? live.call('delmsg', address)
      : live.callFrom(connection, 'delmsg', address));
    expect(code).toBe(model.recallCode(entry, connection));
    if (code === 0) entry.isRemoved = true;
  };
});
