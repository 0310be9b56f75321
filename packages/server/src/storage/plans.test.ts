import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { STATISTICS, WatchedPlans } from '../../test/support/watched-plans.ts';
import { ConversationDirectory, groupKey } from './conversation-directory.ts';
import type { Database } from './database.ts';
import { HistoryReader } from './history-reader.ts';
import { editMessage } from './message-edit.ts';
import { getMessage } from './message-lookup.ts';
import { deleteSpans, deleteTombstones } from './message-purge.ts';
import { removeBySender, removeMessage, removeRange } from './message-removal.ts';
import { writeMessages } from './message-writer.ts';
import { surveyConversations } from './retention-survey.ts';

const NOW = 1_800_000_000_000;
const LONG = 1;
const WALKS_AN_INDEX = /^(history-|messages-(get|edit|exists|remove|find-refused)$|conversations-find$)/;
let storage: TestStorage;
let plans: WatchedPlans;

beforeAll(async () => {
  storage = await openTestStorage();
  plans = await WatchedPlans.open(storage);
  await fill(storage.db);
  await useEverything(plans.db);
});
afterAll(async () => {
  await plans.close();
  await storage.close();
});

describe.each(STATISTICS)('%s', (_, prepare) => {
  test('no statement reads a whole table, and no reader gathers a conversation to sort it', async () => {
    await plans.run(prepare);
    const walking = /Seq Scan|Bitmap|Sort|Hash Join|Merge Join/;
    const offences = await plans.offences((line, name) =>
      (WALKS_AN_INDEX.test(name) ? walking : /Seq Scan/).test(line),
    );
    expect(offences).toEqual([]);
    expect(plans.count).toBeGreaterThanOrEqual(13);
  });
});

/** One long conversation and 2000 short ones. */
async function fill(db: Database): Promise<void> {
  await sql(
    db,
    `insert into conversations (project, type, low, high) select 1, 2, n, 0 from generate_series(1, 2001) n`,
  );
  const columns = 'conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs';
  const content = `30, false, convert_to(repeat('x', 100), 'utf8'), ''`;
  await sql(
    db,
    `insert into messages (${columns}) select ${LONG}, n, n % 50, n, ${NOW} + n, ${content} from generate_series(1, 30000) n`,
  );
  await sql(
    db,
    `insert into messages (${columns}) select c, n, n, 100000 + c * 10 + n, ${NOW} + n, ${content}
     from generate_series(2, 2001) c, generate_series(1, 5) n`,
  );
  await sql(db, 'insert into conversation_heads select conversation, max(id), max(mtime) from messages group by 1');
}

/** What the server does while it runs; counting is left out, it looks at every message it counts. */
async function useEverything(db: Database): Promise<void> {
  const sent = message({ conversation: LONG });
  await writeMessages(db, [sent], NOW);
  await writeMessages(db, [sent], NOW);
  const reader = new HistoryReader(db, { now: () => NOW });
  for (const isDescending of [false, true]) {
    await reader.page({
      conversation: LONG,
      isDescending,
      limit: 20,
      begin: NOW,
      end: NOW + 1e5,
      lastId: 0n,
      mtypes: [30],
    });
  }
  await getMessage(db, LONG, 5n, 5n);
  const content = { isBinary: false, body: Buffer.alloc(0), attrs: Buffer.alloc(0) };
  await editMessage(db, LONG, 5n, 5n, content, 2 * NOW);
  await removeMessage(db, LONG, 5n, 5n);
  await removeRange(db, LONG, NOW, NOW + 100);
  await removeBySender(db, LONG, 7n);
  await deleteSpans(db, [{ conversation: LONG, first: 1, last: 100 }]);
  await deleteTombstones(db, NOW);
  await new ConversationDirectory(db).resolve([groupKey(2, 1n)]);
  await surveyConversations(db, { from: 0, to: 20 }, [{ project: 1, days: 1, messagesPerConversation: 9 }], NOW);
}
