import type { Database, Transaction } from './database.ts';
import { readByUser } from './user-batch.ts';

const LOCK_USER = { name: 'room-lock-user', text: 'select pg_advisory_xact_lock($1, hashint8($2))' };
const ROOMS_OF_USER = { name: 'rooms-of-user', text: 'select rid from room_members where project = $1 and uid = $2' };
const ROOMS_OF_USERS = {
  name: 'rooms-of-users',
  text: `select u.at::int4 as at, m.rid
    from unnest($1::int4[], $2::int8[]) with ordinality as u (project, uid, at)
    cross join lateral (
      select rid from room_members where project = u.project and uid = u.uid order by rid
    ) as m`,
};
const ADD_MEMBER = {
  name: 'room-add-member',
  text: 'insert into room_members (project, rid, uid) values ($1, $2, $3) on conflict do nothing',
};
const REMOVE_MEMBERS = {
  name: 'room-remove-members',
  text: 'delete from room_members where project = $1 and rid = any($2::int8[]) and uid = any($3::int8[])',
};
const MEMBERS = {
  name: 'room-members',
  text: 'select uid from room_members where project = $1 and rid = $2 order by uid',
};
const IS_MEMBER = {
  name: 'room-is-member',
  text: 'select 1 as found from room_members where project = $1 and rid = $2 and uid = $3',
};
const COUNTS = {
  name: 'room-counts',
  text: 'select rid, count(*)::int4 as members from room_members where project = $1 and rid = any($2::int8[]) group by rid',
};

/** First key of the advisory locks that serialise the joins of one user. */
const JOIN_LOCK = 0x726f6f6d;

/**
 * Puts a user into rooms under the user's lock, so that two joins at once cannot pass the limit together.
 *
 * @param decide - Given the rooms the user is in, says which to leave and which to enter.
 */
export async function changeRoomsOfUser(
  tx: Transaction,
  project: number,
  uid: bigint,
  decide: (current: ReadonlySet<bigint>) => { leave: readonly bigint[]; enter: readonly bigint[] },
): Promise<void> {
  await tx.query(LOCK_USER, [JOIN_LOCK, uid]);
  const rows = await tx.query<{ rid: bigint }>(ROOMS_OF_USER, [project, uid]);
  const { leave, enter } = decide(new Set(rows.map((row) => row.rid)));
  if (leave.length > 0) await tx.query(REMOVE_MEMBERS, [project, leave, [uid]]);
  for (const rid of enter) await tx.query(ADD_MEMBER, [project, rid, uid]);
}

/** Takes users out of rooms; those who were not in are passed over. */
export async function removeRoomMembers(
  db: Database,
  project: number,
  rids: readonly bigint[],
  uids: readonly bigint[],
): Promise<void> {
  await db.write(REMOVE_MEMBERS, [project, rids, uids]);
}

export function roomsOfUsers(db: Database): (project: number, uid: bigint) => Promise<bigint[]> {
  const read = readByUser<{ at: number; rid: bigint }>(db, ROOMS_OF_USERS);
  return async (project, uid) => (await read(project, uid)).map((row) => row.rid);
}

export async function listRoomMembers(db: Database, project: number, rid: bigint): Promise<bigint[]> {
  return (await db.read<{ uid: bigint }>(MEMBERS, [project, rid])).map((row) => row.uid);
}

export async function isRoomMember(db: Database, project: number, rid: bigint, uid: bigint): Promise<boolean> {
  return (await db.read(IS_MEMBER, [project, rid, uid])).length > 0;
}

/** Member counts of the rooms that have members. */
export async function countRoomMembers(
  db: Database,
  project: number,
  rids: readonly bigint[],
): Promise<Map<bigint, number>> {
  const rows = await db.read<{ rid: bigint; members: number }>(COUNTS, [project, rids]);
  return new Map(rows.map((row) => [row.rid, row.members]));
}
