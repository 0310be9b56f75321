import { int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';

const READ = {
  name: 'conversation-marks-read',
  text: `insert into conversation_marks as k (conversation, uid, read_mtime)
    select q.conversation, $2::int8, $3::int8 from unnest($1::int8[]) q (conversation)
    on conflict (conversation, uid) do update set read_mtime = greatest(k.read_mtime, excluded.read_mtime)`,
};
const HIDE = {
  name: 'conversation-marks-hide',
  text: `insert into conversation_marks as k (conversation, uid, read_mtime, hidden_id)
    select q.conversation, q.uid, 0,
      coalesce((select h.last_id from conversation_heads h where h.conversation = q.conversation), 0)
    from unnest($1::int8[], $2::int8[]) q (conversation, uid)
    on conflict (conversation, uid) do update set hidden_id = greatest(k.hidden_id, excluded.hidden_id)`,
};
const SHOW = {
  name: 'conversation-marks-show',
  text: `update conversation_marks k set hidden_id = null from unnest($1::int8[], $2::int8[]) q (conversation, uid)
    where k.conversation = q.conversation and k.uid = q.uid and k.hidden_id is not null`,
};

/** A conversation as one of its users has it. */
export type ConversationOfUser = { conversation: number; uid: bigint };

/** Marks what these conversations hold up to a time in ms as read by the user. Each conversation comes once. */
export async function markConversationsRead(
  db: Database,
  uid: bigint,
  conversations: readonly number[],
  upTo: number,
): Promise<void> {
  await db.write(READ, [int8Array(conversations.toSorted((a, b) => a - b)), uid, upTo]);
}

/** Takes conversations out of the lists of their users until something new is stored there. Each comes once. */
export async function hideConversations(db: Database, places: readonly ConversationOfUser[]): Promise<void> {
  await db.write(HIDE, toColumns(places));
}

/** Puts conversations back into the lists. Each comes once. */
export async function showConversations(db: Database, places: readonly ConversationOfUser[]): Promise<void> {
  await db.write(SHOW, toColumns(places));
}

/** Sorted, or two writers could wait for each other. */
function toColumns(places: readonly ConversationOfUser[]): unknown[] {
  const sorted = places.toSorted((a, b) => a.conversation - b.conversation || (a.uid < b.uid ? -1 : 1));
  return [int8Array(sorted.map(({ conversation }) => conversation)), int8Array(sorted.map(({ uid }) => uid))];
}
