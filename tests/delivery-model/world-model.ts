/** Users, groups and rooms go by small numbers here; what they are called on the wire is up to the live world. */
export type Target =
  | { readonly kind: 'user'; readonly to: number }
  | { readonly kind: 'users'; readonly tos: readonly number[] }
  | { readonly kind: 'group'; readonly id: number }
  | { readonly kind: 'room'; readonly id: number }
  | { readonly kind: 'broadcast' };

/** A message on its way. `connection` is the one that sends it; undefined: a back end in the name of `from`. */
export type Send = {
  readonly from: number;
  readonly connection: ModelConnection | undefined;
  readonly target: Target;
  readonly mid: number;
  readonly mtype: number;
  readonly text: string;
};

/** One copy of a message in one conversation. */
export type Entry = {
  readonly send: Send;
  readonly target: Exclude<Target, { kind: 'users' }>;
  readonly mtime: number;
  /** By the clock of the model. */
  readonly sentAt: number;
  isRemoved: boolean;
};

export type ModelConnection = {
  readonly key: number;
  readonly user: number;
  /** Rooms that it entered by itself. */
  readonly entered: Set<number>;
  /** What it was pushed, by conversation, in order. */
  readonly expected: Map<string, string[]>;
};

export type WorldSettings = {
  readonly singleRoom?: boolean;
  readonly singleConnection?: boolean;
  readonly requiresGroupMembership?: boolean;
  readonly requiresRoomMembership?: boolean;
  readonly enforcesBlacklist?: boolean;
  readonly storedMtypes?: readonly number[];
  readonly roomsPerUserMax?: number;
};

export type BanKind = 'room' | 'group' | 'project' | 'login';
/** The place of a ban from all places. */
export const EVERYWHERE = -1;
const ROOMS_MAX = 10;

/** Everything that a project of our server should do, in plain words. Methods with a code give that of the refusal, or 0. */
export class WorldModel {
  readonly settings: WorldSettings;
  readonly connections: ModelConnection[] = [];
  /** Connections that were ended by the server, until somebody looks. */
  readonly ended: ModelConnection[] = [];
  readonly groups = new Map<number, Set<number>>();
  /** Who blocks whom. */
  readonly blocks = new Set<string>();
  readonly conversations = new Map<string, Entry[]>();
  readonly #given = new Map<number, Set<number>>();
  readonly #bans = new Map<string, number>();
  /** Seconds. */
  now = 0;
  #lastKey = 0;

  constructor(settings: WorldSettings) {
    this.settings = settings;
  }

  /** Every message, in no order. */
  entries(): Entry[] {
    return [...this.conversations.values()].flat();
  }

  of(user: number): ModelConnection[] {
    return this.connections.filter((connection) => connection.user === user);
  }

  // Coming and going

  loginCode(user: number): number {
    return this.isBanned('login', user, EVERYWHERE) ? 200_024 : 0;
  }

  logIn(user: number): ModelConnection {
    const older = this.settings.singleConnection ? this.of(user) : [];
    this.#lastKey += 1;
    const connection = { key: this.#lastKey, user, entered: new Set<number>(), expected: new Map<string, string[]>() };
    this.connections.push(connection);
    // The user is online all the time, and keeps the rooms that it was given.
    for (const each of older) this.kickConnection(each);
    return connection;
  }

  logOut(connection: ModelConnection): void {
    this.connections.splice(this.connections.indexOf(connection), 1);
    if (this.of(connection.user).length === 0) this.#given.delete(connection.user);
  }

  kick(user: number): void {
    for (const connection of this.of(user)) this.kickConnection(connection);
  }

  kickConnection(connection: ModelConnection): void {
    expectPush(connection, 'kickout', 'kickout');
    this.logOut(connection);
    this.ended.push(connection);
  }

  // Rooms

  givenTo(user: number): ReadonlySet<number> {
    return this.#given.get(user) ?? new Set();
  }

  roomsOf(user: number): Set<number> {
    const entered = this.of(user).flatMap((connection) => [...connection.entered]);
    return new Set([...this.givenTo(user), ...entered]);
  }

  isIn(connection: ModelConnection, room: number): boolean {
    return connection.entered.has(room) || this.givenTo(connection.user).has(room);
  }

  usersIn(room: number): Set<number> {
    const present = this.connections.filter((connection) => this.isIn(connection, room));
    const given = [...this.#given].filter(([, rooms]) => rooms.has(room)).map(([user]) => user);
    return new Set([...given, ...present.map(({ user }) => user)]);
  }

  enterCode(user: number, rooms: readonly number[]): number {
    if (this.settings.singleRoom) return 0;
    const current = this.roomsOf(user);
    const added = new Set(rooms.filter((room) => !current.has(room))).size;
    return added > 0 && current.size + added > (this.settings.roomsPerUserMax ?? ROOMS_MAX) ? 200_047 : 0;
  }

  enter(connection: ModelConnection, rooms: readonly number[]): void {
    for (const room of this.#leaveForSingle(connection.user, rooms)) connection.entered.add(room);
  }

  give(user: number, rooms: readonly number[]): void {
    this.#given.set(user, new Set([...this.#leaveForSingle(user, rooms), ...this.givenTo(user)]));
  }

  /** The back end takes a user out of a room. */
  take(user: number, room: number): void {
    for (const connection of this.of(user)) {
      if (this.isIn(connection, room)) expectPush(connection, 'kickoutroom', `kickoutroom ${room}`);
    }
    this.#out(user, room);
  }

  leave(connection: ModelConnection, room: number): void {
    connection.entered.delete(room);
    this.#given.get(connection.user)?.delete(room);
  }

  /** @returns the rooms to enter. */
  #leaveForSingle(user: number, rooms: readonly number[]): readonly number[] {
    if (!this.settings.singleRoom) return rooms;
    const room = rooms.at(-1)!;
    for (const old of this.roomsOf(user)) if (old !== room) this.#out(user, old);
    return [room];
  }

  #out(user: number, room: number): void {
    this.#given.get(user)?.delete(room);
    for (const connection of this.of(user)) connection.entered.delete(room);
  }

  // Groups

  membersOf(group: number): Set<number> {
    let members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, (members = new Set()));
    return members;
  }

  // Bans

  isBanned(kind: BanKind, user: number, place: number): boolean {
    const until = (where: number) => this.#bans.get(`${kind} ${user} ${where}`) ?? 0;
    return until(place) > this.now || until(EVERYWHERE) > this.now;
  }

  /** @param seconds - 0: for ever. */
  ban(kind: BanKind, user: number, place: number, seconds: number): void {
    this.#bans.set(`${kind} ${user} ${place}`, seconds === 0 ? Number.POSITIVE_INFINITY : this.now + seconds);
    if (kind === 'login') this.kick(user);
  }

  /** Without a place every ban of the kind ends. */
  unban(kind: BanKind, user: number, place: number): void {
    for (const name of [...this.#bans.keys()]) {
      if (name === `${kind} ${user} ${place}`) this.#bans.delete(name);
      if (place === EVERYWHERE && name.startsWith(`${kind} ${user} `)) this.#bans.delete(name);
    }
  }

  // Messages

  sendCode({ from, connection, target }: Send): number {
    const isMuted = this.isBanned('project', from, EVERYWHERE);
    const byClient = connection !== undefined;
    switch (target.kind) {
      case 'broadcast':
        return isMuted ? 200_062 : 0;
      case 'group':
        if (isMuted || this.isBanned('group', from, target.id)) return 200_044;
        if (!byClient && !this.settings.requiresGroupMembership) return 0;
        return this.membersOf(target.id).has(from) ? 0 : 200_041;
      case 'room':
        if (isMuted || this.isBanned('room', from, target.id)) return 200_045;
        if (connection !== undefined) return this.isIn(connection, target.id) ? 0 : 200_040;
        return !this.settings.requiresRoomMembership || this.roomsOf(from).has(target.id) ? 0 : 200_040;
      default: {
        if (isMuted) return 200_062;
        const tos = target.kind === 'user' ? [target.to] : target.tos;
        if (tos.includes(from)) return 200_052;
        const blockable = byClient || this.settings.enforcesBlacklist;
        return blockable && tos.some((to) => this.blocks.has(`${to} ${from}`)) ? 200_049 : 0;
      }
    }
  }

  /** A message was accepted: who is online and may have it gets it. */
  accept(send: Send, mtime: number): void {
    for (const entry of this.copies(send, mtime)) this.acceptCopy(entry);
  }

  /** The copies of a message, one for each of its conversations. */
  copies(send: Send, mtime: number): Entry[] {
    return targetsOf(send.target).map((target) => ({ send, target, mtime, sentAt: this.now, isRemoved: false }));
  }

  acceptCopy(entry: Entry): void {
    const { send, target } = entry;
    const name = conversationOf(send.from, target);
    if (this.isStored(send.mtype)) this.conversations.set(name, [...(this.conversations.get(name) ?? []), entry]);
    for (const connection of this.#receivers(send.from, target)) {
      if (connection !== send.connection) expectPush(connection, name, describe(entry));
    }
  }

  isStored(mtype: number): boolean {
    return this.settings.storedMtypes?.includes(mtype) ?? true;
  }

  recallCode(entry: Entry, by: ModelConnection | undefined): number {
    const { target, send } = entry;
    if (by !== undefined) {
      if (target.kind === 'group' && !this.membersOf(target.id).has(by.user)) return 200_041;
      if (target.kind === 'room' && !this.isIn(by, target.id)) return 200_040;
      if (by.user !== send.from) return 200_021;
    }
    return entry.isRemoved ? 200_070 : 0;
  }

  #receivers(from: number, target: Entry['target']): ModelConnection[] {
    return this.connections.filter((connection) => {
      if (target.kind === 'user') return connection.user === target.to || connection.user === from;
      if (target.kind === 'group') return this.membersOf(target.id).has(connection.user);
      return target.kind === 'broadcast' || this.isIn(connection, target.id);
    });
  }
}

export function conversationOf(from: number, target: Entry['target']): string {
  switch (target.kind) {
    case 'user':
      return `p2p ${Math.min(from, target.to)} ${Math.max(from, target.to)}`;
    case 'broadcast':
      return 'broadcast';
    default:
      return `${target.kind} ${target.id}`;
  }
}

/** A push, or a message in history, in a form that two sides can be compared in. */
export function describe({ send, target, mtime }: Pick<Entry, 'send' | 'target' | 'mtime'>): string {
  const to = target.kind === 'user' ? target.to : target.kind === 'broadcast' ? '' : target.id;
  return `${target.kind} ${to} from ${send.from}: mid ${send.mid}, mtype ${send.mtype}, "${send.text}" at ${mtime}`;
}

function expectPush(connection: ModelConnection, conversation: string, push: string): void {
  connection.expected.set(conversation, [...(connection.expected.get(conversation) ?? []), push]);
}

function targetsOf(target: Target): Entry['target'][] {
  if (target.kind !== 'users') return [target];
  return [...new Set(target.tos)].map((to) => ({ kind: 'user', to }));
}
