import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database, Transaction } from '../src/storage/database.ts';
import {
  completeFile,
  doomedFiles,
  doomFiles,
  findReadableFile,
  forgetFile,
  lastFile,
  registerFile,
} from '../src/storage/file-register.ts';
import type { Statement } from '../src/storage/statement.ts';
import { openTestStorage, sql, type TestStorage } from './support/message-storage.ts';

const NOW = 1_800_000_000_000;
const ROWS = 20_000;
let storage: TestStorage;
let client: pg.Client;
const used = new Map<string, string>();

beforeAll(async () => {
  storage = await openTestStorage();
  client = new pg.Client(storage.url);
  await client.connect();
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
  await useEverything(watched(storage.db));
});

afterAll(async () => {
  await client?.end();
  await storage?.close();
});

describe.each([
  ['before the first statistics', 'select 1'],
  ['with statistics', 'vacuum analyze'],
])('%s', (_, prepare) => {
  test('no statement about files reads a whole table', async () => {
    await client.query(prepare);
    const offences: string[] = [];
    for (const [name, text] of used) {
      const plan = await client.query({ text: `explain (generic_plan) ${text}`, rowMode: 'array' });
      const lines = plan.rows.map(([line]) => String(line));
      offences.push(...lines.filter((line) => /Seq Scan/.test(line)).map((line) => `${name}: ${line.trim()}`));
    }
    expect(offences).toEqual([]);
    expect(used.size).toBe(8);
  });
});

/** Notes the statements that are run. */
function watched(db: Database): Database {
  const note =
    (run: Transaction['query']) =>
    <Row>(statement: Statement, values: readonly unknown[]) => {
      used.set(statement.name, statement.text);
      return run<Row>(statement, values);
    };
  return { read: note(db.read.bind(db)), write: note(db.write.bind(db)) } as unknown as Database;
}

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
  expect(await doomFiles(db, 0n, added.id, NOW)).toBe(1);
  expect(await doomedFiles(db, 0n, 10)).toEqual([{ id: added.id, name: 'new' }]);
  await forgetFile(db, added.id);
}
