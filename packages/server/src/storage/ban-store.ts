import type { Database } from './database.ts';

/** From what a user is kept: speaking in rooms, in groups, anywhere in the project; logging in. */
export type BanKind = 'room' | 'group' | 'project' | 'login';

/** `place` 0 stands for every place of the project; `expiresAt` in epoch ms, null for ever. */
export type StoredBan = { project: number; uid: bigint; place: bigint; expiresAt: number | null };

const COLUMNS = 'project, uid, place, expires_at::float8 as "expiresAt"';
const LOAD = {
  name: 'bans-load',
  text: `select ${COLUMNS} from bans where kind = $1 and (expires_at is null or expires_at > $2)`,
};
const OF_USER = {
  name: 'bans-of-user',
  text: `select ${COLUMNS} from bans where project = $1 and kind = $2 and uid = $3`,
};
const SAVE = {
  name: 'ban-save',
  text: `insert into bans (project, kind, uid, place, expires_at) values ($1, $2, $3, $4, $5)
    on conflict (project, kind, uid, place) do update set expires_at = excluded.expires_at`,
};
const REMOVE = {
  name: 'ban-remove',
  text: 'delete from bans where project = $1 and kind = $2 and uid = $3 and place = $4',
};
const REMOVE_ALL = {
  name: 'bans-remove',
  text: 'delete from bans where project = $1 and kind = $2 and uid = $3',
};
const PURGE = { name: 'bans-purge', text: 'delete from bans where expires_at <= $1' };

/** All bans of a kind that are in force at `now`. */
export function loadBans(db: Database, kind: BanKind, now: number): Promise<StoredBan[]> {
  return db.read<StoredBan>(LOAD, [kind, now]);
}

/** The bans of one user, ended ones too. */
export function loadBansOfUser(db: Database, kind: BanKind, project: number, uid: bigint): Promise<StoredBan[]> {
  return db.read<StoredBan>(OF_USER, [project, kind, uid]);
}

export async function saveBan(db: Database, kind: BanKind, ban: StoredBan): Promise<void> {
  await db.write(SAVE, [ban.project, kind, ban.uid, ban.place, ban.expiresAt]);
}

export async function deleteBan(
  db: Database,
  kind: BanKind,
  project: number,
  uid: bigint,
  place: bigint,
): Promise<void> {
  await db.write(REMOVE, [project, kind, uid, place]);
}

export async function deleteBansOfUser(db: Database, kind: BanKind, project: number, uid: bigint): Promise<void> {
  await db.write(REMOVE_ALL, [project, kind, uid]);
}

/** Deletes the bans of every kind that ended at or before `now`. */
export async function purgeBans(db: Database, now: number): Promise<void> {
  await db.write(PURGE, [now]);
}
