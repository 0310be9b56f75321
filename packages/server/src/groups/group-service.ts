import { ERROR_CODES, RtmError } from '@parley/contract';
import type { BanRegister } from '../bans/ban-register.ts';
import { KeyedTurns } from '../bans/keyed-turns.ts';
import type { Project } from '../projects/project-settings.ts';
import type { Audiences } from '../sessions/audiences.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Database } from '../storage/database.ts';
import {
  addGroupMembers,
  clearGroups,
  countGroupMembers,
  countGroups,
  dissolveGroup,
  groupsOfUsers,
  isGroupMember,
  listGroupMembers,
  lockGroup,
  removeGroupMembers,
} from '../storage/group-store.ts';
import { getInfo, getPublicInfos, type Info, type InfoChange, setInfo } from '../storage/info-store.ts';

/** A project whose groups change all the time must not keep a user from logging in. */
const LOGIN_TRIES_MAX = 5;

/**
 * Groups: lasting membership, infos and bans. A group appears with its first member and is gone with its last. Its info
 * goes when it is dissolved; its messages and bans stay.
 */
export class GroupService {
  readonly #db: Database;
  readonly #groupsOf: (project: number, uid: bigint) => Promise<bigint[]>;
  readonly #sessions: SessionDirectory;
  readonly #audiences: Audiences;
  readonly #bans: BanRegister;
  /** Changes of one group follow each other, or audiences could end with another state than the database. */
  readonly #turns = new KeyedTurns();
  /** How often somebody was taken out of a group. */
  #changes = 0;

  constructor(parts: { db: Database; sessions: SessionDirectory; audiences: Audiences; bans: BanRegister }) {
    this.#db = parts.db;
    this.#groupsOf = groupsOfUsers(parts.db);
    this.#sessions = parts.sessions;
    this.#audiences = parts.audiences;
    this.#bans = parts.bans;
  }

  /** Lets a new connection hear the groups of its user. */
  async handleLogin(session: Session): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const changesBefore = this.#changes;
      const gids = await this.groupsOf(session.project, session.uid);
      // A removal meanwhile found nothing to silence; what was read may be from before it.
      if (changesBefore !== this.#changes && tries < LOGIN_TRIES_MAX) continue;
      for (const gid of gids) this.#audiences.join('group', gid, session);
      return;
    }
  }

  /**
   * Adds users to a group, all of them or none; who is a member stays one.
   *
   * @throws RtmError 200042 when the group, or the project, would have more than its limit.
   */
  async addMembers(project: Project, gid: bigint, uids: readonly bigint[]): Promise<void> {
    await this.#inTurn(project, gid, async () => {
      await this.#addMembers(project, gid, uids);
      for (const session of this.#online(project, uids)) this.#audiences.join('group', gid, session);
    });
  }

  async #addMembers(project: Project, gid: bigint, uids: readonly bigint[]): Promise<void> {
    const { groupMembersMax, groupsPerProjectMax } = project.settings.limits;
    await this.#db.transaction(async (tx) => {
      const isNew = (await lockGroup(tx, project.pid, gid)) === 0;
      if (isNew && (await countGroups(tx, project.pid)) > groupsPerProjectMax) {
        throw new RtmError(
          ERROR_CODES.maxGroupMemberCount,
          `gid: the project has ${groupsPerProjectMax} groups; no more are allowed`,
        );
      }
      const members = await addGroupMembers(tx, project.pid, gid, uids);
      if (members > groupMembersMax) {
        throw new RtmError(
          ERROR_CODES.maxGroupMemberCount,
          `uids: group ${gid} would have ${members} members; at most ${groupMembersMax} are allowed`,
        );
      }
    });
  }

  removeMembers(project: Project, gid: bigint, uids: readonly bigint[]): Promise<void> {
    return this.#inTurn(project, gid, async () => {
      await this.#db.transaction((tx) => removeGroupMembers(tx, project.pid, gid, uids));
      this.#changes += 1;
      for (const session of this.#online(project, uids)) this.#audiences.leave('group', gid, session);
    });
  }

  /** Takes every member out and removes the info. The group's messages and bans stay. */
  dissolve(project: Project, gid: bigint): Promise<void> {
    return this.#inTurn(project, gid, async () => {
      await this.#db.transaction((tx) => dissolveGroup(tx, project.pid, gid));
      this.#silence(project, gid);
    });
  }

  /** Dissolves every group of the project. */
  async dissolveAll(project: Project): Promise<void> {
    const gids = await this.#db.transaction((tx) => clearGroups(tx, project.pid));
    for (const gid of gids) this.#silence(project, gid);
  }

  members(project: Project, gid: bigint): Promise<bigint[]> {
    return listGroupMembers(this.#db, project.pid, gid);
  }

  memberCount(project: Project, gid: bigint): Promise<number> {
    return countGroupMembers(this.#db, project.pid, gid);
  }

  isMember(project: Project, gid: bigint, uid: bigint): Promise<boolean> {
    return isGroupMember(this.#db, project.pid, gid, uid);
  }

  groupsOf(project: Project, uid: bigint): Promise<bigint[]> {
    return this.#groupsOf(project.pid, uid);
  }

  /** Public and private info; empty when never set. */
  info(project: Project, gid: bigint): Promise<Info> {
    return getInfo(this.#db, 'group', project.pid, gid);
  }

  /** The public info of every group asked for; empty when never set. */
  publicInfos(project: Project, gids: readonly bigint[]): Promise<Map<bigint, Uint8Array>> {
    return getPublicInfos(this.#db, 'group', project.pid, gids);
  }

  /** Sets what is given; an absent field keeps its value. The group may be empty. */
  setInfo(project: Project, gid: bigint, change: InfoChange): Promise<void> {
    return setInfo(this.#db, 'group', project.pid, gid, change);
  }

  /** @param gid - Undefined: all groups. @param seconds - 0 or less: for ever. */
  ban(project: Project, gid: bigint | undefined, uid: bigint, seconds: number): Promise<void> {
    return this.#bans.add(project.pid, uid, seconds, gid);
  }

  /** @param gid - Undefined: every ban of the user. */
  unban(project: Project, gid: bigint | undefined, uid: bigint): Promise<void> {
    return this.#bans.remove(project.pid, uid, gid);
  }

  isBanned(project: Project, gid: bigint, uid: bigint): boolean {
    return this.#bans.has(project.pid, uid, gid);
  }

  /** Nobody hears the group any more. */
  #inTurn<T>({ pid }: Project, gid: bigint, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(`${pid}:${gid}`, work);
  }

  #silence({ pid }: Project, gid: bigint): void {
    this.#changes += 1;
    for (const session of [...this.#audiences.members('group', pid, gid)]) this.#audiences.leave('group', gid, session);
  }

  *#online({ pid }: Project, uids: readonly bigint[]): Iterable<Session> {
    for (const uid of uids) yield* this.#sessions.of(pid, uid);
  }
}
