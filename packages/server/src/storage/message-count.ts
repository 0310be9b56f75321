import type { Database } from './database.ts';
import { lowerMtime, upperMtime } from './mtime-bounds.ts';
import { mtypeMask, passesMask } from './mtype-mask.ts';

export type CountFilter = {
  /** Empty: all types. */
  mtypes: readonly number[];
  /** Milliseconds, inclusive; 0 or less: no bound. */
  begin: number;
  /** Milliseconds, inclusive; 0 or less: no bound. */
  end: number;
};

const COUNT = {
  name: 'messages-count',
  text: `with bounds as materialized (
      select first_id_at_or_after($1, $2, 1, ${2n ** 63n - 1n}) as low,
        first_id_at_or_after($1, $3::int8 + 1, 1, ${2n ** 63n - 1n}) as high)
    select count(*) as senders, coalesce(sum(s.messages), 0)::int8 as messages
    from (
      select count(*) as messages from bounds b, messages m
      where m.conversation = $1 and m.id >= b.low and m.id < b.high and not m.is_removed
        and ${passesMask('$4::bytea')}
      group by m.sender) s`,
};

/** Counts the messages of a conversation, and those who sent them. Looks at every message between the bounds. */
export async function countMessages(
  db: Database,
  conversation: number,
  filter: CountFilter,
): Promise<{ senders: number; messages: number }> {
  const values = [conversation, lowerMtime(filter.begin), upperMtime(filter.end), mtypeMask(filter.mtypes)];
  const [row] = await db.read<{ senders: bigint; messages: bigint }>(COUNT, values);
  return { senders: Number(row!.senders), messages: Number(row!.messages) };
}
