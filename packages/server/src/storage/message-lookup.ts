import { int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { unnest } from './hidden-parameters.ts';
import { PACKED_MESSAGE, type StoredMessage, unpackMessages } from './stored-message.ts';

const GET = {
  name: 'messages-get',
  text: `select ${PACKED_MESSAGE} as packed from messages m
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed`,
};

/** Only the two users of a P2P conversation send in it, so the whole key of each message is known. */
const FIND_BETWEEN_USERS = {
  name: 'messages-find-between-users',
  text: `select max(m.id) as id from ${unnest(['int8'], 3)} s (sender) cross join lateral (
      select m.id from messages m
      where m.mid = $2 and m.sender = s.sender and m.conversation = $1 and not m.is_removed limit 1) m`,
};

/** A mid with more messages than this on the whole server is looked for in a conversation that is not long. */
const COMMON_MID_MESSAGES = 1000;
/** Up to this id a conversation is not long. */
const SHORT_CONVERSATION_ID_MAX = 10_000;

/**
 * The key of messages begins with the mid, and the conversation comes behind the sender: where an app counts its mids from
 * 1, the mid leads to messages of all users. `+ 0` keeps the database from walking a long conversation from its end.
 */
const FIND_ANYWHERE = {
  name: 'messages-find-anywhere',
  text: `select case
      when h.last_id <= (select ${SHORT_CONVERSATION_ID_MAX}) and exists (
        select 1 from messages m where m.mid = $2 order by m.sender offset (select ${COMMON_MID_MESSAGES}) limit 1)
      then (
        select c.id
        from (select m.id, m.mid, m.is_removed from messages m where m.conversation = $1 order by m.id desc
          limit (select ${SHORT_CONVERSATION_ID_MAX})) c
        where c.mid = $2 and not c.is_removed limit 1)
      else (
        select max(m.id + 0) from messages m where m.mid = $2 and m.conversation = $1 and not m.is_removed) end as id
    from conversation_heads h where h.conversation = $1`,
};

/**
 * The cursor id of the message with this mid; the newest one's when several senders have used it, undefined when there is
 * none or it was recalled.
 *
 * @param users - Of a P2P conversation, the only ones who send in it; undefined for others.
 */
export async function findMessageId(
  db: Database,
  conversation: number,
  mid: bigint,
  users?: readonly [bigint, bigint],
): Promise<bigint | undefined> {
  const [row] =
    users === undefined
      ? await db.read<{ id: bigint | null }>(FIND_ANYWHERE, [conversation, mid])
      : await db.read<{ id: bigint | null }>(FIND_BETWEEN_USERS, [conversation, mid, int8Array(users)]);
  return row?.id ?? undefined;
}

/** The message that a sender stored under a mid; undefined when there is none or it was recalled. */
export async function getMessage(
  db: Database,
  conversation: number,
  sender: bigint,
  mid: bigint,
): Promise<StoredMessage | undefined> {
  const [row] = await db.read<{ packed: Buffer }>(GET, [conversation, sender, mid]);
  return row === undefined ? undefined : unpackMessages(row.packed)[0];
}
