import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { type Logger, silentLogger } from '../telemetry/logger.ts';
import { ConversationDirectory, groupKey } from './conversation-directory.ts';
import type { Database } from './database.ts';
import { DiskSpace } from './disk-space.ts';
import { removeMessage } from './message-removal.ts';
import { writeMessages } from './message-writer.ts';
import { Retention, type RetentionPolicy } from './retention.ts';
import type { Statement } from './statement.ts';

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;
let storage: TestStorage;
let db: Database;
let directory: ConversationDirectory;
let now: number;
let groups = 0n;

beforeAll(async () => {
  storage = await openTestStorage();
  db = storage.db;
  directory = new ConversationDirectory(db);
});
afterAll(() => storage.close());
beforeEach(async () => {
  now = NOW;
  await sql(db, 'truncate messages, conversation_heads, conversations, storage_tasks restart identity');
  directory = new ConversationDirectory(db);
});

const create = (policies: RetentionPolicy[], log: Logger = silentLogger) =>
  new Retention(db, { now: () => now, log, policies: () => policies });

async function conversationOf(project: number, ...times: number[]): Promise<number> {
  const [conversation] = await directory.resolve([groupKey(project, (groups += 1n))]);
  for (const time of times) await writeMessages(db, [message({ conversation: conversation! })], time);
  return conversation!;
}

async function idsOf(conversation: number): Promise<number[]> {
  const rows = await sql<{ id: bigint }>(db, 'select id from messages where conversation = $1 order by id', [
    conversation,
  ]);
  return rows.map(({ id }) => Number(id));
}

describe('by age', () => {
  test('messages go when they are older than the days of their project, others stay', async () => {
    const aged = await conversationOf(1, NOW - 3 * DAY, NOW - 2 * DAY - 1, NOW - 2 * DAY, NOW);
    const other = await conversationOf(2, NOW - 9 * DAY, NOW);
    const report = await create([{ project: 1, days: 2 }, { project: 2 }]).runOnce();
    expect(report).toMatchObject({ deleted: 2 });
    expect(await idsOf(aged)).toEqual([3, 4]);
    expect(await idsOf(other)).toEqual([1, 2]);
  });

  test('half a day is half a day', async () => {
    const aged = await conversationOf(1, NOW - DAY / 2 - 1, NOW - DAY / 2);
    await create([{ project: 1, days: 0.5 }]).runOnce();
    expect(await idsOf(aged)).toEqual([2]);
  });

  test('numbers are not given out again when everything was deleted', async () => {
    const aged = await conversationOf(1, NOW - 3 * DAY, NOW - 3 * DAY);
    await create([{ project: 1, days: 2 }]).runOnce();
    expect(await writeMessages(db, [message({ conversation: aged })], NOW)).toMatchObject([{ id: 3 }]);
  });

  test('conversations are left alone until the next message of them is too old', async () => {
    const conversation = await conversationOf(1, NOW - DAY, NOW);
    const retention = create([{ project: 1, days: 2 }]);
    expect(await retention.runOnce()).toMatchObject({ deleted: 0, surveyed: 1024 });
    now = NOW + DAY - 1;
    expect(await retention.runOnce()).toMatchObject({ deleted: 0, surveyed: 0 });
    now = NOW + DAY + 1;
    expect(await retention.runOnce()).toMatchObject({ deleted: 1, surveyed: 1024 });
    expect(await idsOf(conversation)).toEqual([2]);
  });

  test('conversations that are new or were empty are seen in time', async () => {
    const emptied = await conversationOf(1);
    const retention = create([{ project: 1, days: 2 }]);
    await retention.runOnce();
    await writeMessages(db, [message({ conversation: emptied })], NOW + 1);
    const fresh = await conversationOf(1, NOW + 1);
    now = NOW + 2 * DAY + 2;
    expect(await retention.runOnce()).toMatchObject({ deleted: 2 });
    expect(await idsOf(fresh)).toEqual([]);
  });

  test('a policy that changes counts at once', async () => {
    await conversationOf(1, NOW - DAY);
    const policies: RetentionPolicy[] = [{ project: 1, days: 2 }];
    const retention = create(policies);
    expect(await retention.runOnce()).toMatchObject({ deleted: 0 });
    policies[0] = { project: 1, days: 0.5 };
    expect(await retention.runOnce()).toMatchObject({ deleted: 1 });
  });

  test('much goes in one run, in batches of 5000 at most', async () => {
    for (const count of [12_345, 1, 3000, 3000]) await fill(await conversationOf(1), count);
    now = NOW + 10 * DAY;
    const batches: number[] = [];
    const watched = {
      read: db.read.bind(db),
      write: async (statement: Statement, values: unknown[]) => {
        const rows = await db.write<{ deleted: number }>(statement, values);
        if (statement.name === 'messages-delete-spans') batches.push(rows[0]!.deleted);
        return rows;
      },
    } as unknown as Database;
    const policies = () => [{ project: 1, days: 9 }];
    await new Retention(watched, { now: () => now, log: silentLogger, policies }).runOnce();
    expect(batches).toEqual([5000, 5000, 5000, 3346]);
  });
});

describe('by number', () => {
  test('the newest messages of each conversation stay; recalled ones do not count', async () => {
    const long = await conversationOf(1, NOW, NOW, NOW, NOW, NOW);
    const short = await conversationOf(1, NOW, NOW);
    const recalled = message({ conversation: long });
    await writeMessages(db, [recalled], NOW);
    await removeMessage(db, long, recalled.sender, recalled.mid);
    await create([{ project: 1, messagesPerConversation: 2 }]).runOnce();
    expect(await idsOf(long)).toEqual([4, 5, 6]);
    expect(await idsOf(short)).toEqual([1, 2]);
  });

  test('holes in the ids do not make it delete too much', async () => {
    const conversation = await conversationOf(1, NOW, NOW, NOW, NOW);
    await sql(db, 'delete from messages where conversation = $1 and id in (2, 3)', [conversation]);
    await create([{ project: 1, messagesPerConversation: 2 }]).runOnce();
    expect(await idsOf(conversation)).toEqual([1, 4]);
  });

  test('age and number together: what either forbids goes', async () => {
    const old = await conversationOf(1, NOW - 3 * DAY, NOW - 3 * DAY, NOW);
    const long = await conversationOf(1, NOW, NOW, NOW, NOW);
    await create([{ project: 1, days: 2, messagesPerConversation: 3 }]).runOnce();
    expect(await idsOf(old)).toEqual([3]);
    expect(await idsOf(long)).toEqual([2, 3, 4]);
  });
});

test('the last trace of recalled messages goes after 20 minutes, without any policy', async () => {
  const conversation = await conversationOf(1);
  const messages = [...Array(2500)].map(() => message({ conversation }));
  await writeMessages(db, messages, NOW);
  await sql(db, 'update messages set is_removed = true where conversation = $1 and id > 100', [conversation]);
  expect(await create([]).runOnce()).toMatchObject({ tombstones: 0, surveyed: 0 });
  now = NOW + 20 * 60_000 + 1;
  expect(await create([]).runOnce()).toMatchObject({ tombstones: 2400, deleted: 0 });
  expect(await idsOf(conversation)).toHaveLength(100);
});

describe('disk space', () => {
  test('goes back to the operating system after most messages were deleted', async () => {
    await fill(await conversationOf(1), 40_000);
    const kept = await conversationOf(2);
    await fill(kept, 500);
    const before = await diskBytes();
    now = NOW + 10 * DAY;
    const policies = () => [{ project: 1, days: 9 }];
    const retention = new Retention(db, { now: () => now, log: silentLogger, policies, freeMinBytes: 1_000_000 });
    const { deleted, freedBytes } = await retention.runOnce();
    expect(deleted).toBe(40_000);
    const after = await diskBytes();
    expect(after).toBeLessThan(before / 10);
    expect(freedBytes).toBe(before - after);
    expect(await idsOf(kept)).toHaveLength(500);
  });

  test('is kept for new messages while more is filled than free', async () => {
    const conversation = await conversationOf(1);
    await fill(conversation, 10_000);
    await sql(db, 'delete from messages where conversation = $1 and id <= 4000', [conversation]);
    const space = new DiskSpace(db, { now: () => now, log: silentLogger, freeMinBytes: 0 });
    expect((await space.measure()).filledPart).toBeGreaterThan(0.5);
    expect(await space.reclaim(true)).toBe(0);
    await sql(db, 'delete from messages where conversation = $1 and id <= 6000', [conversation]);
    expect((await space.measure()).filledPart).toBeLessThan(0.5);
    expect(await space.reclaim(true)).toBeGreaterThan(0);
    expect((await space.measure()).filledPart).toBeGreaterThan(0.85);
  });

  test('is looked at once an hour when nothing was deleted', async () => {
    const conversation = await conversationOf(1);
    const space = new DiskSpace(db, { now: () => now, log: silentLogger, freeMinBytes: 0 });
    expect(await space.reclaim(false)).toBe(0);
    await fill(conversation, 2000);
    await sql(db, 'delete from messages', []);
    expect(await space.reclaim(false)).toBe(0);
    now += 3_600_000;
    expect(await space.reclaim(false)).toBeGreaterThan(0);
  });

  describe('stays as it is', () => {
    let conversation: number;
    let before: number;
    let warnings: string[];
    let log: Logger;

    beforeEach(async () => {
      conversation = await conversationOf(1);
      await fill(conversation, 20_000);
      await sql(db, 'delete from messages where conversation = $1 and id <= 15000', [conversation]);
      before = await diskBytes();
      warnings = [];
      log = { ...silentLogger, warn: (text) => warnings.push(text) };
    });
    const spaceWith = (stallMaxMs: number) => new DiskSpace(db, { now: () => now, log, freeMinBytes: 0, stallMaxMs });

    test('when writers would have to wait too long; the operator is told once a day', async () => {
      const space = spaceWith(10);
      expect(await space.reclaim(true)).toBe(0);
      expect(await space.reclaim(true)).toBe(0);
      expect(warnings).toHaveLength(1);
      now += 25 * 3_600_000;
      await space.reclaim(true);
      expect(warnings).toHaveLength(2);
      expect(await diskBytes()).toBe(before);
    });

    test('when the rewrite takes longer than thought, and nothing is lost', async () => {
      const space = spaceWith(400);
      await whileSomebodyReads(async () => expect(await space.reclaim(true)).toBe(0));
      expect(warnings).toHaveLength(1);
      expect(await idsOf(conversation)).toHaveLength(5000);
    });

    test('while the table is in use, and is tried again with the next run', async () => {
      const space = spaceWith(5000);
      await whileSomebodyReads(async () => expect(await space.reclaim(true)).toBe(0));
      expect(warnings).toEqual([]);
      expect(await space.reclaim(false)).toBeGreaterThan(0);
      expect(await idsOf(conversation)).toHaveLength(5000);
    });

    /** Holds the weakest lock on the table, as any statement does. */
    const whileSomebodyReads = (work: () => Promise<void>) =>
      db.transaction(async (tx) => {
        await tx.query({ name: 'test-lock', text: 'lock table messages in access share mode' }, []);
        await work();
      });
  });
});

describe('the timer', () => {
  test('runs until it is stopped, and lets one of two processes do the work', async () => {
    await conversationOf(1, NOW - 3 * DAY);
    let runs = 0;
    const policies = () => {
      runs += 1;
      return [{ project: 1, days: 2 }];
    };
    const both = [db, await storage.openSecond()].map(
      (each) => new Retention(each, { now: () => NOW, log: silentLogger, policies }),
    );
    for (const retention of both) retention.start(4);
    while ((await sql(db, 'select 1 from messages')).length > 0);
    for (const retention of both) await retention.stop();
    expect(runs).toBe(1);
  });

  test('does not wait for a time that a wrong clock left behind', async () => {
    await conversationOf(1, NOW - 3 * DAY);
    await sql(db, `insert into storage_tasks values ('retention', $1) on conflict (name) do update set due = $1`, [
      NOW + 365 * DAY,
    ]);
    const retention = create([{ project: 1, days: 2 }]);
    retention.start(4);
    while ((await sql(db, 'select 1 from messages')).length > 0);
    await retention.stop();
  });

  test('survives a failing run', async () => {
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    const policies = () => {
      throw new Error('no policies today');
    };
    let clock = NOW + DAY;
    const retention = new Retention(db, { now: () => (clock += DAY), log, policies });
    retention.start(1);
    while (warnings.length < 2) await sql(db, 'select 1');
    await retention.stop();
    await retention.stop();
    expect(warnings[0]).toMatch(/retention did not finish/);
  });

  test('stopped in the middle, it leaves the rest for later', async () => {
    const conversation = await conversationOf(1);
    await fill(conversation, 11_000);
    now = NOW + 10 * DAY;
    const retention = create([{ project: 1, days: 9 }]);
    const run = retention.runOnce();
    await retention.stop();
    expect((await run).deleted).toBeLessThan(11_000);
    expect((await create([{ project: 1, days: 9 }]).runOnce()).deleted + (await run).deleted).toBe(11_000);
  });
});

/** Rows of some 250 bytes, one per ms from NOW on. */
async function fill(conversation: number, count: number): Promise<void> {
  await sql(
    db,
    `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
     select $1::int8, n, 1, $2::int8 * 1000000 + n, $3::int8 + n, 30, false, convert_to(repeat('x', 200), 'utf8'), ''
     from generate_series(1, $4::int8) n`,
    [conversation, conversation, NOW, count],
  );
  await sql(db, 'insert into conversation_heads values ($1, $2, $3::int8 + $2)', [conversation, count, NOW]);
}

async function diskBytes(): Promise<number> {
  const [row] = await sql<{ bytes: bigint }>(db, `select pg_total_relation_size('messages') as bytes`);
  return Number(row!.bytes);
}
