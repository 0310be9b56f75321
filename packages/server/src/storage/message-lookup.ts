import type { Database } from './database.ts';
import { PACKED_MESSAGE, type StoredMessage, unpackMessages } from './stored-message.ts';

const GET = {
  name: 'messages-get',
  text: `select ${PACKED_MESSAGE} as packed from messages m
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed`,
};

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
