import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawString, WireMap } from '@parley/fpnn';
import { createTestDatabase, RawCaller, type TestDatabase } from '@parley/testkit/internal';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { S3_CREDENTIALS, S3Server } from '../packages/server/test/support/s3-server.ts';
import { FileCaller } from './support/file-caller.ts';
import { ParleyProcess } from './support/parley-process.ts';

const SIGNER = { pid: 80_000_001, secret: 'test-secret' };
const s3 = new S3Server();
let database: TestDatabase;
let directory: string;
let env: Record<string, string>;
/** Keeps the files in our bucket instead of the data folder. */
let inBucket: Record<string, string>;
let lastId = 0;
const fresh = () => (lastId += 1);

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'parley-files-crash-'));
  env = {
    DATABASE_URL: database.url,
    PARLEY_DATA: directory,
    PARLEY_PROJECTS: `${SIGNER.pid}:${SIGNER.secret}`,
    PARLEY_RETENTION_INTERVAL_MS: '1000',
    PARLEY_FILE_STORE_ORPHAN_KEEP_MS: '1000',
  };
  inBucket = {
    PARLEY_FILE_STORE_S3_ENDPOINT: await s3.listen(),
    PARLEY_FILE_STORE_S3_BUCKET: 'chat-files',
    PARLEY_FILE_STORE_S3_REGION: S3_CREDENTIALS.region,
    PARLEY_FILE_STORE_S3_ACCESS_KEY_ID: S3_CREDENTIALS.accessKeyId,
    PARLEY_FILE_STORE_S3_SECRET_ACCESS_KEY: S3_CREDENTIALS.secretAccessKey,
  };
});
afterAll(async () => {
  await s3.close();
  await database?.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  s3.onPut = () => {};
  s3.objects.clear();
});

/** The server with a caller of each gate. */
async function start(overrides: Record<string, string> = {}) {
  const parley = await ParleyProcess.start({ ...env, ...overrides });
  const caller = await RawCaller.connect(parley.serverGate, SIGNER);
  const files = await FileCaller.connect(parley.fileGate, SIGNER.pid);
  const stop = async () => {
    caller.close();
    files.close();
    await parley.stop();
  };
  return { parley, caller, files, stop };
}

const urlIn = (message: WireMap) => JSON.parse((message.get('msg') as RawString).text).url as string;

test('killed when the file is stored and before the message is: no message, no file, and the bytes go', async () => {
  const [from, to, mid] = [fresh(), fresh(), fresh()];
  const file = randomBytes(5000);
  const first = await start(inBucket);
  s3.onPut = async () => {
    first.parley.signal('SIGKILL');
    await first.parley.exited;
  };
  await expect(first.files.send(first.caller, 'sendfile', file, { from, to, mid })).rejects.toMatchObject({
    code: expect.any(Number),
  });
  await first.stop();
  expect(s3.objects.size).toBe(1);
  s3.onPut = () => {};

  const second = await start(inBucket);
  const name = [...s3.objects.keys()][0]!.split('/').at(-1);
  const { host, port } = second.parley.downloads;
  expect((await fetch(`http://${host}:${port}/files/${name}`)).status).toBe(404);
  expect(await second.caller.codeOf('getmsg', { from, mid, xid: to, type: 1 })).toBe(200070);
  await expect.poll(() => s3.objects.size, { timeout: 20_000 }).toBe(0);

  // The SDK repeats the send with its mid, and now it is there.
  await second.files.send(second.caller, 'sendfile', file, { from, to, mid });
  const message = await second.caller.call('getmsg', { from, mid, xid: to, type: 1 });
  const bytes = Buffer.from(await (await fetch(urlIn(message))).arrayBuffer());
  expect(bytes.equals(file)).toBe(true);
  await second.stop();
});

test('a repeat right after the crash finds its file and finishes the send', async () => {
  const [from, to, mid] = [fresh(), fresh(), fresh()];
  const file = randomBytes(5000);
  const first = await start({ ...inBucket, PARLEY_FILE_STORE_ORPHAN_KEEP_MS: '600000' });
  s3.onPut = async () => {
    first.parley.signal('SIGKILL');
    await first.parley.exited;
  };
  await first.files.send(first.caller, 'sendfile', file, { from, to, mid }).catch(() => {});
  await first.stop();
  s3.onPut = () => {};
  const [key] = s3.objects.keys();
  const second = await start({ ...inBucket, PARLEY_FILE_STORE_ORPHAN_KEEP_MS: '600000' });
  await second.files.send(second.caller, 'sendfile', file, { from, to, mid });
  expect([...s3.objects.keys()]).toEqual([key]);
  expect(urlIn(await second.caller.call('getmsg', { from, mid, xid: to, type: 1 }))).toContain(key!.split('/').at(-1));
  await second.stop();
});

test('killed amid many sends: every message that is there has its file, and every answered send is there', async () => {
  const from = fresh();
  const sent = new Map<number, { to: number; md5: string }>();
  const answered = new Set<number>();
  const killed = await start();
  const lane = async () => {
    while (!killed.parley.hasExited) {
      const [to, mid, file] = [fresh(), fresh(), randomBytes(20_000)];
      sent.set(mid, { to, md5: hash('md5', file, 'hex') });
      await killed.files.send(killed.caller, 'sendfile', file, { from, to, mid });
      answered.add(mid);
      if (answered.size === 40) killed.parley.signal('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, lane));
  await killed.stop();
  expect(sent.size).toBeGreaterThan(40);
  const { parley, caller, stop } = await start();
  const { host, port } = parley.downloads;
  let found = 0;
  for (const [mid, { to, md5 }] of sent) {
    const message = await caller.call('getmsg', { from, mid, xid: to, type: 1 }).catch(() => undefined);
    if (message === undefined) {
      expect(answered.has(mid)).toBe(false);
      continue;
    }
    found += 1;
    // The port is another one after each start.
    const { pathname } = new URL(urlIn(message));
    const response = await fetch(`http://${host}:${port}${pathname}`);
    expect(response.status).toBe(200);
    expect(hash('md5', Buffer.from(await response.arrayBuffer()), 'hex')).toBe(md5);
  }
  expect(found).toBeGreaterThanOrEqual(answered.size);
  await stop();
});
