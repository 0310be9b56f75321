import { int4Array, int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import type { MessageSpan } from './message-purge.ts';

export type RetentionPolicy = {
  project: number;
  /** Messages older than this many days go. Absent: none. */
  days?: number | undefined;
  /** Only the newest so many of each conversation stay. Absent: all. */
  messagesPerConversation?: number | undefined;
};

export type Survey = {
  /** What is to be deleted. */
  spans: MessageSpan[];
  /** In how many ms the next message of these conversations will be too old; undefined when there are no messages. */
  slackMs: number | undefined;
};

const DAY_MS = 86_400_000;
const ID_MAX = 2n ** 63n - 1n;

/**
 * The oldest message of a conversation is the one with the lowest id, so that one look at the primary key tells whether
 * anything is too old there, and the distance to the last id whether there can be too many.
 */
const SURVEY = {
  name: 'retention-survey',
  text: `with state as materialized (
      select c.id as conversation, p.cutoff, p.keep, h.last_id, f.id as first_id, f.mtime as first_mtime
      from conversations c
      join unnest($3::int4[], $4::int8[], $5::int8[]) p (project, cutoff, keep) on p.project = c.project
      cross join lateral (
        select m.id, m.mtime from messages m where m.conversation = c.id order by m.id limit 1) f
      cross join lateral (select h.last_id from conversation_heads h where h.conversation = c.id limit 1) h
      where c.id >= $1 and c.id < $2
    ), cut as (
      select s.conversation, s.first_id, greatest(
        case when s.first_mtime < s.cutoff
          then first_id_at_or_after(s.conversation, s.cutoff, s.first_id, ${ID_MAX}) - 1 end,
        case when s.last_id - s.first_id >= s.keep
          then (select m.id from messages m where m.conversation = s.conversation and not m.is_removed
            order by m.id desc offset s.keep limit 1) end) as last_id
      from state s
      where s.first_mtime < s.cutoff or s.last_id - s.first_id >= s.keep
    )
    select (select min(case when s.keep < ${ID_MAX} then 0 else s.first_mtime - s.cutoff end) from state s) as slack,
      coalesce(array_agg(conversation), '{}') as conversations,
      coalesce(array_agg(first_id), '{}') as firsts,
      coalesce(array_agg(last_id), '{}') as lasts
    from cut where last_id >= first_id`,
};
type SurveyRow = { slack: bigint | null; conversations: bigint[]; firsts: bigint[]; lasts: bigint[] };

const NEWEST_CONVERSATION = {
  name: 'retention-newest-conversation',
  text: 'select id from conversations order by id desc limit 1',
};

/** Looks at the conversations with from <= number < to. */
export async function surveyConversations(
  db: Database,
  range: { from: number; to: number },
  policies: readonly RetentionPolicy[],
  nowMs: number,
): Promise<Survey> {
  const [row] = await db.read<SurveyRow>(SURVEY, [
    range.from,
    range.to,
    int4Array(policies.map(({ project }) => project)),
    int8Array(policies.map(({ days }) => (days === undefined ? 0 : Math.floor(nowMs - days * DAY_MS)))),
    int8Array(policies.map(({ messagesPerConversation }) => messagesPerConversation ?? ID_MAX)),
  ]);
  const { slack, conversations, firsts, lasts } = row!;
  return {
    slackMs: slack === null ? undefined : Number(slack),
    spans: conversations.map((conversation, index) => {
      return { conversation: Number(conversation), first: Number(firsts[index]), last: Number(lasts[index]) };
    }),
  };
}

/** The highest number of a conversation; 0 when there is none. */
export async function newestConversation(db: Database): Promise<number> {
  const [row] = await db.read<{ id: bigint }>(NEWEST_CONVERSATION, []);
  return row === undefined ? 0 : Number(row.id);
}
