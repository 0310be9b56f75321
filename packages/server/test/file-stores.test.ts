import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalFileStore } from '../src/files/local-file-store.ts';
import { S3FileStore } from '../src/files/s3-file-store.ts';
import { describeFileStore } from './support/file-store.contract.ts';
import { S3_CREDENTIALS, S3Server } from './support/s3-server.ts';

const s3 = new S3Server();
let directory: string;
let local: LocalFileStore;
let remote: S3FileStore;
let endpoint: string;
const bucket = { bucket: 'chat-files', prefix: 'parley/files/' };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-files-'));
  local = await LocalFileStore.open(directory);
  endpoint = await s3.listen();
  remote = new S3FileStore({ endpoint: `${endpoint}/`, ...bucket, ...S3_CREDENTIALS });
});
afterAll(async () => {
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

describeFileStore('files in a folder', () => local);
describeFileStore('objects of a bucket', () => remote);

test('a folder holds nothing but whole files, and what a killed process left is gone at the next start', async () => {
  await local.put('abcdef', Uint8Array.of(1));
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  await writeFile(join(directory, 'incoming', 'half'), 'ha');
  const again = await LocalFileStore.open(directory);
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  expect(await again.read('abcdef', 0, 1)).toBeDefined();
});

test('objects lie under the prefix of the bucket', async () => {
  await remote.put('key-1', Uint8Array.of(1, 2, 3));
  expect(s3.objects.get('/chat-files/parley/files/key-1')).toEqual(Buffer.of(1, 2, 3));
});

test('a failure of the service is tried again, a wrong key is an error', async () => {
  s3.failures.push(503, 500);
  await remote.put('key-2', Uint8Array.of(1));
  expect(s3.objects.has('/chat-files/parley/files/key-2')).toBe(true);
  const stranger = new S3FileStore({ endpoint, ...bucket, ...S3_CREDENTIALS, secretAccessKey: 'wrong' });
  await expect(stranger.put('key-3', Uint8Array.of(1))).rejects.toThrow(/403.*SignatureDoesNotMatch/);
  await expect(stranger.read('key-2', 0, 1)).rejects.toThrow(/403/);
  expect(s3.objects.has('/chat-files/parley/files/key-3')).toBe(false);
});

test('a service that is away is an error that says so', async () => {
  const nowhere = new S3FileStore({ endpoint: 'http://127.0.0.1:1', ...bucket, ...S3_CREDENTIALS });
  await expect(nowhere.put('key', Uint8Array.of(1))).rejects.toThrow('the object store does not answer PUT');
});

test('bytes go nowhere but to the service that was configured', async () => {
  const elsewhere = new S3Server();
  const other = await elsewhere.listen();
  try {
    for (const status of [301, 302, 307, 308]) {
      s3.redirects.push({ status, to: `${other}/chat-files/key-4` });
      await expect(remote.put('key-4', Uint8Array.of(1))).rejects.toThrow(`answered ${status}`);
    }
    expect(elsewhere.requests).toBe(0);
  } finally {
    await elsewhere.close();
  }
});

test('an answer that does not end in time is an error', async () => {
  const impatient = new S3FileStore({ endpoint, ...bucket, ...S3_CREDENTIALS }, { answerTimeoutMs: 50 });
  s3.endless = 1;
  await expect(impatient.put('key-5', Uint8Array.of(1))).rejects.toThrow('the object store does not answer PUT');
});
