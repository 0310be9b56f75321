import { int2Array } from './binary-arrays.ts';
import type { Database, Transaction } from './database.ts';

/** A conversation as push options name it: `type` 0 is the user `xid`, 1 the group `xid`. */
export type PushTarget = { type: number; xid: bigint };
/** Message types of one conversation that are not pushed; 0 stands for all of them. */
export type MutedTypes = PushTarget & { mtypes: number[] };

const ADD = {
  name: 'push-options-add',
  text: `insert into push_options (project, uid, type, xid, mtype) select $1, $2, $3, $4, unnest($5::int2[])
    on conflict do nothing`,
};
const REMOVE = {
  name: 'push-options-remove',
  text: `delete from push_options
    where project = $1 and uid = $2 and type = $3 and xid = $4 and mtype = any($5::int2[])`,
};
const REMOVE_ALL = {
  name: 'push-options-remove-all',
  text: 'delete from push_options where project = $1 and uid = $2 and type = $3 and xid = $4',
};
const COUNT = {
  name: 'push-options-count',
  text: 'select count(*)::int4 as options from push_options where project = $1 and uid = $2',
};
const LIST = {
  name: 'push-options-list',
  text: `select type, xid, array_agg(mtype order by mtype) as mtypes from push_options
    where project = $1 and uid = $2 group by type, xid order by type, xid`,
};

/** Mutes message types for a locked user. @returns how many options the user has then. */
export async function addPushOptions(
  tx: Transaction,
  project: number,
  uid: bigint,
  { type, xid }: PushTarget,
  mtypes: readonly number[],
): Promise<number> {
  await tx.query(ADD, [project, uid, type, xid, int2Array(mtypes)]);
  return (await tx.query<{ options: number }>(COUNT, [project, uid]))[0]!.options;
}

/** @param mtypes - Undefined: everything that is muted there. */
export async function removePushOptions(
  db: Database,
  project: number,
  uid: bigint,
  { type, xid }: PushTarget,
  mtypes: readonly number[] | undefined,
): Promise<void> {
  if (mtypes === undefined) await db.write(REMOVE_ALL, [project, uid, type, xid]);
  else await db.write(REMOVE, [project, uid, type, xid, int2Array(mtypes)]);
}

export function listPushOptions(db: Database, project: number, uid: bigint): Promise<MutedTypes[]> {
  return db.read<MutedTypes>(LIST, [project, uid]);
}
