import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  listConversationIds,
  listConversations,
  listUnreadConversationIds,
} from '../src/storage/conversation-lists.ts';
import { hideConversations, markConversationsRead, showConversations } from '../src/storage/conversation-marks.ts';
import type { Database } from '../src/storage/database.ts';
import { findMessageId } from '../src/storage/message-lookup.ts';
import { countUnread, newestMessages } from '../src/storage/unread-messages.ts';
import { getUserMarks, raiseUserMarks } from '../src/storage/user-marks.ts';
import { openTestStorage, sql, type TestStorage } from './support/message-storage.ts';
import { STATISTICS, WatchedPlans } from './support/watched-plans.ts';

const NOW = 1_800_000_000_000;
const USERS = 1000;
const LONG = 1;
/** A mid that is in every conversation but the long one. */
const COMMON_MID = 42n;
let storage: TestStorage;
let plans: WatchedPlans;

beforeAll(async () => {
  storage = await openTestStorage();
  plans = await WatchedPlans.open(storage);
  await fill(storage.db);
  await useEverything(plans.db);
});

afterAll(async () => {
  await plans?.close();
  await storage?.close();
});

describe.each(STATISTICS)('%s', (_, prepare) => {
  test('no statement reads a whole table, or gathers the messages of a conversation to sort them', async () => {
    await plans.run(prepare);
    const forbidden = /Seq Scan|Hash Join|Merge Join|Bitmap .*messages|Sort Key:.*\bm(_\d+)?\.id\b/;
    expect(await plans.offences((line) => forbidden.test(line))).toEqual([]);
    expect(plans.count).toBe(15);
  });

  test('a message between two users is found by its whole key, one elsewhere without a walk through other conversations', async () => {
    await plans.run(prepare);
    const isPartOfKey = (line: string, name: string) =>
      name === 'messages-find-between-users' && /Index Cond/.test(line) && !/mid.*sender.*conversation/.test(line);
    const sorts = (line: string, name: string) => name.startsWith('messages-find') && /Sort|Bitmap/.test(line);
    expect(await plans.offences((line, name) => isPartOfKey(line, name) || sorts(line, name))).toEqual([]);
  });
});

/** P2P conversations of neighbours, groups with ten members each, and one long conversation. */
async function fill(db: Database): Promise<void> {
  await sql(
    db,
    `insert into conversations (project, type, low, high)
      select 1, 1, n, n + d from generate_series(1, ${USERS}) n, generate_series(1, 10) d`,
  );
  await sql(
    db,
    `insert into conversations (project, type, low, high) select 1, 2, n, 0 from generate_series(1, ${USERS}) n`,
  );
  await sql(
    db,
    `insert into group_members (project, gid, uid)
      select 1, n, (n + d) % ${USERS} from generate_series(1, ${USERS}) n, generate_series(1, 10) d`,
  );
  const columns = 'conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs';
  await sql(
    db,
    `insert into messages (${columns})
      select c.id, n, n % 50, c.id * 100 + n, ${NOW} + n, 30, false, convert_to(repeat('x', 100), 'utf8'), ''
      from conversations c, generate_series(1, 5) n where c.id <> ${LONG}`,
  );
  await sql(
    db,
    `insert into messages (${columns})
      select ${LONG}, n, n % 50, -n, ${NOW} + n, 30, false, convert_to(repeat('x', 100), 'utf8'), ''
      from generate_series(1, 30000) n`,
  );
  // An app that counts its mids from 1 for each user.
  await sql(
    db,
    `insert into messages (${columns})
      select c.id, 6, c.low, ${COMMON_MID}, ${NOW} + 6, 30, false, '', '' from conversations c where c.id <> ${LONG}`,
  );
  await sql(db, 'insert into conversation_heads select conversation, max(id), max(mtime) from messages group by 1');
  await sql(db, `insert into conversation_marks select n, n % ${USERS}, ${NOW}, null from generate_series(1, 11000) n`);
  await sql(db, `insert into user_marks select 1, n, ${NOW}, 0 from generate_series(1, 20000) n`);
}

async function useEverything(db: Database): Promise<void> {
  for (const kind of ['p2p', 'group'] as const) {
    const query = { kind, project: 1, uid: 500n, since: NOW, mtypes: [30] };
    expect(await listConversationIds(db, kind, 1, 500n)).toHaveLength(kind === 'p2p' ? 20 : 10);
    expect(await listUnreadConversationIds(db, query)).toHaveLength(kind === 'p2p' ? 20 : 10);
    const listed = await listConversations(db, { ...query, usesMarks: true, onlyUnread: false, limit: 15 });
    expect(listed).toHaveLength(kind === 'p2p' ? 15 : 10);
  }
  const [count] = await countUnread(db, {
    uid: 2n,
    conversations: [LONG],
    since: [NOW + 29_000],
    usesMarks: true,
    mtypes: [30],
  });
  expect(count).toEqual({ unread: 980, newest: NOW + 30_000 });
  expect(await newestMessages(db, [LONG, 0], [30])).toMatchObject([{ id: 30_000 }, null]);
  expect(await findMessageId(db, LONG, -7n)).toBe(7n);
  expect(await findMessageId(db, LONG, COMMON_MID)).toBeUndefined();
  expect(await findMessageId(db, 2, COMMON_MID)).toBe(6n);
  const [users] = await sql<{ low: bigint; high: bigint }>(
    storage.db,
    'select low, high from conversations where id = 2',
  );
  expect(await findMessageId(db, 2, COMMON_MID, [users!.low, users!.high])).toBe(6n);
  expect(await findMessageId(db, 2, COMMON_MID, [-1n, users!.high])).toBeUndefined();
  await raiseUserMarks(db, [{ project: 1, uid: 5n, logoutAt: 2 * NOW, clearedAt: 0 }]);
  expect(await getUserMarks(db, 1, 5n)).toEqual({ logoutAt: 2 * NOW, clearedAt: 0 });
  const place = { conversation: LONG, uid: 1n };
  await markConversationsRead(db, 1n, [LONG], NOW);
  await hideConversations(db, [place]);
  await showConversations(db, [place]);
}
