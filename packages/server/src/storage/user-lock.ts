import type { Transaction } from './database.ts';

/** First key of the advisory locks under which what belongs to a user changes. */
const LOCK = 0x7573_6572;
/** Taken in one order, so that two calls that name the same users do not wait for each other crosswise. */
const LOCK_USERS = {
  name: 'users-lock',
  text: `select pg_advisory_xact_lock($1, lock)
    from (select distinct hashint8(uid) # $2::int4 as lock from unnest($3::int8[]) uid order by lock) ordered`,
};

/**
 * Keeps others that ask for the same users waiting until the transaction ends. Whoever counts what a user has, and adds
 * to it, does so under this lock; or two of them could pass a limit together.
 */
export async function lockUsers(tx: Transaction, project: number, uids: readonly bigint[]): Promise<void> {
  await tx.query(LOCK_USERS, [LOCK, project, uids]);
}
