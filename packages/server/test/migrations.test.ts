import { createTestDatabase, type TestDatabase } from '@parley/testkit/internal';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '../src/storage/migrations/index.ts';
import type { Migration } from '../src/storage/migrations/migration.ts';
import { runMigrations } from '../src/storage/migrations.ts';

const ONE: Migration = { number: 1, name: 'one', sql: 'create table one ()' };
const TWO: Migration = { number: 2, name: 'two', sql: 'create table two ()' };

let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await database.close();
});

async function applied(): Promise<number[]> {
  const { rows } = await client.query<Migration>('select number from schema_migrations order by number');
  return rows.map(({ number }) => number);
}

async function exists(table: string): Promise<boolean> {
  return (await client.query('select to_regclass($1) is not null as exists', [table])).rows[0].exists;
}

test('several processes may migrate at once, and again later; each step is applied once', async () => {
  const others = [1, 2, 3].map(() => new pg.Client(database.url));
  await Promise.all(
    others.map(async (other) => {
      await other.connect();
      await runMigrations(other);
      await other.end();
    }),
  );
  await runMigrations(client);
  expect(await applied()).toEqual(migrations.map(({ number }) => number));
});

test('steps are applied in order, and later ones when they are known', async () => {
  await runMigrations(client, [ONE]);
  await runMigrations(client, [ONE, { ...TWO, sql: 'alter table one rename to two' }]);
  expect(await applied()).toEqual([1, 2]);
  expect(await exists('two')).toBe(true);
});

test('a step that fails is undone and named, those before it stay', async () => {
  const wrong = { ...TWO, sql: `${TWO.sql}; select nonsense` };
  await expect(runMigrations(client, [ONE, wrong])).rejects.toThrow(/migration 2 \(two\) failed: .*nonsense/);
  expect([await exists('one'), await exists('two')]).toEqual([true, false]);
  await runMigrations(client, [ONE, TWO]);
  expect(await applied()).toEqual([1, 2]);
});

test('a step that was changed, one that is missing and one that is unknown are refused', async () => {
  await runMigrations(client, [ONE, TWO]);
  await expect(runMigrations(client, [{ ...ONE, sql: 'create table uno ()' }, TWO])).rejects.toThrow(
    /1 .* was changed/,
  );
  await expect(runMigrations(client, [ONE])).rejects.toThrow(
    /has migration 2 \(two\), which this version does not know/,
  );
  await client.query('delete from schema_migrations where number = 1');
  await expect(runMigrations(client, [ONE, TWO])).rejects.toThrow(/lacks 1 \(one\)/);
});

test('the numbers of the steps rise without gaps', async () => {
  await expect(runMigrations(client, [TWO])).rejects.toThrow('out of order');
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
});
