import type { ConversationType } from '@parley/contract';
import type { Database } from './database.ts';

const PAGE = 500;
const LOWEST = -(2n ** 63n);

const NEXT = {
  name: 'conversations-walk',
  // With "exists" the planner may read all messages into a hash.
  text: `select c.id, c.low, c.high, m.id is not null as "isWanted"
    from (
      select id, low, high from conversations
      where project = $1 and type = $2 and (low, high) > ($3::int8, $4::int8) order by low, high limit ${PAGE}) c
    left join lateral (
      select m.id from messages m
      where m.conversation = c.id and not m.is_removed and ($5::int8 is null or c.low = $5 or c.high = $5)
      order by m.id limit 1) m on true
    order by c.low, c.high`,
};

type Row = { id: bigint; low: bigint; high: bigint; isWanted: boolean };

/**
 * The numbers of the conversations of one type that hold messages, in the order of their keys.
 *
 * @param of - Only conversations with this user, group or room; undefined: every one.
 */
export async function* conversationsWithMessages(
  db: Database,
  project: number,
  type: ConversationType,
  of?: bigint,
): AsyncGenerator<number> {
  for (let low = LOWEST, high = LOWEST; ; ) {
    const rows = await db.read<Row>(NEXT, [project, type, low, high, of ?? null]);
    for (const row of rows) if (row.isWanted) yield Number(row.id);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    ({ low, high } = last);
  }
}
