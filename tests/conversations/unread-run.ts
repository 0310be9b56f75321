import type { RawCaller } from '@parley/testkit/internal';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import type { Kind, UnreadModel } from './unread-model.ts';
import { listOf, numbersOf, rowsOf } from './wire-lists.ts';

const MTYPES = [30, 31, 32, 66] as const;
const user = fc.nat(3);
const group = fc.nat(1);
const connection = fc.nat(1);

/** One step of a run; users and groups by their number. */
export const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        from: user,
        to: user,
        mtype: fc.constantFrom(...MTYPES),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('say' as const),
        from: user,
        gid: group,
        mtype: fc.constantFrom(...MTYPES),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('log in' as const), uid: user, connection }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('log out' as const), uid: user, connection }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('clear' as const),
        uid: user,
        by: fc.constantFrom('cleanunread', 'getunread', 'getunreadconversationlist'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('clear some' as const), uid: user, other: user, gid: group }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('remove' as const), uid: user, other: user, oneway: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('remove by back end' as const),
        uid: user,
        other: user,
        oneway: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const), uid: user, other: user }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('recall' as const), pick: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), pick: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear user' as const), uid: user }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clean group' as const), gid: group }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant('check' as const), uid: user }) },
    { weight: 1, arbitrary: fc.constant({ do: 'tick' as const }) },
  ),
  { minLength: 30, maxLength: 90 },
);
type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

export type RunParts = {
  model: UnreadModel;
  caller: RawCaller;
  users: readonly number[];
  groups: readonly number[];
  freshId: () => number;
  logIn: (uid: number) => Promise<TestClient>;
  /** Moves the server's clock by a millisecond. */
  tick: () => void;
  listMax: number;
};

/** Carries out steps on the server and on the model, and compares what users are told. */
export class UnreadRun {
  readonly #parts: RunParts;
  readonly #online = new Map<string, TestClient>();

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  async perform(script: readonly Step[]): Promise<void> {
    for (const uid of this.#parts.users) await this.#logIn(uid, 0);
    for (const step of script) await this.#do(step);
    for (const uid of this.#parts.users) {
      await this.#logIn(uid, 0);
      await this.#check(uid);
    }
  }

  close(): void {
    for (const client of this.#online.values()) client.close();
  }

  async #do(step: Step): Promise<void> {
    const { model, caller, users, groups } = this.#parts;
    const uidOf = (index: number) => users[index]!;
    switch (step.do) {
      case 'send':
        if (step.from !== step.to) await this.#send('p2p', uidOf(step.from), uidOf(step.to), step.mtype);
        return;
      case 'say':
        return this.#send('group', uidOf(step.from), groups[step.gid]!, step.mtype);
      case 'log in':
        return this.#logIn(uidOf(step.uid), step.connection);
      case 'log out':
        return this.#logOut(uidOf(step.uid), step.connection);
      case 'clear': {
        const client = this.#clientOf(uidOf(step.uid));
        if (client === undefined) return;
        await client.call(step.by, step.by === 'getunread' ? { clear: true } : {});
        return model.readAll(uidOf(step.uid));
      }
      case 'clear some': {
        const client = this.#clientOf(uidOf(step.uid));
        if (client === undefined || step.uid === step.other) return;
        await client.call('cleantargetunread', { uids: [uidOf(step.other)], gids: [groups[step.gid]!] });
        model.read(uidOf(step.uid), 'p2p', uidOf(step.other));
        return model.read(uidOf(step.uid), 'group', groups[step.gid]!);
      }
      case 'remove':
      case 'remove by back end': {
        const [uid, other] = [uidOf(step.uid), uidOf(step.other)];
        const client = this.#clientOf(uid);
        if (uid === other || (step.do === 'remove' && client === undefined)) return;
        if (step.do === 'remove') await client!.call('removesession', { to: other, oneway: step.oneway });
        else await caller.call('removesessions', { uid, uids: [other], oneway: step.oneway });
        model.hide(uid, other);
        if (!step.oneway) model.hide(other, uid);
        return;
      }
      case 'add':
        if (step.uid === step.other) return;
        await caller.call('addsessions', { uid: uidOf(step.uid), uids: [uidOf(step.other)] });
        return model.add(uidOf(step.uid), uidOf(step.other));
      case 'recall':
      case 'edit': {
        const sent = model.sent();
        const picked = sent.at(-1 - (step.pick % sent.length));
        if (picked === undefined) return;
        const { kind, ...address } = picked;
        const params = { ...address, type: kind === 'p2p' ? 1 : 2 };
        if (step.do === 'edit') {
          if (kind === 'p2p') return; // Which the protocol has no edit for.
          await caller.call('editmsg', { ...params, msg: 'edited', attrs: '', timeLimit: 0 });
          return;
        }
        await caller.call('delmsg', params);
        return model.recall(picked.mid);
      }
      case 'clear user':
        await caller.call('clearusermsg', { uid: uidOf(step.uid) });
        return model.clearUser(uidOf(step.uid));
      case 'clean group':
        await caller.call('cleanmsg', {
          type: 2,
          from: 0,
          xid: groups[step.gid]!,
          begin: 0,
          end: Number.MAX_SAFE_INTEGER,
        });
        return model.cleanGroup(groups[step.gid]!);
      case 'tick':
        return this.#parts.tick();
      case 'check':
        return this.#check(uidOf(step.uid));
    }
  }

  async #send(kind: Kind, from: number, to: number, mtype: number): Promise<void> {
    const { model, caller, freshId } = this.#parts;
    const mid = freshId();
    const method = kind === 'p2p' ? 'sendmsg' : 'sendgroupmsg';
    const target = kind === 'p2p' ? { to } : { gid: to };
    const answer = await caller.call(method, { from, ...target, mid, mtype, msg: 'x', attrs: '' });
    model.send(kind, { from, mid, mtype, mtime: Number(answer.get('mtime')) }, to);
  }

  async #logIn(uid: number, connection: number): Promise<void> {
    const name = `${uid} ${connection}`;
    if (this.#online.has(name)) return;
    this.#online.set(name, await this.#parts.logIn(uid));
  }

  /** Waits until the server knows, which the answer to `bye` comes before. */
  async #logOut(uid: number, connection: number): Promise<void> {
    const { caller, model } = this.#parts;
    const name = `${uid} ${connection}`;
    const client = this.#online.get(name);
    if (client === undefined) return;
    this.#online.delete(name);
    const isLast = this.#clientOf(uid) === undefined;
    await client.call('bye');
    await client.closed;
    if (!isLast) return;
    while (((await caller.call('getonlineusers', { uids: [uid] })).get('uids') as unknown[]).length > 0);
    model.readAll(uid);
  }

  #clientOf(uid: number): TestClient | undefined {
    return this.#online.get(`${uid} 0`) ?? this.#online.get(`${uid} 1`);
  }

  async #check(uid: number): Promise<void> {
    const client = this.#clientOf(uid);
    if (client === undefined) return;
    const { model, users, groups, listMax } = this.#parts;
    const others = users.filter((each) => each !== uid);
    const lists = { p2p: model.list(uid, 'p2p'), group: model.list(uid, 'group') };
    const unreadOf = (kind: Kind) => lists[kind].filter(({ unread }) => unread > 0);
    const idsOf = (rows: readonly { other: number }[]) => rows.map(({ other }) => other).toSorted((a, b) => a - b);

    for (const kind of ['p2p', 'group'] as const) {
      expect(await listOf(client, kind), `${kind} list of ${uid}`).toEqual(lists[kind].slice(0, listMax));
      expect(await listOf(client, kind, { onlyUnread: true }), `unread ${kind} list of ${uid}`).toEqual(
        unreadOf(kind).slice(0, listMax),
      );
      expect(await listOf(client, kind, { mtypes: [66] }), `list of 66`).toEqual(
        model.list(uid, kind, [66]).slice(0, listMax),
      );
    }
    const unread = await client.call('getunread', { clear: false });
    const sessions = await client.call('getsession');
    const sorted = (value: unknown) => (value as number[]).toSorted((a, b) => a - b);
    expect([sorted(unread.get('p2p')), sorted(unread.get('group'))]).toEqual([
      idsOf(unreadOf('p2p')),
      idsOf(unreadOf('group')),
    ]);
    expect([sorted(sessions.get('p2p')), sorted(sessions.get('group'))]).toEqual([
      idsOf(lists.p2p),
      idsOf(lists.group),
    ]);
    const both = await client.call('getunreadconversationlist', { clear: false });
    expect(rowsOf(both, 'p2pConversations', 'p2pUnreads', 'p2pMsgs')).toEqual(unreadOf('p2p').slice(0, listMax));
    expect(rowsOf(both, 'groupConversations', 'groupUnreads', 'groupMsgs')).toEqual(
      unreadOf('group').slice(0, listMax),
    );
    const p2p = (await client.call('getp2punread', { uids: others })).get('p2p');
    expect(numbersOf(p2p)).toEqual(Object.fromEntries(others.map((other) => [other, model.unread(uid, 'p2p', other)])));
    const own = model.conversations(uid, 'group');
    const inGroups = (await client.call('getgroupunread', { gids: [...groups], mtypes: [30, 66] })).get('group');
    expect(numbersOf(inGroups)).toEqual(
      Object.fromEntries(groups.map((gid) => [gid, own.includes(gid) ? model.unread(uid, 'group', gid, [30, 66]) : 0])),
    );
  }
}
