import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@parley/testkit/internal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mediaWorkersOf } from './support/media-workers-of.ts';
import { ParleyProcess } from './support/parley-process.ts';

let database: TestDatabase;
let directory: string;
let parley: ParleyProcess;

beforeEach(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'parley-media-process-'));
  parley = await ParleyProcess.start({
    DATABASE_URL: database.url,
    PARLEY_DATA: directory,
    PARLEY_PROJECTS: '80000001:test-secret',
    PARLEY_MEDIA_WORKERS: '2',
  });
});
afterEach(async () => {
  await parley?.stop();
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

const readiness = async () => {
  const response = await fetch(`http://${parley.admin.host}:${parley.admin.port}/health/ready`);
  return { status: response.status, ...((await response.json()) as { checks: Record<string, boolean> }).checks };
};
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('the server says where media goes, and is ready while all workers are up', async () => {
  expect(parley.greeting).toMatch(/web RTC +127\.0\.0\.1:\d+ .*\n +media gate +127\.0\.0\.1:\d+/);
  expect(await readiness()).toEqual({ status: 200, database: true, media: true, accepting: true });
  const [one, other] = mediaWorkersOf(parley.pid) as [number, number];
  process.kill(one, 'SIGKILL');
  await expect.poll(readiness, { interval: 5, timeout: 10_000 }).toMatchObject({ status: 503, media: false });
  await expect.poll(readiness, { timeout: 10_000 }).toMatchObject({ status: 200, media: true });
  const now = mediaWorkersOf(parley.pid);
  expect([now.length, now.includes(one), now.includes(other)]).toEqual([2, false, true]);
});

test('no worker outlives the server, however it ends', async () => {
  const workers = mediaWorkersOf(parley.pid);
  expect(workers).toHaveLength(2);
  parley.signal('SIGKILL');
  await parley.exited;
  await expect.poll(() => workers.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});
