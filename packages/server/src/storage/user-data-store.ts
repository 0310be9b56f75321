import type { Database, Transaction } from './database.ts';

const GET = { name: 'user-data-get', text: 'select val from user_data where project = $1 and uid = $2 and key = $3' };
const REPLACE = {
  name: 'user-data-replace',
  text: 'update user_data set val = $4 where project = $1 and uid = $2 and key = $3 returning 1 as found',
};
const SET = {
  name: 'user-data-set',
  text: `insert into user_data (project, uid, key, val) values ($1, $2, $3, $4)
    on conflict (project, uid, key) do update set val = excluded.val`,
};
const DELETE = { name: 'user-data-delete', text: 'delete from user_data where project = $1 and uid = $2 and key = $3' };
const COUNT = {
  name: 'user-data-count',
  text: 'select count(*)::int4 as keys from user_data where project = $1 and uid = $2',
};

/** The value under a key; undefined when there is none. */
export async function getUserData(
  db: Database,
  project: number,
  uid: bigint,
  key: Uint8Array,
): Promise<Uint8Array | undefined> {
  return (await db.read<{ val: Uint8Array }>(GET, [project, uid, key]))[0]?.val;
}

/** Changes the value under a key that is there. False when it is not. */
export async function replaceUserData(
  db: Database,
  project: number,
  uid: bigint,
  key: Uint8Array,
  val: Uint8Array,
): Promise<boolean> {
  return (await db.write(REPLACE, [project, uid, key, val])).length > 0;
}

/** Sets the value under a key of a locked user. @returns how many keys the user has then. */
export async function setUserData(
  tx: Transaction,
  project: number,
  uid: bigint,
  key: Uint8Array,
  val: Uint8Array,
): Promise<number> {
  await tx.query(SET, [project, uid, key, val]);
  return (await tx.query<{ keys: number }>(COUNT, [project, uid]))[0]!.keys;
}

export async function deleteUserData(db: Database, project: number, uid: bigint, key: Uint8Array): Promise<void> {
  await db.write(DELETE, [project, uid, key]);
}
