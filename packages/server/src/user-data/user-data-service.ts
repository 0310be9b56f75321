import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Database } from '../storage/database.ts';
import { deleteUserData, getUserData, replaceUserData, setUserData } from '../storage/user-data-store.ts';
import { lockUsers } from '../storage/user-lock.ts';

/** Values that are kept for a user under keys of its own. */
export class UserDataService {
  readonly #db: Database;

  constructor(parts: { db: Database }) {
    this.#db = parts.db;
  }

  /** The value under a key; undefined when there is none. */
  get(project: Project, uid: bigint, key: Uint8Array): Promise<Uint8Array | undefined> {
    return getUserData(this.#db, project.pid, uid, key);
  }

  /** Sets or replaces the value under a key. @throws RtmError 200034 when the user has too many keys. */
  async set({ pid, settings }: Project, uid: bigint, key: Uint8Array, val: Uint8Array): Promise<void> {
    if (await replaceUserData(this.#db, pid, uid, key, val)) return;
    const keysMax = settings.limits.dataKeysPerUserMax;
    await this.#db.transaction(async (tx) => {
      await lockUsers(tx, pid, [uid]);
      if ((await setUserData(tx, pid, uid, key, val)) <= keysMax) return;
      throw new RtmError(ERROR_CODES.invalidParameter, `key: user ${uid} has ${keysMax} keys; no more are allowed`);
    });
  }

  /** Does nothing when there is no such key. */
  delete(project: Project, uid: bigint, key: Uint8Array): Promise<void> {
    return deleteUserData(this.#db, project.pid, uid, key);
  }
}
