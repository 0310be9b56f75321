import type { Database, Transaction } from './database.ts';
import { deleteAllInfos, deleteInfo } from './info-store.ts';
import { readByUser } from './user-batch.ts';

const LOCK = {
  name: 'group-lock',
  text: `insert into groups (project, gid, members) values ($1, $2, 0)
    on conflict (project, gid) do update set members = groups.members returning members`,
};
const COUNT_GROUPS = {
  name: 'group-count-all',
  text: 'select count(*)::int4 as groups from groups where project = $1',
};
const ADD = {
  name: 'group-add-members',
  text: `with added as (
      insert into group_members (project, gid, uid) select $1, $2, unnest($3::int8[]) on conflict do nothing returning 1
    )
    update groups set members = members + (select count(*) from added)
    where project = $1 and gid = $2 returning members`,
};
const REMOVE = {
  name: 'group-remove-members',
  text: `with removed as (
      delete from group_members where project = $1 and gid = $2 and uid = any($3::int8[]) returning 1
    )
    update groups set members = members - (select count(*) from removed) where project = $1 and gid = $2`,
};
const REMOVE_ALL = { name: 'group-remove-all', text: 'delete from group_members where project = $1 and gid = $2' };
const DROP_EMPTY = {
  name: 'group-drop-empty',
  text: 'delete from groups where project = $1 and gid = $2 and members = 0',
};
const DROP = { name: 'group-drop', text: 'delete from groups where project = $1 and gid = $2' };
const LOCK_ALL = {
  name: 'groups-lock-all',
  text: 'select gid from groups where project = $1 order by gid for update',
};
const REMOVE_ALL_OF_MANY = {
  name: 'groups-remove-all',
  text: 'delete from group_members where project = $1 and gid = any($2::int8[])',
};
const DROP_MANY = { name: 'groups-drop', text: 'delete from groups where project = $1 and gid = any($2::int8[])' };
const MEMBERS = {
  name: 'group-members',
  text: 'select uid from group_members where project = $1 and gid = $2 order by uid',
};
const COUNT = { name: 'group-count', text: 'select members from groups where project = $1 and gid = $2' };
const IS_MEMBER = {
  name: 'group-is-member',
  text: 'select 1 as found from group_members where project = $1 and gid = $2 and uid = $3',
};
const GROUPS_OF_USERS = {
  name: 'groups-of-users',
  text: `select u.at::int4 as at, m.gid
    from unnest($1::int4[], $2::int8[]) with ordinality as u (project, uid, at)
    cross join lateral (
      select gid from group_members where project = u.project and uid = u.uid order by gid
    ) as m`,
};

/** Locks the group's row until the transaction ends, making it if need be. @returns its member count, 0 for a new one. */
export async function lockGroup(tx: Transaction, project: number, gid: bigint): Promise<number> {
  return (await tx.query<{ members: number }>(LOCK, [project, gid]))[0]!.members;
}

/** How many groups the project has, the locked one included. */
export async function countGroups(tx: Transaction, project: number): Promise<number> {
  return (await tx.query<{ groups: number }>(COUNT_GROUPS, [project]))[0]!.groups;
}

/** Adds users to a locked group. @returns how many members it has then. */
export async function addGroupMembers(
  tx: Transaction,
  project: number,
  gid: bigint,
  uids: readonly bigint[],
): Promise<number> {
  return (await tx.query<{ members: number }>(ADD, [project, gid, uids]))[0]!.members;
}

/** Takes users out; the group goes with its last member. */
export async function removeGroupMembers(
  tx: Transaction,
  project: number,
  gid: bigint,
  uids: readonly bigint[],
): Promise<void> {
  await lockGroup(tx, project, gid);
  await tx.query(REMOVE, [project, gid, uids]);
  await tx.query(DROP_EMPTY, [project, gid]);
}

/** Takes every member out and removes the info. */
export async function dissolveGroup(tx: Transaction, project: number, gid: bigint): Promise<void> {
  await lockGroup(tx, project, gid);
  await tx.query(REMOVE_ALL, [project, gid]);
  await tx.query(DROP, [project, gid]);
  await deleteInfo(tx, 'group', project, gid);
}

/**
 * Dissolves the groups that the project has. Their rows are locked before anything is removed, so that members added
 * meanwhile are either removed with their group or found a new one.
 *
 * @returns the groups that are gone.
 */
export async function clearGroups(tx: Transaction, project: number): Promise<bigint[]> {
  const gids = (await tx.query<{ gid: bigint }>(LOCK_ALL, [project])).map((row) => row.gid);
  await tx.query(REMOVE_ALL_OF_MANY, [project, gids]);
  await tx.query(DROP_MANY, [project, gids]);
  await deleteAllInfos(tx, 'group', project);
  return gids;
}

export async function listGroupMembers(db: Database, project: number, gid: bigint): Promise<bigint[]> {
  return (await db.read<{ uid: bigint }>(MEMBERS, [project, gid])).map((row) => row.uid);
}

export async function countGroupMembers(db: Database, project: number, gid: bigint): Promise<number> {
  return (await db.read<{ members: number }>(COUNT, [project, gid]))[0]?.members ?? 0;
}

export async function isGroupMember(db: Database, project: number, gid: bigint, uid: bigint): Promise<boolean> {
  return (await db.read(IS_MEMBER, [project, gid, uid])).length > 0;
}

/** Tells the groups of a user, in rising order. */
export function groupsOfUsers(db: Database): (project: number, uid: bigint) => Promise<bigint[]> {
  const read = readByUser<{ at: number; gid: bigint }>(db, GROUPS_OF_USERS);
  return async (project, uid) => (await read(project, uid)).map((row) => row.gid);
}
