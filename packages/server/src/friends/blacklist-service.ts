import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Database } from '../storage/database.ts';
import { UserListStore } from '../storage/user-list-store.ts';
import { lockUsers } from '../storage/user-lock.ts';

/** Whose messages a user refuses. It counts one way: who is blocked cannot send to the user, the user still can. */
export class BlacklistService {
  readonly #db: Database;
  readonly #blacks: UserListStore;

  constructor(parts: { db: Database }) {
    this.#db = parts.db;
    this.#blacks = new UserListStore(parts.db, 'blacks');
  }

  /**
   * Lets a user block others, all of them or none; nobody blocks itself.
   *
   * @throws RtmError 200034 when the list would be too long.
   */
  async block(project: Project, uid: bigint, blacks: readonly bigint[]): Promise<void> {
    const { blacksMax } = project.settings.limits;
    const others = [...new Set(blacks)].filter((black) => black !== uid);
    await this.#db.transaction(async (tx) => {
      await lockUsers(tx, project.pid, [uid]);
      const sizes = await this.#blacks.add(
        tx,
        project.pid,
        others.map(() => uid),
        others,
      );
      const size = sizes.get(uid) ?? 0;
      if (size <= blacksMax) return;
      throw new RtmError(
        ERROR_CODES.invalidParameter,
        `blacks: user ${uid} would block ${size} users; at most ${blacksMax} are allowed`,
      );
    });
  }

  /** Who was not blocked is passed over. */
  unblock(project: Project, uid: bigint, blacks: readonly bigint[]): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await lockUsers(tx, project.pid, [uid]);
      await this.#blacks.remove(
        tx,
        project.pid,
        blacks.map(() => uid),
        blacks,
      );
    });
  }

  /** Whom the user blocks. */
  list(project: Project, uid: bigint): Promise<bigint[]> {
    return this.#blacks.list(project.pid, uid);
  }

  /** Whether `by` refuses what the user sends. */
  isBlocked({ pid: project }: Project, uid: bigint, by: bigint): Promise<boolean> {
    return this.#blacks.has({ project, uid: by, other: uid });
  }

  /** Those of `others` that refuse what the user sends. */
  blockersAmong(project: Project, uid: bigint, others: readonly bigint[]): Promise<bigint[]> {
    return this.#blacks.ownersAmong(project.pid, uid, others);
  }
}
