import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

type Applied = { number: number; name: string; checksum: string };

/** Key of the advisory lock under which one process at a time migrates. */
const LOCK = 0x7061_726c;

/**
 * Applies the steps that the database does not have, each in a transaction of its own, in order.
 *
 * @throws Error when a step that was applied differs from ours, when the database has one that we do not know, or when
 * a step fails; that one is undone, those before it stay.
 */
export async function runMigrations(client: ClientBase, steps: readonly Migration[] = migrations): Promise<void> {
  checkNumbers(steps);
  await client.query('select pg_advisory_lock($1)', [LOCK]);
  try {
    await client.query(`create table if not exists schema_migrations (
      number int4 primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<Applied>(
      'select number, name, checksum from schema_migrations order by number',
    );
    checkApplied(rows, steps);
    for (const step of steps.slice(rows.length)) await apply(client, step);
  } finally {
    // When the connection is gone, so is the lock.
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => {});
  }
}

async function apply(client: ClientBase, step: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(step.sql);
    await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
      step.number,
      step.name,
      checksumOf(step),
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => {}); // When the connection is gone, so is the transaction.
    throw new Error(`migration ${step.number} (${step.name}) failed: ${(cause as Error).message}`, { cause });
  }
}

function checkNumbers(steps: readonly Migration[]): void {
  const wrong = steps.find(({ number }, index) => number !== index + 1);
  if (wrong !== undefined) throw new Error(`migration ${wrong.number} (${wrong.name}) is out of order`);
}

/** What was applied must be the beginning of what we know. */
function checkApplied(rows: readonly Applied[], steps: readonly Migration[]): void {
  for (const [index, { number, name, checksum }] of rows.entries()) {
    const step = steps[index];
    if (step === undefined) {
      throw new Error(
        `the database has migration ${number} (${name}), which this version does not know; use a newer one`,
      );
    }
    if (step.number !== number) {
      throw new Error(`the database has migration ${number} (${name}) but lacks ${step.number} (${step.name})`);
    }
    if (checksumOf(step) !== checksum) {
      throw new Error(`migration ${number} (${step.name}) was changed after it had been applied to this database`);
    }
  }
}

function checksumOf(step: Migration): string {
  return createHash('sha256').update(step.sql).digest('hex');
}
