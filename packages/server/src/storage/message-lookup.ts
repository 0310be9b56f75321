import type { Database } from './database.ts';
import { PACKED_MESSAGE, type StoredMessage, unpackMessages } from './stored-message.ts';

const GET = {
  name: 'messages-get',
  text: `select ${PACKED_MESSAGE} as packed from messages m
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed`,
};

const FIND_IDS = {
  name: 'messages-find-ids',
  text: `select m.id from messages m where m.mid = $2 and m.conversation = $1 and not m.is_removed`,
};

/**
 * The cursor id of the message with this mid; the newest one's when several senders have used it, undefined when there is
 * none or it was recalled.
 */
export async function findMessageId(db: Database, conversation: number, mid: bigint): Promise<bigint | undefined> {
  // Not ordered by the database, which would walk the conversation from its end instead of looking up the mid.
  const rows = await db.read<{ id: bigint }>(FIND_IDS, [conversation, mid]);
  return rows
    .map(({ id }) => id)
    .reduce<bigint | undefined>((max, id) => (max === undefined || id > max ? id : max), undefined);
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
