import { ERROR_CODES, RtmError } from '@parley/contract';
import type { BanRegister } from '../bans/ban-register.ts';
import { KeyedTurns } from '../bans/keyed-turns.ts';
import type { Project } from '../projects/project-settings.ts';
import type { Session } from '../sessions/session.ts';
import type { Database } from '../storage/database.ts';
import { getInfo, getPublicInfos, type Info, type InfoChange, setInfo } from '../storage/info-store.ts';
import {
  changeRoomsOfUser,
  countRoomMembers,
  isRoomMember,
  listRoomMembers,
  removeRoomMembers,
  roomsOfUsers,
} from '../storage/room-store.ts';
import type { RoomLeaveCause, RoomListener } from './room-listener.ts';
import type { RoomPresence } from './room-presence.ts';

/**
 * Rooms: members, infos and bans. A room needs no creation; its info, bans and history are kept by its id whether or
 * not anybody is in. A user is in a room because the server API put the user in (stored; an offline user has it at the
 * next login, and it ends with the user's last connection), or because a connection entered (until that ends).
 *
 * A room that is given while the last connection ends either was in force for that one, and ends with it, or was not, and
 * then waits for the next login.
 */
export class RoomService {
  readonly #db: Database;
  readonly #bans: BanRegister;
  readonly #presence: RoomPresence;
  readonly #listeners: RoomListener[] = [];
  /** Changes of one user's rooms follow each other, or presence could end with another state than the database. */
  readonly #turns = new KeyedTurns();
  readonly #storedRoomsOf: (project: number, uid: bigint) => Promise<bigint[]>;

  constructor(parts: { db: Database; bans: BanRegister; presence: RoomPresence }) {
    this.#db = parts.db;
    this.#storedRoomsOf = roomsOfUsers(parts.db);
    this.#bans = parts.bans;
    this.#presence = parts.presence;
  }

  listen(listener: RoomListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Puts a user into rooms, all of them or none.
   *
   * @throws RtmError 200047 when the user would be in more rooms than the project allows. In a project with single
   * rooms the user leaves the old room instead, and the last of `rids` counts.
   */
  enter(project: Project, uid: bigint, rids: readonly bigint[]): Promise<void> {
    return this.#turns.run(turnOf(project, uid), () => this.#enter(project, uid, rids));
  }

  async #enter(project: Project, uid: bigint, rids: readonly bigint[]): Promise<void> {
    let left: readonly bigint[] = [];
    let entered: readonly bigint[] = [];
    await this.#db.transaction((tx) =>
      changeRoomsOfUser(tx, project.pid, uid, (stored) => {
        const current = new Set([...stored, ...this.#presence.roomsOf(project.pid, uid)]);
        const change = changeOfRooms(project, uid, current, rids);
        left = change.leave;
        entered = change.enter;
        return { leave: left, enter: entered.filter((rid) => !stored.has(rid)) };
      }),
    );
    for (const rid of left) this.#take(project, uid, rid);
    this.#presence.give(project.pid, uid, entered);
    const present = this.#presence.roomsOf(project.pid, uid);
    for (const rid of entered) if (present.has(rid)) this.#tellEntered(project, rid, uid);
  }

  /** Puts users into a room. @returns those who are in it now; users in too many rooms are left out. */
  async enterAll(project: Project, rid: bigint, uids: readonly bigint[]): Promise<bigint[]> {
    const entered: bigint[] = [];
    for (const uid of new Set(uids)) {
      try {
        await this.enter(project, uid, [rid]);
        entered.push(uid);
      } catch (error) {
        if (!(error instanceof RtmError) || error.code !== ERROR_CODES.maxRoomCount) throw error;
      }
    }
    return entered;
  }

  /** Takes users out of rooms with every connection, and tells those; who was not in stays out. */
  leave(project: Project, rids: readonly bigint[], uids: readonly bigint[]): Promise<void> {
    const turns = uids.map((uid) => turnOf(project, uid));
    return this.#turns.runAll(turns, async () => {
      await removeRoomMembers(this.#db, project.pid, rids, uids);
      for (const uid of uids) {
        for (const rid of rids) {
          for (const session of this.#take(project, uid, rid)) session.peer.notify('kickoutroom', { rid });
        }
      }
    });
  }

  /** A connection enters rooms, all of them or none. @throws RtmError as `enter`. */
  enterWith(session: Session, rids: readonly bigint[]): Promise<void> {
    const { project, uid } = session;
    return this.#turns.run(turnOf(project, uid), async () => {
      const { leave, enter } = changeOfRooms(project, uid, this.#presence.roomsOf(project.pid, uid), rids);
      if (leave.length > 0) await removeRoomMembers(this.#db, project.pid, leave, [uid]);
      for (const rid of leave) this.#take(project, uid, rid);
      for (const rid of enter) this.#presence.enter(session, rid);
      const present = this.#presence.roomsOf(project.pid, uid);
      for (const rid of enter) if (present.has(rid)) this.#tellEntered(project, rid, uid);
    });
  }

  /** A connection leaves a room; what the server API gave the user there ends with it. */
  leaveWith(session: Session, rid: bigint): Promise<void> {
    const { project, uid } = session;
    return this.#turns.run(turnOf(project, uid), async () => {
      this.#presence.leave(session, rid);
      await removeRoomMembers(this.#db, project.pid, [rid], [uid]);
      this.#presence.takeGiven(project.pid, uid, rid);
      this.#tellIfLeft(project, [rid], uid, 'left');
    });
  }

  /** Lets a new connection into the rooms that the server API gave to its user. */
  handleLogin(session: Session): Promise<void> {
    const { project, uid } = session;
    return this.#turns.run(turnOf(project, uid), async () => {
      this.#presence.give(project.pid, uid, await this.#storedRoomsOf(project.pid, uid));
      this.#presence.join(session);
      for (const rid of this.#presence.roomsOfSession(session)) this.#tellEntered(project, rid, uid);
    });
  }

  /** Ends what was bound to a connection, and to the user with the last one. */
  async handleLogout(session: Session, isLast: boolean): Promise<void> {
    const { project, uid } = session;
    const rids = this.#presence.roomsOfSession(session);
    const ended = this.#presence.forget(session, isLast);
    this.#tellIfLeft(project, rids, uid, 'lost');
    if (ended.length === 0) return;
    await this.#turns.run(turnOf(project, uid), () => removeRoomMembers(this.#db, project.pid, ended, [uid]));
  }

  async members(project: Project, rid: bigint): Promise<bigint[]> {
    const stored = await listRoomMembers(this.#db, project.pid, rid);
    const present = this.#presence.usersIn(project.pid, rid);
    for (const uid of stored) present.delete(uid);
    return [...stored, ...present];
  }

  async isMember(project: Project, rid: bigint, uid: bigint): Promise<boolean> {
    if (this.#presence.roomsOf(project.pid, uid).has(rid)) return true;
    return isRoomMember(this.#db, project.pid, rid, uid);
  }

  /** The rooms that a connection is in. */
  roomsOf(session: Session): bigint[] {
    return [...this.#presence.roomsOfSession(session)];
  }

  /** True when this connection is in the room. */
  isIn(session: Session, rid: bigint): boolean {
    return this.#presence.isIn(session, rid);
  }

  /** True when this connection of the user is in the room, or any of them when this one has ended, as under a slow upload. */
  isInBy({ pid }: Project, rid: bigint, uid: bigint, sessionId: string | undefined): boolean {
    return this.#presence.isInBy(pid, rid, uid, sessionId);
  }

  /** The member count of every room asked for, 0 for unknown ones. */
  async counts(project: Project, rids: readonly bigint[]): Promise<Map<bigint, number>> {
    const counts = await countRoomMembers(this.#db, project.pid, rids);
    const withPresent = async (rid: bigint): Promise<[bigint, number]> => {
      // Who is online may be stored as well; only then the names are needed.
      const isAnyPresent = this.#presence.usersIn(project.pid, rid).size > 0;
      return [rid, isAnyPresent ? (await this.members(project, rid)).length : (counts.get(rid) ?? 0)];
    };
    return new Map(await Promise.all(rids.map(withPresent)));
  }

  /** Public and private info; empty when never set. */
  info(project: Project, rid: bigint): Promise<Info> {
    return getInfo(this.#db, 'room', project.pid, rid);
  }

  /** The public info of every room asked for; empty when never set. */
  publicInfos(project: Project, rids: readonly bigint[]): Promise<Map<bigint, Uint8Array>> {
    return getPublicInfos(this.#db, 'room', project.pid, rids);
  }

  /** Sets what is given; an absent field keeps its value. */
  setInfo(project: Project, rid: bigint, change: InfoChange): Promise<void> {
    return setInfo(this.#db, 'room', project.pid, rid, change);
  }

  /** @param rid - Undefined: all rooms. @param seconds - 0 or less: for ever. */
  async ban(project: Project, rid: bigint | undefined, uid: bigint, seconds: number): Promise<void> {
    await this.#bans.add(project.pid, uid, seconds, rid);
    for (const listener of this.#listeners) listener.onBanned?.(project, rid, uid);
  }

  /** @param rid - Undefined: every ban of the user. */
  unban(project: Project, rid: bigint | undefined, uid: bigint): Promise<void> {
    return this.#bans.remove(project.pid, uid, rid);
  }

  isBanned(project: Project, rid: bigint, uid: bigint): boolean {
    return this.#bans.has(project.pid, uid, rid);
  }

  /** True when a connection of the user is in the room. */
  isPresent(pid: number, rid: bigint, uid: bigint): boolean {
    return this.#presence.roomsOf(pid, uid).has(rid);
  }

  /** True when a connection of anybody is in the room. */
  isAnybodyIn(pid: number, rid: bigint): boolean {
    return this.#presence.usersIn(pid, rid).size > 0;
  }

  /** @returns the connections that were in. */
  #take(project: Project, uid: bigint, rid: bigint): Session[] {
    const left = this.#presence.take(project.pid, uid, rid);
    if (left.length > 0) this.#tellIfLeft(project, [rid], uid, 'removed');
    return left;
  }

  #tellEntered(project: Project, rid: bigint, uid: bigint): void {
    for (const listener of this.#listeners) listener.onEntered?.(project, rid, uid);
  }

  #tellIfLeft(project: Project, rids: Iterable<bigint>, uid: bigint, cause: RoomLeaveCause): void {
    const present = this.#presence.roomsOf(project.pid, uid);
    for (const rid of rids) {
      if (present.has(rid)) continue;
      for (const listener of this.#listeners) listener.onLeft?.(project, rid, uid, cause);
    }
  }
}

/** What entering `rids` changes for a user who is in `current`. @throws RtmError 200047. */
function changeOfRooms(
  project: Project,
  uid: bigint,
  current: ReadonlySet<bigint>,
  rids: readonly bigint[],
): { leave: bigint[]; enter: bigint[] } {
  if (project.settings.singleRoom) {
    const room = rids.at(-1)!;
    return { leave: [...current].filter((rid) => rid !== room), enter: [room] };
  }
  const added = [...new Set(rids)].filter((rid) => !current.has(rid));
  const roomsMax = project.settings.limits.roomsPerUserMax;
  if (added.length > 0 && current.size + added.length > roomsMax) {
    throw new RtmError(
      ERROR_CODES.maxRoomCount,
      `uid: user ${uid} is in ${current.size} rooms; at most ${roomsMax} are allowed`,
    );
  }
  return { leave: [], enter: [...new Set(rids)] };
}

function turnOf({ pid }: Project, uid: bigint): string {
  return `${pid}:${uid}`;
}
