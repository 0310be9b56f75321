import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { sharedPostgresUrl } from './shared-postgres.ts';

export type TestDatabase = { readonly url: string; close(): Promise<void> };

/**
 * Makes a fresh, empty database in the PostgreSQL that the test run shares, or in the one that PARLEY_TEST_POSTGRES_URL
 * names. Closing removes it with whatever still uses it; closing twice is harmless.
 *
 * @throws Error outside of a test run when no other server is named.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await sharedPostgresUrl();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => administer(server, `drop database if exists ${name} with (force)`) };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
