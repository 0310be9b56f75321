import type { Database } from './database.ts';
import { lowerMtime } from './mtime-bounds.ts';

export type EditOutcome = 'edited' | 'not-found' | 'too-old';

const EDIT = {
  name: 'messages-edit',
  text: `update messages m set is_binary = $4, body = $5, attrs = $6,
      first_digest = case when m.first_digest = '' then content_digest(m.mtype, m.is_binary, m.body, m.attrs)
        else m.first_digest end
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed and m.mtime >= $7
    returning m.id`,
};
const EXISTS = {
  name: 'messages-exists',
  text: `select m.id from messages m
    where m.conversation = $1 and m.sender = $2 and m.mid = $3 and not m.is_removed`,
};

/**
 * Replaces the content of a message; id, time and type stay. A repeat of the first content is still recognised after it,
 * and one of the new content as well.
 *
 * @param notBefore - The message must not be older than this time in ms; 0: any age.
 */
export async function editMessage(
  db: Database,
  conversation: number,
  sender: bigint,
  mid: bigint,
  content: { isBinary: boolean; body: Uint8Array; attrs: Uint8Array },
  notBefore: number,
): Promise<EditOutcome> {
  const address = [conversation, sender, mid];
  const change = [content.isBinary, content.body, content.attrs, lowerMtime(notBefore)];
  const edited = await db.write(EDIT, [...address, ...change]);
  if (edited.length > 0) return 'edited';
  // The time of a message never changes, so a message that is there now was too old before.
  const existing = await db.write(EXISTS, address);
  return existing.length > 0 ? 'too-old' : 'not-found';
}
