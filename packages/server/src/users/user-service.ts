import type { Bans } from '../bans/bans.ts';
import type { Project } from '../projects/project-settings.ts';
import { kickOut } from '../sessions/kick-out.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Database } from '../storage/database.ts';
import { getInfo, getPublicInfos, type Info, type InfoChange, setInfo } from '../storage/info-store.ts';

/** Learns of users who were logged out by the server API. */
export type UserListener = { onKickedOut?(project: Project, uid: bigint): void };

/** Users as such: infos, who is online, and who is kept from logging in or from speaking. A uid needs no creation. */
export class UserService {
  readonly #db: Database;
  readonly #bans: Bans;
  readonly #sessions: SessionDirectory;
  readonly #listeners: UserListener[] = [];

  constructor(parts: { db: Database; bans: Bans; sessions: SessionDirectory }) {
    this.#db = parts.db;
    this.#bans = parts.bans;
    this.#sessions = parts.sessions;
  }

  listen(listener: UserListener): void {
    this.#listeners.push(listener);
  }

  /** Public and private info; empty when never set. */
  info(project: Project, uid: bigint): Promise<Info> {
    return getInfo(this.#db, 'user', project.pid, uid);
  }

  /** Sets what is given; an absent field keeps its value. */
  setInfo(project: Project, uid: bigint, change: InfoChange): Promise<void> {
    return setInfo(this.#db, 'user', project.pid, uid, change);
  }

  /** The public info of every user asked for; empty when never set. */
  publicInfos(project: Project, uids: readonly bigint[]): Promise<Map<bigint, Uint8Array>> {
    return getPublicInfos(this.#db, 'user', project.pid, uids);
  }

  /** Those of `uids` that are online, each once. */
  onlineAmong(project: Project, uids: readonly bigint[]): bigint[] {
    return [...new Set(uids)].filter((uid) => this.#sessions.isOnline(project.pid, uid));
  }

  /** Tells the connections of a user that they end, so that their SDKs do not log in again, and closes them. */
  kickOut(project: Project, uid: bigint): void {
    for (const listener of this.#listeners) listener.onKickedOut?.(project, uid);
    for (const session of [...this.#sessions.of(project.pid, uid)]) kickOut(session);
  }

  /** Keeps a user from logging in, and ends its connections. @param seconds - 0 or less: for ever. */
  async blockLogin(project: Project, uid: bigint, seconds: number): Promise<void> {
    await this.#bans.login.add(project.pid, uid, seconds);
    this.kickOut(project, uid);
  }

  unblockLogin(project: Project, uid: bigint): Promise<void> {
    return this.#bans.login.remove(project.pid, uid);
  }

  isLoginBlocked(project: Project, uid: bigint): boolean {
    return this.#bans.login.has(project.pid, uid);
  }

  /** Keeps a user from sending anything to anybody. @param seconds - 0 or less: for ever. */
  mute(project: Project, uid: bigint, seconds: number): Promise<void> {
    return this.#bans.project.add(project.pid, uid, seconds);
  }

  unmute(project: Project, uid: bigint): Promise<void> {
    return this.#bans.project.remove(project.pid, uid);
  }

  isMuted(project: Project, uid: bigint): boolean {
    return this.#bans.project.has(project.pid, uid);
  }
}
