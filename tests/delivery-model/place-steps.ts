import fc from 'fast-check';
import { expect } from 'vitest';
import { byWhom, chosen, PLACES, pick, place, steps, USERS, user, users } from './step.ts';
import { type BanKind, EVERYWHERE } from './world-model.ts';

const BAN_SECONDS = 60;

export const enterRoom = steps(
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

export const leaveRoom = steps('leave', fc.record({ pick, room: place }), ({ pick, room }, model) => {
  const connection = chosen(model.connections, pick);
  return (
    connection &&
    (async (model, live) => {
      expect((await live.callFrom(connection, 'leaveroom', { rid: live.id(room) })).code).toBe(0);
      model.leave(connection, room);
    })
  );
});

export const giveRooms = steps(
  'back end: give rooms',
  fc.record({ user, rooms: fc.array(place, { minLength: 1, maxLength: 2 }) }),
  ({ user, rooms }) =>
    async (model, live) => {
      const code = model.enterCode(user, rooms);
      expect((await live.call('adduserrooms', { uid: live.id(user), rids: live.ids(rooms) })).code).toBe(code);
      if (code === 0) model.give(user, rooms);
    },
);

export const giveRoom = steps(
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

export const takeRoom = steps(
  'back end: take room',
  fc.record({ users, room: place }),
  ({ users, room }) =>
    async (model, live) => {
      expect((await live.call('delroommembers', { rid: live.id(room), uids: live.ids(users) })).code).toBe(0);
      for (const each of users) model.take(each, room);
    },
);

export const changeGroup = steps(
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

export const dissolveGroup = steps(
  'back end: dissolve',
  fc.record({ group: place }),
  ({ group }) =>
    async (model, live) => {
      expect((await live.call('delgroup', { gid: live.id(group) })).code).toBe(0);
      model.membersOf(group).clear();
    },
);

const BAN_METHODS: Record<BanKind, { add: string; remove: string; place?: 'gid' | 'rid' }> = {
  group: { add: 'addgroupban', remove: 'removegroupban', place: 'gid' },
  room: { add: 'addroomban', remove: 'removeroomban', place: 'rid' },
  project: { add: 'addprojectban', remove: 'removeprojectban' },
  login: { add: 'addprojectblack', remove: 'removeprojectblack' },
};

export const changeBan = steps(
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

export const changeBlacklist = steps(
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

/** What both sides say about who is where. */
export const lookAround = steps('look around', fc.record({ place }), ({ place }) => async (model, live) => {
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
