import { randomBytes } from 'node:crypto';
import type { RawString } from '@parley/fpnn';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { S3_CREDENTIALS, S3Server } from '../packages/server/test/support/s3-server.ts';
import { FileCaller } from './support/file-caller.ts';
import { useParley } from './support/parley-fixture.ts';

const s3 = new S3Server();
let endpoint: string;
beforeAll(async () => {
  endpoint = await s3.listen();
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.onPut = () => {};
});

const fixture = useParley();
const inBucket = () => ({ fileStore: { s3: { endpoint, bucket: 'chat-files', ...S3_CREDENTIALS } } });
const [from, to] = [1, 2];
let mid = 0;

/** Holds the next object back; resolves when it has come, and gives what lets it go. */
function holdNextPut(): Promise<() => void> {
  return new Promise((resolve) => {
    s3.onPut = () => new Promise<void>((release) => resolve(release));
  });
}

async function start(config: object = {}) {
  const { parley, caller } = await fixture.startAnother({ config: { ...inBucket(), ...config } });
  return { parley, caller, files: await FileCaller.connect(parley.fileGate, parley.pid) };
}

test('a file is kept in the bucket and read from there, whole and in parts', async () => {
  const { caller, files } = await start({ fileGate: { publicUrl: 'http://files.example/chat' } });
  const file = randomBytes(100_000);
  await files.send(caller, 'sendfile', file, { from, to, mid: (mid += 1) });
  const message = await caller.call('getmsg', { from, mid, xid: to, type: 1 });
  const { url } = JSON.parse((message.get('msg') as RawString).text);
  expect(url).toMatch(/^http:\/\/files\.example\/chat\/files\/[\w-]{32}\.bin$/);
  expect([...s3.objects.keys()]).toEqual([expect.stringMatching(/^\/chat-files\/[\w-]{32}$/)]);
  files.close();
});

test('downloads of a bucket know ranges', async () => {
  const { caller, files } = await start();
  const file = randomBytes(100_000);
  await files.send(caller, 'sendfile', file, { from, to, mid: (mid += 1) });
  const message = await caller.call('getmsg', { from, mid, xid: to, type: 1 });
  const { url } = JSON.parse((message.get('msg') as RawString).text);
  const response = await fetch(url, { headers: { range: 'bytes=99990-' } });
  expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 99990-99999/100000']);
  expect(Buffer.from(await response.arrayBuffer()).equals(file.subarray(99_990))).toBe(true);
  s3.objects.clear();
  expect((await fetch(url)).status).toBe(503);
  files.close();
});

test('a bucket that fails is 20001, and the send can be repeated with the same mid', async () => {
  const { caller, files } = await start();
  const file = randomBytes(100);
  mid += 1;
  s3.failures.push(403);
  await expect(files.send(caller, 'sendfile', file, { from, to, mid })).rejects.toMatchObject({ code: 20001 });
  expect(await caller.codeOf('getmsg', { from, mid, xid: to, type: 1 })).toBe(200070);
  await files.send(caller, 'sendfile', file, { from, to, mid });
  expect(await caller.codeOf('getmsg', { from, mid, xid: to, type: 1 })).toBe(0);
  files.close();
});

test('more files at once than are allowed are refused with 20011, and their tokens stay good', async () => {
  const { caller, files } = await start({ fileGate: { uploadsMax: 1 } });
  const [file, other] = [randomBytes(100), randomBytes(100)];
  const held = holdNextPut();
  const first = files.send(caller, 'sendfile', file, { from, to, mid: (mid += 1) });
  const release = await held;
  const token = await files.token(caller, 'sendfile', { from, to });
  const quest = files.quest(token, other, { from, to, mid: (mid += 1) });
  expect(await files.codeOf('sendfile', quest)).toBe(20011);
  s3.onPut = () => {};
  release();
  await first;
  expect(await files.codeOf('sendfile', quest)).toBe(0);
  files.close();
});

test('a server that stops finishes the file that it is storing', async () => {
  const { parley, caller, files } = await start();
  const held = holdNextPut();
  const sending = files.send(caller, 'sendfile', randomBytes(100), { from, to, mid: (mid += 1) });
  const release = await held;
  const closing = parley.close();
  release();
  expect((await sending).get('mtime')).toBeTypeOf('number');
  await closing;
});
