import { CONVERSATIONS_KEPT_MAX } from '@parley/contract';
import type { Database } from './database.ts';
import { mtypeMask } from './mtype-mask.ts';
import type { Statement } from './statement.ts';
import type { StoredMessage } from './stored-message.ts';
import { hasUnread, marksOf, newestMessage, unpackNewest, unreadMessages } from './unread-messages.ts';

/** Conversations that a list of a user may hold: those with other users, or those in the user's groups. */
export type ConversationKind = 'p2p' | 'group';

export type ConversationListQuery = {
  kind: ConversationKind;
  project: number;
  uid: bigint;
  /** What is later is unread, ms. */
  since: number;
  /** Whether what the user marked as read in single conversations counts too. */
  usesMarks: boolean;
  /** Only messages of these types, for the newest one as for the unread ones; empty: all. */
  mtypes: readonly number[];
  /** Leaves out conversations without unread messages. */
  onlyUnread: boolean;
  /** Conversations at most. */
  limit: number;
};

/** `other` is the user or the group on the other side. */
export type ListedConversation = { other: bigint; unread: number; newest: StoredMessage | null };

/**
 * A user that writes to everybody has millions of conversations. A subselect hides the number from the planner, which
 * takes a small limit for a reason to walk other indexes.
 */
const KEPT = `(select ${CONVERSATIONS_KEPT_MAX})`;

const CANDIDATES: Readonly<Record<ConversationKind, string>> = {
  p2p: `select id as conversation, high as other from conversations where project = $1::int4 and type = 1 and low = $2::int8
    union all
    select id, low from conversations where project = $1::int4 and type = 1 and high = $2::int8`,
  group: `select c.id as conversation, g.gid as other from group_members g
    left join lateral (
      select id from conversations c
      where c.project = $1::int4 and c.type = 2 and c.low = g.gid and c.high = 0 limit 1) c on true
    where g.project = $1::int4 and g.uid = $2::int8`,
};

/** SQL: the conversations of a user that are in its list, with what counts as unread in each. */
function places(kind: ConversationKind, since: string, usesMarks: string): string {
  return `select c.conversation, c.other, h.last_mtime,
      greatest(${since}, case when ${usesMarks} then k.read_mtime end) as since,
      case when ${usesMarks} then coalesce(k.hidden_id, 0) else 0 end as above
    from (${CANDIDATES[kind]}) c
    left join lateral (select last_mtime from conversation_heads h where h.conversation = c.conversation limit 1) h on true
    left join lateral (${marksOf('$2::int8')}) k on true
    where k.hidden_id is null or (
      select true from messages m where m.conversation = c.conversation and m.id > k.hidden_id and not m.is_removed
      order by m.id limit 1)
    order by h.last_mtime desc nulls last, c.other limit ${KEPT}`;
}

function idsStatement(kind: ConversationKind): Statement {
  return {
    name: `conversation-ids-${kind}`,
    text: `select p.other from (${places(kind, '0', 'false')}) p order by p.last_mtime desc nulls last, p.other`,
  };
}

function unreadStatement(kind: ConversationKind): Statement {
  return {
    name: `conversation-unread-${kind}`,
    text: `with p as materialized (${places(kind, '$3::int8', 'true')})
      select p.other from p
      where p.last_mtime > p.since and ${hasUnread('$2::int8', '$4::bytea')}
      order by p.last_mtime desc, p.other`,
  };
}

/** The counts come last, so that they are made for the conversations in the list and for no others. */
function listStatement(kind: ConversationKind): Statement {
  const unread = unreadMessages('$2::int8', '$5::bytea');
  return {
    name: `conversation-list-${kind}`,
    text: `with p as materialized (${places(kind, '$3::int8', '$4::bool')}), listed as materialized (
        select p.*, n.mtime, n.packed from p
        left join lateral (${newestMessage('$5::bytea')}) n on true
        where not $6::bool or (p.last_mtime > p.since and ${hasUnread('$2::int8', '$5::bytea')})
        order by n.mtime desc nulls last, p.other limit (select $7::int8))
      select p.other, p.packed,
        case when p.last_mtime > p.since then (select count(*)::int4 from (${unread}) u) else 0 end as unread
      from listed p order by p.mtime desc nulls last, p.other`,
  };
}

const both = (make: (kind: ConversationKind) => Statement) => ({ p2p: make('p2p'), group: make('group') });
const IDS = both(idsStatement);
const UNREAD = both(unreadStatement);
const LIST = both(listStatement);

/** The users or groups that a user has conversations with, the newest first. */
export async function listConversationIds(
  db: Database,
  kind: ConversationKind,
  project: number,
  uid: bigint,
): Promise<bigint[]> {
  const rows = await db.read<{ other: bigint }>(IDS[kind], [project, uid]);
  return rows.map(({ other }) => other);
}

/** Those of them that have unread messages. */
export async function listUnreadConversationIds(
  db: Database,
  query: Omit<ConversationListQuery, 'usesMarks' | 'onlyUnread' | 'limit'>,
): Promise<bigint[]> {
  const { kind, project, uid, since, mtypes } = query;
  const rows = await db.read<{ other: bigint }>(UNREAD[kind], [project, uid, since, mtypeMask(mtypes)]);
  return rows.map(({ other }) => other);
}

/** Conversations with their newest message, that of the newest message first, those without one last. */
export async function listConversations(db: Database, query: ConversationListQuery): Promise<ListedConversation[]> {
  const { kind, project, uid, since, usesMarks, mtypes, onlyUnread, limit } = query;
  const values = [project, uid, since, usesMarks, mtypeMask(mtypes), onlyUnread, limit];
  const rows = await db.read<{ other: bigint; unread: number; packed: Buffer | null }>(LIST[kind], values);
  return rows.map(({ other, unread, packed }) => ({ other, unread, newest: unpackNewest(packed) }));
}
