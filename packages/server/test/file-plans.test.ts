import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../src/storage/database.ts';
import {
  completeFile,
  doomedFiles,
  doomFiles,
  findReadableFile,
  forgetFile,
  lastFile,
  registerFile,
} from '../src/storage/file-register.ts';
import { openTestStorage, sql, type TestStorage } from './support/message-storage.ts';
import { STATISTICS, WatchedPlans } from './support/watched-plans.ts';

const NOW = 1_800_000_000_000;
const ROWS = 20_000;
let storage: TestStorage;
let plans: WatchedPlans;

beforeAll(async () => {
  storage = await openTestStorage();
  plans = await WatchedPlans.open(storage);
  const rows = `from generate_series(1, ${ROWS}) n`;
  await sql(storage.db, `insert into conversations (project, type, low, high) select 1, 1, n, n + 1 ${rows}`);
  await sql(
    storage.db,
    `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
      select n, 1, n, n, ${NOW}, 40, false, convert_to('name-' || n, 'UTF8'), '' ${rows}`,
  );
  await sql(
    storage.db,
    `insert into files (project, name, origin, sender, mid, state, size, content_type, needs_message, keep_until)
      select 1, 'name-' || n, int8send(n), n, n, 1, 10, 'image/png', true, 0 ${rows}`,
  );
  await useEverything(plans.db);
});

afterAll(async () => {
  await plans?.close();
  await storage?.close();
});

describe.each(STATISTICS)('%s', (_, prepare) => {
  test('no statement about files reads a whole table', async () => {
    await plans.run(prepare);
    expect(await plans.offences((line) => /Seq Scan/.test(line))).toEqual([]);
    expect(plans.count).toBe(8);
  });
});

async function useEverything(db: Database): Promise<void> {
  const file = { project: 1, sender: 1n, mid: 5n, size: 3, contentType: 'image/png', filename: undefined };
  const added = await registerFile(db, {
    ...file,
    name: 'new',
    origin: Buffer.from('new'),
    needsMessage: false,
    keepUntil: NOW,
  });
  const change = { thumbnailSize: null, keepUntil: 0 };
  await completeFile(db, added.id, { ...change, isSent: true });
  await completeFile(db, added.id, { ...change, isSent: false });
  expect(await findReadableFile(db, 'name-7', NOW)).toMatchObject({ size: 10 });
  expect(await lastFile(db)).toBe(added.id);
  expect(await doomFiles(db, added.id - 1n, added.id, NOW)).toBe(1);
  expect(await doomedFiles(db, 0n, 10)).toEqual([{ id: added.id, name: 'new' }]);
  await forgetFile(db, added.id);
}
