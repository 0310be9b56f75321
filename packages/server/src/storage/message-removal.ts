import type { Database } from './database.ts';
import { lowerMtime, upperMtime } from './mtime-bounds.ts';

/** How long a sender may repeat a message, in ms: so long a removed one is remembered. */
export const DUPLICATE_WINDOW_MS = 20 * 60_000;

const ID_MAX = 2n ** 63n - 1n;
/** A subselect hides the number from the planner, which would otherwise sort a whole conversation for it. */
const BATCH = '(select 5000)';
/** Turns a row into a tombstone. */
const EMPTIED = `is_removed = true, body = '', attrs = '',
  first_digest = case when m.first_digest = '' then content_digest(m.mtype, m.is_binary, m.body, m.attrs)
    else m.first_digest end`;

const REMOVE = {
  name: 'messages-remove',
  text: `update messages m set ${EMPTIED}
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed
    returning m.id`,
};
const BOUNDS = {
  name: 'messages-remove-bounds',
  text: `select first_id_at_or_after($1, $2, 1, ${ID_MAX}) as low, first_id_at_or_after($1, $3::int8 + 1, 1, ${ID_MAX}) as high,
      h.last_mtime as newest
    from conversation_heads h where h.conversation = $1`,
};
/**
 * Removes from the next rows in [$2, $3). Rows are locked in the order of their ids, so that removals do not wait for
 * each other crosswise. What nobody may repeat any more is deleted at once.
 */
const REMOVE_SOME = {
  name: 'messages-remove-some',
  text: `with span as materialized (
      select coalesce((select m.id from messages m where m.conversation = $1 and m.id >= $2 and m.id < $3
        order by m.id offset ${BATCH} limit 1), $3) as high
    ), victim as materialized (
      select m.id, m.mtime from span s, messages m
      where m.conversation = $1 and m.id >= $2 and m.id < s.high and not m.is_removed
        and ($4::int8 is null or m.sender = $4)
      order by m.id for update of m
    ), deleted as (
      delete from messages m
      where m.conversation = $1 and m.id = any (array(select v.id from victim v where v.mtime < $5))
      returning 1
    ), emptied as (
      update messages m set ${EMPTIED}
      where m.conversation = $1 and m.id = any (array(select v.id from victim v where v.mtime >= $5))
      returning 1
    )
    select s.high, ((select count(*) from deleted) + (select count(*) from emptied))::int4 as removed from span s`,
};

/** Recalls one message. False when there is none. */
export async function removeMessage(db: Database, conversation: number, sender: bigint, mid: bigint): Promise<boolean> {
  const removed = await db.write(REMOVE, [conversation, sender, mid]);
  return removed.length > 0;
}

/**
 * Removes what the conversation holds when the call begins, in steps of 5000 messages.
 *
 * @param begin - Milliseconds, inclusive; 0 or less: no bound. @param end - Likewise.
 * @returns How many were removed.
 */
export function removeRange(db: Database, conversation: number, begin: number, end: number): Promise<number> {
  return removeAll(db, conversation, lowerMtime(begin), upperMtime(end), null);
}

/** Removes what one user sent into the conversation, in the same way; looks at every message there. */
export function removeBySender(db: Database, conversation: number, sender: bigint): Promise<number> {
  return removeAll(db, conversation, lowerMtime(0), upperMtime(0), sender);
}

async function removeAll(
  db: Database,
  conversation: number,
  begin: number,
  end: number,
  sender: bigint | null,
): Promise<number> {
  const [bounds] = await db.write<{ low: bigint; high: bigint; newest: bigint }>(BOUNDS, [conversation, begin, end]);
  if (bounds === undefined) return 0;
  const forgottenBefore = bounds.newest - BigInt(DUPLICATE_WINDOW_MS);
  let removed = 0;
  for (let low = bounds.low; low < bounds.high; ) {
    const values = [conversation, low, bounds.high, sender, forgottenBefore];
    const [step] = await db.write<{ high: bigint; removed: number }>(REMOVE_SOME, values);
    removed += step!.removed;
    low = step!.high;
  }
  return removed;
}
