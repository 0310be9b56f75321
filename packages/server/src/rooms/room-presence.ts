import type { Audiences } from '../sessions/audiences.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

const NONE: ReadonlySet<bigint> = new Set();

/**
 * Which rooms the connections of this process are in. A connection is in the rooms that it entered itself, until it
 * leaves or ends, and in those that the server API gave to its user.
 */
export class RoomPresence {
  readonly #sessions: SessionDirectory;
  readonly #audiences: Audiences;
  readonly #entered = new Map<Session, Set<bigint>>();
  readonly #given = new Map<string, Set<bigint>>();

  constructor(parts: { sessions: SessionDirectory; audiences: Audiences }) {
    this.#sessions = parts.sessions;
    this.#audiences = parts.audiences;
  }

  /** The rooms of a user who is online, from all connections. */
  roomsOf(pid: number, uid: bigint): Set<bigint> {
    const rooms = new Set(this.#givenTo(pid, uid));
    for (const session of this.#sessions.of(pid, uid)) {
      for (const rid of this.#entered.get(session) ?? NONE) rooms.add(rid);
    }
    return rooms;
  }

  /** The rooms that one connection is in. */
  roomsOfSession(session: Session): Set<bigint> {
    const rooms = new Set(this.#givenTo(session.project.pid, session.uid));
    for (const rid of this.#entered.get(session) ?? NONE) rooms.add(rid);
    return rooms;
  }

  /** The users with a connection in the room. */
  usersIn(pid: number, rid: bigint): Set<bigint> {
    const users = new Set<bigint>();
    for (const session of this.#audiences.members('room', pid, rid)) users.add(session.uid);
    return users;
  }

  isIn(session: Session, rid: bigint): boolean {
    return this.#audiences.members('room', session.project.pid, rid).has(session);
  }

  /** Whether a connection of a user is in the room; any of them when this one is not online. */
  isInBy(pid: number, rid: bigint, uid: bigint, sessionId: string | undefined): boolean {
    const sessions = this.#sessions.of(pid, uid);
    for (const session of sessions) if (session.id === sessionId) return this.isIn(session, rid);
    for (const session of sessions) if (this.isIn(session, rid)) return true;
    return false;
  }

  /** Of one connection: it entered by itself. One that has ended meanwhile stays out. */
  enter(session: Session, rid: bigint): void {
    if (!this.#sessions.of(session.project.pid, session.uid).has(session)) return;
    let rooms = this.#entered.get(session);
    if (rooms === undefined) {
      rooms = new Set();
      this.#entered.set(session, rooms);
    }
    rooms.add(rid);
    this.#audiences.join('room', rid, session);
  }

  /** Of one connection. It stays in when the server API gave the room to its user. */
  leave(session: Session, rid: bigint): void {
    this.#entered.get(session)?.delete(rid);
    if (!this.#givenTo(session.project.pid, session.uid).has(rid)) this.#audiences.leave('room', rid, session);
  }

  /** The server API put the user in; nothing to do while the user is offline. */
  give(pid: number, uid: bigint, rids: Iterable<bigint>): void {
    const sessions = this.#sessions.of(pid, uid);
    if (sessions.size === 0) return;
    const given = this.#given.get(nameOf(pid, uid)) ?? new Set();
    this.#given.set(nameOf(pid, uid), given);
    for (const rid of rids) {
      given.add(rid);
      for (const session of sessions) this.#audiences.join('room', rid, session);
    }
  }

  /** What was given is taken back; connections that entered by themselves stay in. */
  takeGiven(pid: number, uid: bigint, rid: bigint): void {
    if (!this.#given.get(nameOf(pid, uid))?.delete(rid)) return;
    for (const session of this.#sessions.of(pid, uid)) {
      if (!this.#entered.get(session)?.has(rid)) this.#audiences.leave('room', rid, session);
    }
  }

  /** The user is out of the room, with every connection. @returns the connections that were in. */
  take(pid: number, uid: bigint, rid: bigint): Session[] {
    this.#given.get(nameOf(pid, uid))?.delete(rid);
    const left: Session[] = [];
    for (const session of this.#sessions.of(pid, uid)) {
      if (this.isIn(session, rid)) left.push(session);
      this.#entered.get(session)?.delete(rid);
      this.#audiences.leave('room', rid, session);
    }
    return left;
  }

  /** A new connection of a user joins the rooms that the user was given. */
  join(session: Session): void {
    for (const rid of this.#givenTo(session.project.pid, session.uid)) this.#audiences.join('room', rid, session);
  }

  /** The connection has ended; with the last one of the user what was given ends too. @returns what so ended. */
  forget(session: Session, isLast: boolean): bigint[] {
    this.#entered.delete(session);
    this.#audiences.leaveAll(session);
    if (!isLast) return [];
    const { project, uid } = session;
    const given = [...this.#givenTo(project.pid, uid)];
    this.#given.delete(nameOf(project.pid, uid));
    return given;
  }

  #givenTo(pid: number, uid: bigint): ReadonlySet<bigint> {
    return this.#given.get(nameOf(pid, uid)) ?? NONE;
  }
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
