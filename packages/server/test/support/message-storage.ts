import { createHash } from 'node:crypto';
import { createTestDatabase } from '@parley/testkit/internal';
import { ConversationDirectory, groupKey } from '../../src/storage/conversation-directory.ts';
import { Database } from '../../src/storage/database.ts';
import type { NewMessage } from '../../src/storage/message-writer.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';

export type TestStorage = {
  db: Database;
  url: string;
  /** Another process on the same database, so to speak. */
  openSecond(): Promise<Database>;
  /** The number of a conversation that nobody used before. */
  newConversation(): Promise<number>;
  close(): Promise<void>;
};

/** A migrated database of its own. */
export async function openTestStorage(): Promise<TestStorage> {
  const database = await createTestDatabase();
  const opened: Database[] = [];
  const open = async () => {
    const db = await Database.open({ url: database.url, log: silentLogger });
    opened.push(db);
    return db;
  };
  const db = await open();
  await db.migrate();
  const directory = new ConversationDirectory(db);
  let groups = 0n;
  return {
    db,
    url: database.url,
    openSecond: open,
    newConversation: async () => {
      groups += 1n;
      return (await directory.resolve([groupKey(1, groups)]))[0]!;
    },
    close: async () => {
      for (const each of opened) await each.close();
      await database.close();
    },
  };
}

let nextMid = 1n;

/** A text message; what a test does not care about has a default, mid a new one. */
export function message(
  fields: Partial<Omit<NewMessage, 'body' | 'attrs'>> & { body?: string; attrs?: string },
): NewMessage {
  nextMid += 1n;
  return {
    conversation: 0,
    sender: 1n,
    mid: nextMid,
    mtype: 30,
    isBinary: false,
    ...fields,
    body: Buffer.from(fields.body ?? 'hello'),
    attrs: Buffer.from(fields.attrs ?? ''),
  };
}

/** Runs SQL that belongs to a test alone. */
export async function sql<Row>(db: Database, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return db.write<Row>({ name: createHash('sha256').update(text).digest('hex').slice(0, 40), text }, values);
}
