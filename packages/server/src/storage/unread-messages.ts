import { UNREAD_SCAN_MAX } from '@parley/contract';
import { int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { unnest } from './hidden-parameters.ts';
import { mtypeMask, passesMask } from './mtype-mask.ts';
import { PACKED_MESSAGE, type StoredMessage, unpackMessages } from './stored-message.ts';

const ID_MAX = 2n ** 63n - 1n;
/** A subselect hides the number from the planner, as in `history-reader.ts`. */
const SCAN = `(select ${UNREAD_SCAN_MAX})`;

/** SQL: the newest message of the conversation `p` that was not recalled and passes the mask. */
export function newestMessage(mask: string): string {
  return `select m.mtime, ${PACKED_MESSAGE} as packed
    from (select * from messages m where m.conversation = p.conversation order by m.id desc limit ${SCAN}) m
    where not m.is_removed and ${passesMask(mask)}
    order by m.id desc limit 1`;
}

/**
 * SQL: one row for each message in `p.conversation` later than `p.since` and with an id above `p.above` that
 * somebody other than `uid` sent, was not recalled and passes the mask.
 */
export function unreadMessages(uid: string, mask: string): string {
  return `select m.id
    from (select greatest(first_id_at_or_after(p.conversation, p.since + 1, 1, ${ID_MAX}), p.above + 1) as bound offset 0) s
    cross join lateral (
      select * from messages m where m.conversation = p.conversation and m.id >= s.bound
      order by m.id desc limit ${SCAN}) m
    where not m.is_removed and m.sender <> ${uid} and ${passesMask(mask)}`;
}

/**
 * SQL: whether there is such a message, true or null. The newest that another sent decides: it is found in a step or two
 * from the end, where the place of a time has to be searched for.
 */
export function hasUnread(uid: string, mask: string): string {
  return `(select m.mtime > p.since and m.id > p.above
    from (select * from messages m where m.conversation = p.conversation order by m.id desc limit ${SCAN}) m
    where not m.is_removed and m.sender <> ${uid} and ${passesMask(mask)}
    order by m.id desc limit 1)`;
}

/** SQL: what the user `uid` marked in the conversation `c`; one row or none. */
export function marksOf(uid: string): string {
  return `select k.read_mtime, k.hidden_id from conversation_marks k
    where k.conversation = c.conversation and k.uid = ${uid} limit 1`;
}

const COUNT = {
  name: 'unread-count',
  text: `select u.unread, n.mtime as newest
    from ${unnest(['int8', 'int8'], 2)} with ordinality c (conversation, since, place)
    left join lateral (${marksOf('$1::int8')}) k on $4
    left join lateral (select last_mtime from conversation_heads h where h.conversation = c.conversation limit 1) h on true
    cross join lateral (
      select c.conversation, greatest(c.since, k.read_mtime) as since, coalesce(k.hidden_id, 0) as above offset 0) p
    left join lateral (${newestMessage('$5::bytea')}) n on true
    cross join lateral (
      select case when h.last_mtime > p.since
        then (select count(*)::int4 from (${unreadMessages('$1::int8', '$5::bytea')}) r) else 0 end as unread) u
    order by c.place`,
};

export type UnreadQuery = {
  uid: bigint;
  conversations: readonly number[];
  /** For each conversation: what is later counts, ms. */
  since: readonly number[];
  /** Whether what the user marked in single conversations counts too. */
  usesMarks: boolean;
  /** Only messages of these types; empty: all. */
  mtypes: readonly number[];
};

/** Unread messages of one conversation, and the time in ms of its newest message of the wanted types, if there is one. */
export type UnreadCount = { unread: number; newest: number | undefined };

/** Counts, in the order of the conversations. Messages that the user sent never count. */
export async function countUnread(db: Database, query: UnreadQuery): Promise<UnreadCount[]> {
  const { uid, conversations, since, usesMarks, mtypes } = query;
  const values = [uid, int8Array(conversations), int8Array(since), usesMarks, mtypeMask(mtypes)];
  const rows = await db.read<{ unread: number; newest: bigint | null }>(COUNT, values);
  return rows.map(({ unread, newest }) => ({ unread, newest: newest === null ? undefined : Number(newest) }));
}

const NEWEST = {
  name: 'newest-messages',
  text: `select n.packed from ${unnest(['int8'])} with ordinality p (conversation, place)
    left join lateral (${newestMessage('$2::bytea')}) n on true
    order by p.place`,
};

/** The newest message of each conversation, null where there is none. @param mtypes - Empty: all types. */
export async function newestMessages(
  db: Database,
  conversations: readonly number[],
  mtypes: readonly number[],
): Promise<(StoredMessage | null)[]> {
  const rows = await db.read<{ packed: Buffer | null }>(NEWEST, [int8Array(conversations), mtypeMask(mtypes)]);
  return rows.map(({ packed }) => unpackNewest(packed));
}

/** One packed message, or null for none. */
export function unpackNewest(packed: Buffer | null): StoredMessage | null {
  return packed === null ? null : unpackMessages(packed)[0]!;
}
