import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Database } from '../storage/database.ts';
import { UserListStore } from '../storage/user-list-store.ts';
import { lockUsers } from '../storage/user-lock.ts';

/** Who is friends with whom. Friendship is mutual: adding and removing count for both sides at once. */
export class FriendService {
  readonly #db: Database;
  readonly #friends: UserListStore;

  constructor(parts: { db: Database }) {
    this.#db = parts.db;
    this.#friends = new UserListStore(parts.db, 'friends');
  }

  /**
   * Makes users friends of one, all of them or none. Who is a friend stays one; nobody becomes a friend of itself.
   *
   * @throws RtmError 200048 when the user, or one of the others, would have more friends than allowed.
   */
  async add(project: Project, uid: bigint, friends: readonly bigint[]): Promise<void> {
    const { uids, others } = bothWays(uid, friends);
    const { friendsMax } = project.settings.limits;
    await this.#db.transaction(async (tx) => {
      await lockUsers(tx, project.pid, [uid, ...friends]);
      for (const [owner, size] of await this.#friends.add(tx, project.pid, uids, others)) {
        if (size <= friendsMax) continue;
        throw new RtmError(
          ERROR_CODES.maxFriendCount,
          `friends: user ${owner} would have ${size} friends; at most ${friendsMax} are allowed`,
        );
      }
    });
  }

  /** Ends friendships; who was no friend is passed over. */
  async remove(project: Project, uid: bigint, friends: readonly bigint[]): Promise<void> {
    const { uids, others } = bothWays(uid, friends);
    await this.#db.transaction(async (tx) => {
      await lockUsers(tx, project.pid, [uid, ...friends]);
      await this.#friends.remove(tx, project.pid, uids, others);
    });
  }

  list(project: Project, uid: bigint): Promise<bigint[]> {
    return this.#friends.list(project.pid, uid);
  }

  areFriends({ pid: project }: Project, uid: bigint, other: bigint): Promise<boolean> {
    return this.#friends.has({ project, uid: other, other: uid });
  }

  /** Those of `others` that are friends of the user. */
  friendsAmong(project: Project, uid: bigint, others: readonly bigint[]): Promise<bigint[]> {
    return this.#friends.ownersAmong(project.pid, uid, others);
  }
}

/** Each friendship from both sides. */
function bothWays(uid: bigint, friends: readonly bigint[]): { uids: bigint[]; others: bigint[] } {
  const others = [...new Set(friends)].filter((friend) => friend !== uid);
  const same = others.map(() => uid);
  return { uids: [...same, ...others], others: [...others, ...same] };
}
