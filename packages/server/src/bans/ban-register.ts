import {
  type BanKind,
  deleteBan,
  deleteBansOfUser,
  loadBans,
  loadBansOfUser,
  type StoredBan,
  saveBan,
} from '../storage/ban-store.ts';
import type { Database } from '../storage/database.ts';
import { KeyedTurns } from './keyed-turns.ts';

const EVERYWHERE = 0n;
const FOR_EVER = Number.POSITIVE_INFINITY;

/** End of a ban by place, of one user; key 0 is the ban from all places. */
type BansOfUser = Map<bigint, number>;

/**
 * Who is kept from one kind of thing, and where. Held in memory because every message asks; the database has each ban
 * before the call that made it is answered.
 */
export class BanRegister {
  readonly #db: Database;
  readonly #kind: BanKind;
  readonly #now: () => number;
  readonly #bans = new Map<number, Map<bigint, BansOfUser>>();
  /** Changes of one user's bans follow each other, or memory could end with another state than the database. */
  readonly #turns = new KeyedTurns();

  private constructor(db: Database, kind: BanKind, now: () => number) {
    this.#db = db;
    this.#kind = kind;
    this.#now = now;
  }

  static async open(db: Database, kind: BanKind, now: () => number): Promise<BanRegister> {
    const register = new BanRegister(db, kind, now);
    for (const ban of await loadBans(db, kind, now())) register.#remember(ban);
    return register;
  }

  /** True while a ban from this place or from all places is in force. @param place - Absent: only from all places. */
  has(project: number, uid: bigint, place: bigint = EVERYWHERE): boolean {
    const ofUser = this.#bans.get(project)?.get(uid);
    if (ofUser === undefined) return false;
    const now = this.#now();
    return (ofUser.get(place) ?? 0) > now || (ofUser.get(EVERYWHERE) ?? 0) > now;
  }

  /**
   * Bans a user, or changes when the ban ends.
   *
   * @param seconds - From now; 0 or less: for ever.
   * @param place - Absent: all places of the project.
   */
  add(project: number, uid: bigint, seconds: number, place: bigint = EVERYWHERE): Promise<void> {
    const expiresAt = seconds > 0 ? this.#now() + seconds * 1000 : null;
    return this.#change(project, uid, () => saveBan(this.#db, this.#kind, { project, uid, place, expiresAt }));
  }

  /** Lifts the ban from one place, or every ban of the user when no place is named. */
  remove(project: number, uid: bigint, place?: bigint): Promise<void> {
    return this.#change(project, uid, () =>
      place === undefined
        ? deleteBansOfUser(this.#db, this.#kind, project, uid)
        : deleteBan(this.#db, this.#kind, project, uid, place),
    );
  }

  /** Frees the memory of bans that are over. */
  forgetEnded(): void {
    const now = this.#now();
    for (const users of this.#bans.values()) {
      for (const [uid, ofUser] of users) {
        for (const [place, expiresAt] of ofUser) if (expiresAt <= now) ofUser.delete(place);
        if (ofUser.size === 0) users.delete(uid);
      }
    }
  }

  #change(project: number, uid: bigint, change: () => Promise<void>): Promise<void> {
    return this.#turns.run(`${project}:${uid}`, async () => {
      await change();
      const bans = await loadBansOfUser(this.#db, this.#kind, project, uid);
      this.#bans.get(project)?.delete(uid);
      for (const ban of bans) this.#remember(ban);
    });
  }

  #remember({ project, uid, place, expiresAt }: StoredBan): void {
    let users = this.#bans.get(project);
    if (users === undefined) this.#bans.set(project, (users = new Map()));
    let ofUser = users.get(uid);
    if (ofUser === undefined) users.set(uid, (ofUser = new Map()));
    ofUser.set(place, expiresAt ?? FOR_EVER);
  }
}
