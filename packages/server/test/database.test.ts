import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@parley/testkit/internal';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '../src/storage/database.ts';
import { isConnectionFailure } from '../src/storage/postgres-errors.ts';
import { silentLogger } from '../src/telemetry/logger.ts';

const log = silentLogger;
let scratch: TestDatabase;
let db: Database;

beforeAll(async () => {
  scratch = await createTestDatabase();
  db = await Database.open({ url: scratch.url, log });
  await db.write(statement('make', 'create table scratch (n int4 primary key)'), []);
});

afterAll(async () => {
  await db?.close();
  await scratch?.close();
});

function statement(name: string, text: string): { name: string; text: string } {
  return { name, text };
}

async function numbers(): Promise<number[]> {
  const rows = await db.read<{ n: number }>(statement('all', 'select n from scratch order by n'), []);
  return rows.map(({ n }) => n);
}

/** Ends the sessions of this database that match, and waits until they are gone. */
async function endSessions(condition: string): Promise<void> {
  const admin = new pg.Client(scratch.url);
  await admin.connect();
  const where = `datname = current_database() and pid <> pg_backend_pid() and ${condition}`;
  const end = `select count(pg_terminate_backend(pid, 5000))::int4 as ended from pg_stat_activity where ${where}`;
  await expect.poll(async () => (await admin.query(end)).rows[0].ended).toBeGreaterThan(0);
  await admin.end();
}

const putText = 'insert into scratch values ($1)';
const put = statement('put', putText);

test('int8 comes back as bigint at both ends of its range, bytea as bytes, nulls as null', async () => {
  const text = 'select (-9223372036854775808)::int8 as low, 9223372036854775807::int8 as high, $1::bytea as bytes';
  const bytes = Buffer.from([0, 255, 1]);
  const [row] = await db.read<{ low: bigint; high: bigint; bytes: Buffer }>(statement('extremes', text), [bytes]);
  expect(row).toEqual({ low: -(2n ** 63n), high: 2n ** 63n - 1n, bytes });
  const arrays = 'select array[1, null, -2]::int8[] as some, array[]::int8[] as none, null::int8 as nothing';
  const expected = { some: [1n, null, -2n], none: [], nothing: null };
  expect(await db.read(statement('arrays', arrays), [])).toEqual([expected]);
  // Other users of the driver in this process keep its own types.
  const other = new pg.Client(scratch.url);
  await other.connect();
  expect((await other.query('select 1::int8 as one')).rows).toEqual([{ one: '1' }]);
  await other.end();
});

test('each connection prepares a statement once', async () => {
  const single = await Database.open({ url: scratch.url, readers: 1, log });
  const ours = statement('prepared', `select count(*)::int4 as n from pg_prepared_statements where name = 'prepared'`);
  for (let i = 0; i < 3; i += 1) expect(await single.read(ours, [])).toEqual([{ n: 1 }]);
  await single.close();
});

test('a transaction that throws leaves nothing, and one that succeeds is committed', async () => {
  const failing = db.transaction(async (tx) => {
    await tx.query(put, [1]);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await numbers()).toEqual([]);
  expect(await db.transaction(async (tx) => (await tx.query(put, [2])).length)).toBe(0);
  expect(await numbers()).toEqual([2]);
});

test('a transaction that hides the failure of a statement is not taken for committed', async () => {
  const hiding = db.transaction(async (tx) => {
    await tx.query(put, [3]);
    await tx.query(put, [3]).catch(() => {});
  });
  await expect(hiding).rejects.toThrow('cannot be committed');
  expect(await numbers()).toEqual([2]);
});

test('a statement that breaks a rule does not cost its connection', async () => {
  const single = await Database.open({ url: scratch.url, writers: 1, log });
  const pid = statement('pid', 'select pg_backend_pid() as pid');
  const before = await single.write(pid, []);
  const error: unknown = await single.write(put, [2]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: '23505' });
  expect(isConnectionFailure(error)).toBe(false);
  expect(await single.write(pid, [])).toEqual(before);
  expect(single.isReady).toBe(true);
  await single.close();
});

test('a statement whose session is ended fails as a connection failure, and the next one works', async () => {
  const failing = db.read(statement('sleep', 'select pg_sleep(30)'), []).catch((error: unknown) => error);
  await endSessions(`query like '%pg_sleep%'`);
  expect(isConnectionFailure(await failing)).toBe(true);
  expect(await numbers()).toEqual([2]);
  await expect.poll(() => db.isReady).toBe(true);
});

test('a session that ends between two statements of a transaction breaks that transaction and nothing else', async () => {
  const broken = db
    .transaction(async (tx) => {
      await tx.query(put, [4]);
      await endSessions(`state = 'idle in transaction'`);
      await tx.query(put, [5]);
    })
    .catch((error: unknown) => error);
  expect(isConnectionFailure(await broken)).toBe(true);
  expect(await numbers()).toEqual([2]);
});

test('idle sessions that are ended are noticed without any statement, and replaced', async () => {
  await numbers();
  await endSessions(`application_name = 'parley reader'`);
  await expect.poll(() => db.isReady).toBe(true);
  expect(await numbers()).toEqual([2]);
});

test('a database that says nothing any more is a connection failure after the time that was given', async () => {
  // A relay that can be told to swallow everything, as a broken network does.
  const host = new URL(scratch.url).searchParams.get('host')!;
  const sockets: Socket[] = [];
  let isMute = false;
  const relay = createServer((near) => {
    const far = connect(`${host}/.s.PGSQL.5432`);
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('data', (chunk) => isMute || far.write(chunk));
    far.on('data', (chunk) => isMute || near.write(chunk));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const url = new URL(scratch.url);
  url.port = String((relay.address() as AddressInfo).port);
  url.hostname = '127.0.0.1';
  url.searchParams.delete('host');
  const distant = await Database.open({ url: url.href, log });
  const one = { ...statement('one', 'select 1'), timeoutMs: 100 };
  await distant.write(one, []);
  isMute = true;
  const error: unknown = await distant.write(one, []).catch((reason: unknown) => reason);
  expect(isConnectionFailure(error)).toBe(true);
  expect(distant.isReady).toBe(false);
  isMute = false;
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => distant.isReady, { timeout: 10_000 }).toBe(true);
  await distant.close();
  relay.close();
});

test('opening waits for a server that is not there yet, and gives up; a refusal is told at once', async () => {
  const absent = { url: 'postgres://x@localhost/x?host=%2Fnowhere', startTimeoutMs: 100, log };
  await expect(Database.open(absent)).rejects.toMatchObject({ code: 'ENOENT' });
  const url = new URL(scratch.url);
  url.pathname = '/no_such_database';
  await expect(Database.open({ url: url.href, log })).rejects.toMatchObject({ code: '3D000' });
});

test('a closed database refuses, and closing again is harmless', async () => {
  const other = await Database.open({ url: scratch.url, log });
  await Promise.all([other.close(), other.close()]);
  await expect(other.read(statement('one', 'select 1'), [])).rejects.toThrow(/after calling end/);
});
