import type { Session } from './session.ts';

/** Learns when users come and go. Called in the order of registration, within the call that caused it. */
export type SessionListener = {
  /** @param isFirst - The user was offline before. */
  onLogin?(session: Session, isFirst: boolean): void;
  /** @param isLast - The user is offline now. */
  onLogout?(session: Session, isLast: boolean): void;
};

const NONE: ReadonlySet<Session> = new Set();

/** Who is online: the logged-in connections of this process, by project and user. */
export class SessionDirectory {
  readonly #projects = new Map<number, Map<bigint, Set<Session>>>();
  readonly #listeners: SessionListener[] = [];
  #count = 0;

  /** All sessions. */
  get count(): number {
    return this.#count;
  }

  listen(listener: SessionListener): void {
    this.#listeners.push(listener);
  }

  add(session: Session): void {
    const { pid } = session.project;
    let users = this.#projects.get(pid);
    if (users === undefined) {
      users = new Map();
      this.#projects.set(pid, users);
    }
    let sessions = users.get(session.uid);
    const isFirst = sessions === undefined;
    if (sessions === undefined) {
      sessions = new Set();
      users.set(session.uid, sessions);
    }
    sessions.add(session);
    this.#count += 1;
    for (const listener of this.#listeners) listener.onLogin?.(session, isFirst);
  }

  /** Does nothing for a session that is not in. */
  remove(session: Session): void {
    const users = this.#projects.get(session.project.pid);
    const sessions = users?.get(session.uid);
    if (users === undefined || sessions === undefined || !sessions.delete(session)) return;
    this.#count -= 1;
    const isLast = sessions.size === 0;
    if (isLast) users.delete(session.uid);
    if (users.size === 0) this.#projects.delete(session.project.pid);
    for (const listener of this.#listeners) listener.onLogout?.(session, isLast);
  }

  isOnline(pid: number, uid: bigint): boolean {
    return this.#projects.get(pid)?.has(uid) ?? false;
  }

  /** The sessions of a user, none when offline. */
  of(pid: number, uid: bigint): ReadonlySet<Session> {
    return this.#projects.get(pid)?.get(uid) ?? NONE;
  }

  /** Every session of a project. */
  *inProject(pid: number): Iterable<Session> {
    for (const sessions of this.#projects.get(pid)?.values() ?? []) yield* sessions;
  }

  *all(): Iterable<Session> {
    for (const pid of this.#projects.keys()) yield* this.inProject(pid);
  }
}
