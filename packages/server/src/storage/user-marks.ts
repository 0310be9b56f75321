import { int4Array, int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';

/** Times in ms up to which a user counts as having read everything; 0 for never. */
export type UserMarks = { logoutAt: number; clearedAt: number };
export type UserMarksChange = UserMarks & { project: number; uid: bigint };

const GET = {
  name: 'user-marks-get',
  text: 'select logout_mtime as logout, cleared_mtime as cleared from user_marks where project = $1 and uid = $2',
};
const RAISE = {
  name: 'user-marks-raise',
  text: `insert into user_marks as u (project, uid, logout_mtime, cleared_mtime)
    select * from unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[])
    on conflict (project, uid) do update
    set logout_mtime = greatest(u.logout_mtime, excluded.logout_mtime),
      cleared_mtime = greatest(u.cleared_mtime, excluded.cleared_mtime)`,
};

export async function getUserMarks(db: Database, project: number, uid: bigint): Promise<UserMarks> {
  const [row] = await db.read<{ logout: bigint; cleared: bigint }>(GET, [project, uid]);
  return { logoutAt: Number(row?.logout ?? 0), clearedAt: Number(row?.cleared ?? 0) };
}

/** Raises the marks of several users; a mark that is higher already stays. A user may come several times. */
export async function raiseUserMarks(db: Database, changes: readonly UserMarksChange[]): Promise<void> {
  const merged = new Map<string, UserMarksChange>();
  for (const change of changes) {
    const name = `${change.project}:${change.uid}`;
    const { logoutAt, clearedAt } = merged.get(name) ?? { logoutAt: 0, clearedAt: 0 };
    merged.set(name, {
      ...change,
      logoutAt: Math.max(logoutAt, change.logoutAt),
      clearedAt: Math.max(clearedAt, change.clearedAt),
    });
  }
  // Sorted, or two processes could wait for each other.
  const sorted = [...merged.values()].sort((a, b) => a.project - b.project || (a.uid < b.uid ? -1 : 1));
  await db.write(RAISE, [
    int4Array(sorted.map(({ project }) => project)),
    int8Array(sorted.map(({ uid }) => uid)),
    int8Array(sorted.map(({ logoutAt }) => logoutAt)),
    int8Array(sorted.map(({ clearedAt }) => clearedAt)),
  ]);
}
