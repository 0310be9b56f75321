import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { end, postgresIn, query, usePostgresSandbox } from './support/postgres-sandbox.ts';

const sandbox = usePostgresSandbox();

test('a server that outlived its parent is taken over, started again when it is killed, and stopped in the end', async () => {
  const { child, pid, url } = await sandbox.hold();
  await query(url, 'create table kept as select 1 as n');
  await end(child, 'SIGKILL');
  const postgres = await sandbox.start();
  expect(postgres.pid).toBe(pid);
  expect(postgres.url).toBe(url);
  const rows = () => query(url, 'select n from kept').catch(() => []);
  expect(await rows()).toEqual([{ n: 1 }]);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => postgres.pid, { timeout: 20_000 }).not.toBe(pid);
  expect(await rows()).toEqual([{ n: 1 }]);
  await postgres.stop();
  expect(postgresIn(sandbox.directory)).toEqual([]);
});

test('of several starters at once one gets the database and the others are told who', async () => {
  const starts = await Promise.allSettled([sandbox.hold(), sandbox.hold(), sandbox.hold()]);
  const [held, ...more] = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  expect(more).toEqual([]);
  const refusals = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason.message] : []));
  expect(refusals).toHaveLength(2);
  for (const refusal of refusals) expect(refusal).toContain(`is in use by process ${held!.child.pid}`);
  expect(postgresIn(sandbox.directory)).toEqual([held!.pid]);

  // A process that exits without a word takes its server along.
  await end(held!.child, 'SIGHUP');
  await expect.poll(() => postgresIn(sandbox.directory)).toEqual([]);
});

test('a starter killed in the middle of its first start is no obstacle to the next', async () => {
  const folder = join(sandbox.directory, 'postgres');
  const isDrafting = () => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('data.draft'));
  const holding = sandbox.hold().catch((error: unknown) => error);
  await expect.poll(isDrafting, { interval: 5 }).toBe(true);
  const child = sandbox.children.at(-1)!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  await holding;
  const postgres = await sandbox.start();
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect(readdirSync(folder).filter((name) => name.startsWith('data.'))).toEqual([]);
});
