import { CONVERSATION_TYPES } from '@parley/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MessageClearing } from '../src/messaging/message-clearing.ts';
import { projectSettingsSchema } from '../src/projects/project-settings.ts';
import {
  broadcastKey,
  ConversationDirectory,
  type ConversationKey,
  groupKey,
  p2pKey,
  roomKey,
} from '../src/storage/conversation-directory.ts';
import { conversationsWithMessages } from '../src/storage/conversation-walk.ts';
import { writeMessages } from '../src/storage/message-writer.ts';
import { message, openTestStorage, sql, type TestStorage } from './support/message-storage.ts';

let storage: TestStorage;
let directory: ConversationDirectory;
let clearing: MessageClearing;
let lastPid = 0;

beforeAll(async () => {
  storage = await openTestStorage();
  directory = new ConversationDirectory(storage.db);
  clearing = new MessageClearing({ db: storage.db });
});

afterAll(() => storage?.close());

const freshProject = () => ({ pid: (lastPid += 1), secret: 's', settings: projectSettingsSchema.parse({}) });

/** Stores a message of each sender in each conversation. */
async function fill(keys: readonly ConversationKey[], senders: readonly bigint[]): Promise<void> {
  const conversations = await directory.resolve(keys);
  const rows = conversations.flatMap((conversation) => senders.map((sender) => message({ conversation, sender })));
  for (let at = 0; at < rows.length; at += 500) await writeMessages(storage.db, rows.slice(at, at + 500), Date.now());
}

/** Type and sender of what is left, in order. */
async function left(pid: number): Promise<string[]> {
  const rows = await sql<{ type: number; sender: bigint }>(
    storage.db,
    `select c.type, m.sender from messages m join conversations c on c.id = m.conversation
      where c.project = $1 and not m.is_removed order by 1, 2`,
    [pid],
  );
  return rows.map(({ type, sender }) => `${type} from ${sender}`);
}

const oneOfEach = (pid: number) => [p2pKey(pid, 1n, 2n), groupKey(pid, 1n), roomKey(pid, 1n), broadcastKey(pid)];

test('a project is cleared by kind of conversation, or as a whole, and others keep theirs', async () => {
  const [project, other] = [freshProject(), freshProject()];
  await fill([...oneOfEach(project.pid), ...oneOfEach(other.pid)], [1n]);
  await clearing.clearProject(project, [CONVERSATION_TYPES.room]);
  expect(await left(project.pid)).toEqual(['1 from 1', '2 from 1', '4 from 1']);
  await clearing.clearProject(project, Object.values(CONVERSATION_TYPES));
  expect(await left(project.pid)).toEqual([]);
  expect(await left(other.pid)).toHaveLength(4);
});

test('what a user sent goes everywhere, what was sent to the user stays', async () => {
  const project = freshProject();
  await fill(oneOfEach(project.pid), [1n, 2n]);
  await fill([p2pKey(project.pid, 2n, 3n)], [2n, 3n]);
  await clearing.clearUser(project, 1n);
  expect(await left(project.pid)).toEqual(['1 from 2', '1 from 2', '1 from 3', '2 from 2', '3 from 2', '4 from 2']);
});

test('the walk passes every conversation once, over the ends of pages and at the ends of int64', async () => {
  const { pid } = freshProject();
  const ids = [-(2n ** 63n), -1n, ...Array.from({ length: 1098 }, (_, index) => BigInt(index)), 2n ** 63n - 1n];
  const keys = ids.map((id) => groupKey(pid, id));
  await directory.resolve(keys);
  await fill(keys, [1n]);
  const found: number[] = [];
  for await (const id of conversationsWithMessages(storage.db, pid, CONVERSATION_TYPES.group)) found.push(id);
  expect(found).toEqual(await directory.resolve(keys));
});

test('conversations that were emptied are passed over', async () => {
  const project = freshProject();
  await fill(oneOfEach(project.pid), [1n]);
  await clearing.clearProject(project, [CONVERSATION_TYPES.group]);
  const groups: number[] = [];
  for await (const id of conversationsWithMessages(storage.db, project.pid, CONVERSATION_TYPES.group)) groups.push(id);
  expect(groups).toEqual([]);
});
