import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../src/storage/database.ts';
import { type Logger, silentLogger } from '../src/telemetry/logger.ts';
import { end, postgresIn, QUICK, query, usePostgresSandbox } from './support/postgres-sandbox.ts';

const sandbox = usePostgresSandbox();

/** Waits for lines of the log. */
function watchedLog(): { log: Logger; sees(message: string): Promise<void> } {
  const waiting = new Map<string, () => void>();
  const see = (message: string) => waiting.get(message)?.();
  const log: Logger = { ...silentLogger, info: see, warn: see, error: see };
  return { log, sees: (message) => new Promise((resolve) => waiting.set(message, resolve)) };
}

test('it starts on an empty folder, keeps data over a restart, and leaves no process and no socket', async () => {
  const first = await sandbox.start();
  await query(first.url, 'create table kept as select 42 as answer');
  expect(await query(first.url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();
  expect(postgresIn(sandbox.directory)).toEqual([]);
  expect(readdirSync(join(sandbox.directory, 'postgres')).sort()).toEqual(['data', 'postgres.log']);
  const second = await sandbox.start({ settings: { max_connections: '17' } });
  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  for (const [name, value] of Object.entries({
    max_connections: '17',
    fsync: 'on',
    synchronous_commit: 'on',
    listen_addresses: '',
    min_wal_size: '512MB',
  })) {
    expect(await query(second.url, `show ${name}`)).toEqual([{ [name]: value }]);
  }
});

test('a server killed under a living database is back at the same address with all that was committed', async () => {
  const watched = watchedLog();
  const postgres = await sandbox.start({ log: watched.log });
  const db = await Database.open({ url: postgres.url, log: watched.log });
  await db.write({ name: 'make', text: 'create table kept (n int4)' }, []);
  await db.write({ name: 'put', text: 'insert into kept values ($1)' }, [1]);
  const { pid } = postgres;
  const [noticed, back] = [watched.sees('the database does not answer'), watched.sees('the database answers again')];
  process.kill(pid, 'SIGKILL');
  await noticed;
  expect(db.isReady).toBe(false);
  await back;
  expect(db.isReady).toBe(true);
  await expect.poll(() => postgres.pid).not.toBe(pid);
  expect(postgres.restarts).toBeGreaterThan(0);
  expect(await db.read({ name: 'get', text: 'select n from kept' }, [])).toEqual([{ n: 1 }]);
  await db.close();

  // A stop in the middle of the next restart ends that server too.
  const ended = watched.sees('PostgreSQL ended by itself; it is started again');
  process.kill(postgres.pid, 'SIGKILL');
  await ended;
  await postgres.stop();
  expect(postgresIn(sandbox.directory)).toEqual([]);
});

test('a server that died with its parent is recovered, whoever has its process number by now', async () => {
  const { child, pid, url } = await sandbox.hold();
  await query(url, 'create table kept as select 1 as n');
  process.kill(pid, 'SIGKILL');
  await end(child, 'SIGKILL');
  const file = join(sandbox.directory, 'postgres/data/postmaster.pid');
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  // As in a container that starts again.
  writeFileSync(file, [process.pid, ...rest].join('\n'));
  // And the old one is not quite gone: nothing is started while somebody listens.
  const socket = join(sandbox.directory, 'postgres/socket/.s.PGSQL.5432');
  rmSync(socket);
  const remains = createServer((connection) => {
    expect(postgresIn(sandbox.directory)).toEqual([]);
    connection.destroy();
    remains.close();
  }).listen(socket);
  await once(remains, 'listening');
  const postgres = await sandbox.start();
  expect(remains.listening).toBe(false);
  expect(await query(postgres.url, 'select n from kept')).toEqual([{ n: 1 }]);
});

test('what a killed initdb left is removed, and a log that has grown large is cut', async () => {
  const folder = join(sandbox.directory, 'postgres');
  const draft = join(folder, 'data.draft-0');
  mkdirSync(join(draft, 'base'), { recursive: true });
  writeFileSync(join(draft, 'PG_VERSION'), '18\n');
  const log = join(folder, 'postgres.log');
  writeFileSync(log, 'x'.repeat(5 * 1024 * 1024));
  const postgres = await sandbox.start();
  expect(existsSync(draft)).toBe(false);
  expect(readFileSync(log, 'utf8')).toMatch(/^2.* starting PostgreSQL/);
  expect(readFileSync(`${log}.1`).length).toBe(5 * 1024 * 1024);

  // Details of errors hold rows, and rows hold messages.
  const broken = `do $$ begin raise exception 'seen' using detail = repeat('secret', 3); end $$`;
  await expect(query(postgres.url, broken)).rejects.toThrow('seen');
  expect(readFileSync(log, 'utf8')).toContain('seen');
  expect(readFileSync(log, 'utf8')).not.toContain('secretsecret');
});

test('a start that fails leaves no process, and gives the folder back', async () => {
  const nonsense = { ...QUICK, no_such_setting: '1' };
  await expect(sandbox.start({ settings: nonsense })).rejects.toThrow(/unrecognized configuration parameter/);
  expect(postgresIn(sandbox.directory)).toEqual([]);
  const postgres = await sandbox.start();
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a data directory of another version, and one that is none, are refused with a sentence', async () => {
  const data = join(sandbox.directory, 'postgres/data');
  mkdirSync(data, { recursive: true });
  await expect(sandbox.start()).rejects.toThrow(/holds no PostgreSQL database/);
  writeFileSync(join(data, 'PG_VERSION'), '12\n');
  await expect(sandbox.start()).rejects.toThrow(/was made by PostgreSQL 12, and PostgreSQL 18 is installed/);
});
