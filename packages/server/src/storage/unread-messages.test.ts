import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { silentLogger } from '../telemetry/logger.ts';
import { removeBySender, removeRange } from './message-removal.ts';
import { writeMessages } from './message-writer.ts';
import { Retention } from './retention.ts';
import { countUnread, newestMessages } from './unread-messages.ts';

const NOW = 1_800_000_000_000;
const READER = 2n;
let storage: TestStorage;

beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());

/** Writes one message a millisecond, from NOW on. */
async function conversationWith(senders: readonly bigint[], mtype = 30): Promise<number> {
  const conversation = await storage.newConversation();
  for (const [index, sender] of senders.entries()) {
    await writeMessages(storage.db, [message({ conversation, sender, mtype })], NOW + index);
  }
  return conversation;
}

const unread = async (conversation: number, since = 0, mtypes: readonly number[] = [30]) => {
  const query = { uid: READER, conversations: [conversation], since: [since], usesMarks: true, mtypes };
  return (await countUnread(storage.db, query))[0];
};

test('what others sent later than the time counts, to the millisecond', async () => {
  const conversation = await conversationWith([1n, READER, 1n, 3n]);
  expect(await unread(conversation)).toEqual({ unread: 3, newest: NOW + 3 });
  expect(await unread(conversation, NOW)).toEqual({ unread: 2, newest: NOW + 3 });
  expect(await unread(conversation, NOW + 2)).toEqual({ unread: 1, newest: NOW + 3 });
  expect(await unread(conversation, NOW + 3)).toEqual({ unread: 0, newest: NOW + 3 });
  expect(await unread(conversation, 0, [31])).toEqual({ unread: 0, newest: undefined });
});

test('what was removed counts no more, one by one, by sender or in a span', async () => {
  const conversation = await conversationWith([1n, 3n, 3n, 1n, 1n]);
  await removeBySender(storage.db, conversation, 3n);
  expect(await unread(conversation)).toEqual({ unread: 3, newest: NOW + 4 });
  await removeRange(storage.db, conversation, NOW + 4, NOW + 4);
  expect(await unread(conversation)).toEqual({ unread: 2, newest: NOW + 3 });
  await removeRange(storage.db, conversation, 0, 0);
  expect(await unread(conversation)).toEqual({ unread: 0, newest: undefined });
  expect(await newestMessages(storage.db, [conversation], [])).toEqual([null]);
});

test('what retention took away counts no more', async () => {
  const conversation = await conversationWith([1n, 1n, 1n, 1n]);
  const policies = () => [{ project: 1, messagesPerConversation: 2 }];
  await new Retention(storage.db, { now: () => NOW + 10, log: silentLogger, policies }).runOnce();
  expect(await unread(conversation)).toEqual({ unread: 2, newest: NOW + 3 });
  expect(await unread(conversation, NOW + 2)).toEqual({ unread: 1, newest: NOW + 3 });
});

test('the newest 20,000 messages of a conversation are looked at and no more', async () => {
  const conversation = await conversationWith([1n]);
  await sql(
    storage.db,
    `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
      select ${conversation}, n, 1, -n, ${NOW}, 66, false, '', '' from generate_series(2, 20000) n`,
  );
  await sql(storage.db, `update conversation_heads set last_id = 20001 where conversation = ${conversation}`);
  expect(await unread(conversation)).toEqual({ unread: 1, newest: NOW });
  expect((await unread(conversation, 0, []))!.unread).toBe(20_000);
  await writeMessages(storage.db, [message({ conversation, mtype: 66 })], NOW);
  expect(await unread(conversation)).toEqual({ unread: 0, newest: undefined });
  expect((await unread(conversation, 0, []))!.unread).toBe(20_000);
});
