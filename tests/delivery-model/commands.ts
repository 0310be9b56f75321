import fc from 'fast-check';
import { expect } from 'vitest';
import { CHAT, type LiveWorld } from './live-world.ts';
import {
  type BanKind,
  conversationOf,
  describe,
  type Entry,
  EVERYWHERE,
  type ModelConnection,
  type Send,
  type Target,
  type WorldModel,
} from './world-model.ts';

/** Few of each, so that steps meet. */
const USERS = [1, 2, 3] as const;
const PLACES = [11, 12] as const;
const CONNECTIONS_PER_USER_MAX = 3;
/** Well below the 20 minutes in which the repeat of a removed message is recognised. */
const REPEAT_SECONDS_MAX = 900;
const BAN_SECONDS = 60;
/** One of them is not stored in some projects. */
export const UNSAVED_MTYPE = 77;
/** Of sends at once; history shows so many on one page. */
const BURST_MAX = 20;

type Run = (model: WorldModel, live: LiveWorld) => Promise<void>;

/** One step. What it does comes out of small numbers, which pick among what is there, so that a failing run shrinks well. */
class Step implements fc.AsyncCommand<WorldModel, LiveWorld> {
  readonly #name: string;
  readonly #prepare: (model: WorldModel) => Run | undefined;

  /** @param prepare - Undefined when the step cannot be taken now. Must not change the model. */
  constructor(name: string, prepare: (model: WorldModel) => Run | undefined) {
    this.#name = name;
    this.#prepare = prepare;
  }

  check(model: Readonly<WorldModel>): boolean {
    return this.#prepare(model as WorldModel) !== undefined;
  }

  async run(model: WorldModel, live: LiveWorld): Promise<void> {
    await this.#prepare(model)!(model, live);
    for (const connection of model.ended.splice(0)) await live.expectEnded(connection);
    await live.expectSessions(model.connections.length);
    await live.expectPushed(model.connections);
  }

  toString(): string {
    return this.#name;
  }
}

/** A step for every value of an arbitrary. */
function steps<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  prepare: (value: Value, model: WorldModel) => Run | undefined,
): fc.Arbitrary<Step> {
  return values.map((value) => new Step(`${name} ${JSON.stringify(value)}`, (model) => prepare(value, model)));
}

const user = fc.constantFrom(...USERS);
const users = fc.uniqueArray(user, { minLength: 1, maxLength: 3 });
const place = fc.constantFrom(...PLACES);
const pick = fc.nat(99);
/** A connection, or the back end. */
const byWhom = fc.option(pick, { nil: undefined, freq: 1 });
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

const logIn = steps('log in', fc.record({ user }), ({ user }, model) => {
  if (model.of(user).length >= CONNECTIONS_PER_USER_MAX) return undefined;
  return async (model, live) => {
    const code = model.loginCode(user);
    const connection = code === 0 ? model.logIn(user) : undefined;
    expect(await live.logIn(user, connection?.key)).toBe(code);
  };
});

const logOut = steps(
  'log out',
  fc.record({ pick, how: fc.constantFrom('bye' as const, 'close' as const) }),
  ({ pick, how }, model) => {
    const connection = chosen(model.connections, pick);
    return (
      connection &&
      (async (model, live) => {
        await live.logOut(connection, how);
        model.logOut(connection);
      })
    );
  },
);

/** Closes and opens a connection without waiting for the server to notice the close. */
const reconnect = steps('reconnect', fc.record({ pick }), ({ pick }, model) => {
  const connection = chosen(model.connections, pick);
  if (connection === undefined || model.loginCode(connection.user) !== 0) return undefined;
  // Rooms that were given end with the last connection: whether this is the last one, only the server knows.
  if (model.givenTo(connection.user).size > 0) return undefined;
  return async (model, live) => {
    await live.logOut(connection, 'close');
    model.logOut(connection);
    expect(await live.logIn(connection.user, model.logIn(connection.user).key)).toBe(0);
  };
});

const sendFromClient = steps('send', fc.record({ pick, target, mtype }), ({ pick, target, mtype }, model) => {
  const connection = chosen(model.connections, pick);
  return connection && ((model, live) => sendAndAccept(model, live, connection.user, connection, target, mtype));
});

const sendFromBackEnd = steps(
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
const repeat = steps('repeat', fc.record({ pick, isChanged: fc.boolean() }), ({ pick, isChanged }, model) => {
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
const burst = steps(
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

const enterRoom = steps(
  'enter',
  fc.record({ pick, rooms: fc.array(place, { minLength: 1, maxLength: 2 }) }),
  ({ pick, rooms }, model) => {
    const connection = chosen(model.connections, pick);
    return (
      connection &&
      (async (model, live) => {
        const code = model.enterCode(connection.user, rooms);
        const [method, params] =
          rooms.length === 1 ? ['enterroom', { rid: live.id(rooms[0]!) }] : ['enterrooms', { rids: live.ids(rooms) }];
        expect((await live.callFrom(connection, method as string, params as object)).code).toBe(code);
        if (code === 0) model.enter(connection, rooms);
      })
    );
  },
);

const leaveRoom = steps('leave', fc.record({ pick, room: place }), ({ pick, room }, model) => {
  const connection = chosen(model.connections, pick);
  return (
    connection &&
    (async (model, live) => {
      expect((await live.callFrom(connection, 'leaveroom', { rid: live.id(room) })).code).toBe(0);
      model.leave(connection, room);
    })
  );
});

const giveRooms = steps(
  'back end: give rooms',
  fc.record({ user, rooms: fc.array(place, { minLength: 1, maxLength: 2 }) }),
  ({ user, rooms }) =>
    async (model, live) => {
      const code = model.enterCode(user, rooms);
      expect((await live.call('adduserrooms', { uid: live.id(user), rids: live.ids(rooms) })).code).toBe(code);
      if (code === 0) model.give(user, rooms);
    },
);

const giveRoom = steps(
  'back end: give room',
  fc.record({ users, room: place }),
  ({ users, room }) =>
    async (model, live) => {
      const allowed = users.filter((each) => model.enterCode(each, [room]) === 0);
      const { answer } = await live.call('addroommembers', { rid: live.id(room), uids: live.ids(users) });
      expect(answer?.get('successedUids')).toEqual(live.ids(allowed));
      for (const each of allowed) model.give(each, [room]);
    },
);

const takeRoom = steps(
  'back end: take room',
  fc.record({ users, room: place }),
  ({ users, room }) =>
    async (model, live) => {
      expect((await live.call('delroommembers', { rid: live.id(room), uids: live.ids(users) })).code).toBe(0);
      for (const each of users) model.take(each, room);
    },
);

const changeGroup = steps(
  'group',
  fc.record({ pick: byWhom, group: place, users, adds: fc.boolean() }),
  ({ pick, group, users, adds }, model) => {
    const connection = pick === undefined ? undefined : chosen(model.connections, pick);
    if (pick !== undefined && connection === undefined) return undefined;
    return async (model, live) => {
      const method = adds ? 'addgroupmembers' : 'delgroupmembers';
      const params = { gid: live.id(group), uids: live.ids(users) };
      const members = model.membersOf(group);
      const code = connection === undefined || members.has(connection.user) ? 0 : 200_041;
      const { code: answered } = await (connection === undefined
        ? live.call(method, params)
        : live.callFrom(connection, method, params));
      expect(answered).toBe(code);
      if (code !== 0) return;
      for (const each of users) adds ? members.add(each) : members.delete(each);
    };
  },
);

const dissolveGroup = steps('back end: dissolve', fc.record({ group: place }), ({ group }) => async (model, live) => {
  expect((await live.call('delgroup', { gid: live.id(group) })).code).toBe(0);
  model.membersOf(group).clear();
});

const BAN_METHODS: Record<BanKind, { add: string; remove: string; place?: 'gid' | 'rid' }> = {
  group: { add: 'addgroupban', remove: 'removegroupban', place: 'gid' },
  room: { add: 'addroomban', remove: 'removeroomban', place: 'rid' },
  project: { add: 'addprojectban', remove: 'removeprojectban' },
  login: { add: 'addprojectblack', remove: 'removeprojectblack' },
};

const changeBan = steps(
  'back end: ban',
  fc.record({
    kind: fc.constantFrom<BanKind>('group', 'room', 'group', 'room', 'project', 'login'),
    user,
    where: fc.constantFrom(...PLACES, EVERYWHERE),
    seconds: fc.constantFrom(0, BAN_SECONDS),
    ends: fc.boolean(),
  }),
  ({ kind, user, where, seconds, ends }) =>
    async (model, live) => {
      const { add, remove, place } = BAN_METHODS[kind];
      const params = { uid: live.id(user), ...(place === undefined ? {} : live.place(place, where)) };
      const at = place === undefined ? EVERYWHERE : where;
      const call = ends ? live.call(remove, params) : live.call(add, { ...params, btime: seconds });
      expect((await call).code).toBe(0);
      if (ends) model.unban(kind, user, at);
      else model.ban(kind, user, at, seconds);
    },
);

const changeBlacklist = steps(
  'blacklist',
  fc.record({ user, other: user, adds: fc.boolean(), pick: byWhom }),
  ({ user, other, adds, pick }, model) => {
    const connection = pick === undefined ? undefined : chosen(model.connections, pick);
    const owner = connection?.user ?? user;
    if (owner === other) return undefined;
    return async (model, live) => {
      const method = adds ? 'addblacks' : 'delblacks';
      const params = { blacks: [live.id(other)] };
      const call =
        connection === undefined
          ? live.call(method, { uid: live.id(owner), ...params })
          : live.callFrom(connection, method, params);
      expect((await call).code).toBe(0);
      if (adds) model.blocks.add(`${owner} ${other}`);
      else model.blocks.delete(`${owner} ${other}`);
    };
  },
);

const recall = steps('recall', fc.record({ pick, by: byWhom }), ({ pick, by }, model) => {
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

const kick = steps('back end: kick', fc.record({ user }), ({ user }) => async (model, live) => {
  expect((await live.call('kickout', { uid: live.id(user) })).code).toBe(0);
  model.kick(user);
});

const kickOther = steps('kick', fc.record({ pick, other: pick }), ({ pick, other }, model) => {
  const connection = chosen(model.connections, pick);
  if (connection === undefined) return undefined;
  const victim = chosen(model.of(connection.user), other)!;
  return async (model, live) => {
    const code = victim === connection ? 200_012 : 0;
    expect((await live.callFrom(connection, 'kickout', { ce: live.ceOf(victim) })).code).toBe(code);
    if (code === 0) model.kickConnection(victim);
  };
});

/** What both sides say about who is where. */
const lookAround = steps('look around', fc.record({ place }), ({ place }) => async (model, live) => {
  const listed = async (method: string, params: object, field = 'uids') => {
    const { answer } = await live.call(method, params);
    return (answer!.get(field) as unknown as bigint[]).map((id) => live.number(id)).sort((a, b) => a - b);
  };
  const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);
  expect(await listed('getroommembers', { rid: live.id(place) })).toEqual(sorted(model.usersIn(place)));
  expect(await listed('getgroupmembers', { gid: live.id(place) })).toEqual(sorted(model.membersOf(place)));
  const online = USERS.filter((each) => model.of(each).length > 0);
  expect(await listed('getonlineusers', { uids: live.ids(USERS) })).toEqual(online);
  for (const connection of model.connections) {
    const { answer } = await live.callFrom(connection, 'getuserrooms');
    const rooms = (answer!.get('rooms') as unknown as bigint[]).map((id) => live.number(id));
    expect(sorted(rooms)).toEqual(PLACES.filter((room) => model.isIn(connection, room)));
  }
});

/** @param clock - What the server goes by, in ms. */
export function worldCommands(clock: { now: number }, maxCommands: number): fc.Arbitrary<Iterable<Step>> {
  const moveClock = steps('wait', fc.record({ seconds: fc.constantFrom(30, 61) }), ({ seconds }) => async (model) => {
    clock.now += seconds * 1000;
    model.now += seconds;
  });
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [10, logIn],
    [4, logOut],
    [2, reconnect],
    [14, sendFromClient],
    [10, sendFromBackEnd],
    [3, repeat],
    [4, burst],
    [6, enterRoom],
    [3, leaveRoom],
    [4, giveRooms],
    [2, giveRoom],
    [3, takeRoom],
    [8, changeGroup],
    [1, dissolveGroup],
    [6, changeBan],
    [2, changeBlacklist],
    [3, recall],
    [2, kick],
    [1, kickOther],
    [4, lookAround],
    [1, moveClock],
  ];
  const all = weighted.flatMap(([weight, arbitrary]) => Array.from({ length: weight }, () => arbitrary));
  return fc.commands<WorldModel, LiveWorld>(all, { maxCommands, size: 'max' }) as fc.Arbitrary<Iterable<Step>>;
}

function chosen<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[pick % items.length];
}
