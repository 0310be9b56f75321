import { ERROR_CODES, type ErrorCode, type Gate, RtmError } from '@parley/contract';
import type { BlacklistService } from '../friends/blacklist-service.ts';
import type { FriendService } from '../friends/friend-service.ts';
import type { GroupService } from '../groups/group-service.ts';
import type { Project } from '../projects/project-settings.ts';
import type { RoomService } from '../rooms/room-service.ts';
import type { UserService } from '../users/user-service.ts';

/** Who sends, and from where. Clients are held to membership and blacklists whatever the project asks of back ends. */
export type Sender = {
  from: bigint;
  gate: Gate;
  /** The connection of a client, for which rooms are asked. */
  sessionId?: string | undefined;
};

/**
 * Whether a message may go. Undefined: it may, and nothing had to be looked up, as for nearly all messages. A promise
 * resolves when it may and rejects with the refusal.
 */
export type Verdict = Promise<void> | undefined;

type Dependencies = {
  users: UserService;
  friends: FriendService;
  blacklists: BlacklistService;
  groups: GroupService;
  rooms: RoomService;
};

/**
 * Who may send what to whom. Nothing is remembered here: what changed before a message came counts for it.
 *
 * A user who is muted in the whole project gets the code of the place, which apps know to show: 200044 in groups and
 * 200045 in rooms; elsewhere 200062, the one code for a user who is blocked without regard to the receiver.
 */
export class SendRules {
  readonly #parts: Dependencies;

  constructor(parts: Dependencies) {
    this.#parts = parts;
  }

  /**
   * To users, all of them or none.
   *
   * @returns 200062 for a muted sender, 200052 for one who is among the receivers, 200049 when a receiver blocks the
   * sender, 200043 when the project asks for friendship.
   */
  checkUsers(project: Project, { from, gate }: Sender, tos: readonly bigint[]): Verdict {
    if (this.#parts.users.isMuted(project, from)) return muted(ERROR_CODES.blockUser, nameOf(tos), from);
    if (tos.includes(from)) return refuse(ERROR_CODES.sendToSelf, `${nameOf(tos)}: a user cannot send to itself`);
    const { enforcesBlacklist, requiresFriendship } = project.settings;
    const countsBlacklist = gate === 'client' || enforcesBlacklist;
    return countsBlacklist || requiresFriendship
      ? this.#checkRelations(project, from, tos, countsBlacklist)
      : undefined;
  }

  /** To a group. @returns 200044 for a sender who is banned there, 200041 for one who is no member. */
  checkGroup(project: Project, { from, gate }: Sender, gid: bigint): Verdict {
    const { users, groups } = this.#parts;
    if (users.isMuted(project, from)) return muted(ERROR_CODES.bannedInGroup, 'gid', from);
    if (groups.isBanned(project, gid, from)) {
      return refuse(ERROR_CODES.bannedInGroup, `gid: user ${from} is banned in group ${gid}`);
    }
    if (gate === 'server' && !project.settings.requiresGroupMembership) return undefined;
    return groups.isMember(project, gid, from).then((isMember) => {
      if (isMember) return;
      throw new RtmError(ERROR_CODES.notGroupMember, `gid: user ${from} is not a member of group ${gid}`);
    });
  }

  /**
   * To a room. A client has to be in with the connection that sends, since rooms belong to connections.
   *
   * @returns 200045 for a sender who is banned there, 200040 for one who is not in.
   */
  checkRoom(project: Project, { from, gate, sessionId }: Sender, rid: bigint): Verdict {
    const { users, rooms } = this.#parts;
    if (users.isMuted(project, from)) return muted(ERROR_CODES.bannedInRoom, 'rid', from);
    if (rooms.isBanned(project, rid, from)) {
      return refuse(ERROR_CODES.bannedInRoom, `rid: user ${from} is banned in room ${rid}`);
    }
    const sentence = `rid: user ${from} is not in room ${rid}`;
    if (gate === 'client') {
      return rooms.isInBy(project, rid, from, sessionId) ? undefined : refuse(ERROR_CODES.notInRoom, sentence);
    }
    if (!project.settings.requiresRoomMembership) return undefined;
    return rooms.isMember(project, rid, from).then((isMember) => {
      if (!isMember) throw new RtmError(ERROR_CODES.notInRoom, sentence);
    });
  }

  /** To everybody. @returns 200062 for a muted sender, 200026 when only others may broadcast. */
  checkBroadcast(project: Project, { from }: Sender): Verdict {
    if (this.#parts.users.isMuted(project, from)) return muted(ERROR_CODES.blockUser, 'from', from);
    const admins = project.settings.broadcastAdminUids;
    if (admins === null || admins.includes(String(from))) return undefined;
    return refuse(ERROR_CODES.adminOnly, `from: user ${from} may not broadcast in this project`);
  }

  async #checkRelations(
    project: Project,
    from: bigint,
    tos: readonly bigint[],
    countsBlacklist: boolean,
  ): Promise<void> {
    const blocker = countsBlacklist ? await this.#blocker(project, from, tos) : undefined;
    if (blocker !== undefined) {
      throw new RtmError(ERROR_CODES.blockedUser, `${nameOf(tos)}: user ${blocker} has blocked user ${from}`);
    }
    const stranger = project.settings.requiresFriendship ? await this.#stranger(project, from, tos) : undefined;
    if (stranger !== undefined) {
      throw new RtmError(ERROR_CODES.notFriend, `${nameOf(tos)}: user ${from} is not a friend of user ${stranger}`);
    }
  }

  /** A receiver who blocks the sender. */
  async #blocker(project: Project, from: bigint, tos: readonly bigint[]): Promise<bigint | undefined> {
    const { blacklists } = this.#parts;
    if (tos.length > 1) return (await blacklists.blockersAmong(project, from, tos))[0];
    return (await blacklists.isBlocked(project, from, tos[0]!)) ? tos[0] : undefined;
  }

  /** A receiver who is no friend of the sender. */
  async #stranger(project: Project, from: bigint, tos: readonly bigint[]): Promise<bigint | undefined> {
    const { friends } = this.#parts;
    if (tos.length === 1) return (await friends.areFriends(project, from, tos[0]!)) ? undefined : tos[0];
    const found = new Set(await friends.friendsAmong(project, from, tos));
    return tos.find((to) => !found.has(to));
  }
}

/** The parameter that names the receivers; the sender is none on the client gate. */
function nameOf(tos: readonly bigint[]): string {
  return tos.length === 1 ? 'to' : 'tos';
}

function muted(code: ErrorCode, param: string, from: bigint): Verdict {
  return refuse(code, `${param}: user ${from} is muted in the whole project`);
}

function refuse(code: ErrorCode, sentence: string): Verdict {
  return Promise.reject(new RtmError(code, sentence));
}
