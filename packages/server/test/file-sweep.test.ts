import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@parley/testkit/internal';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recogniseContent } from '../src/files/file-content.ts';
import { FileLinks, parseFileLink } from '../src/files/file-links.ts';
import { FileLookup } from '../src/files/file-lookup.ts';
import { FileService, type IncomingFile } from '../src/files/file-service.ts';
import { FileSweep } from '../src/files/file-sweep.ts';
import { Thumbnails } from '../src/files/thumbnails.ts';
import { ConversationDirectory, p2pKey } from '../src/storage/conversation-directory.ts';
import { Database } from '../src/storage/database.ts';
import { removeMessage } from '../src/storage/message-removal.ts';
import { writeMessages } from '../src/storage/message-writer.ts';
import { OutageRetry } from '../src/storage/outage-retry.ts';
import { silentLogger } from '../src/telemetry/logger.ts';
import { MemoryFileStore } from './support/memory-file-store.ts';

const log = silentLogger;
const PROJECT = 5;
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

let database: TestDatabase;
let db: Database;
let clock = 1_700_000_000_000;
const now = () => clock;
let store: MemoryFileStore;
let service: FileService;
let lookup: FileLookup;
let sweep: FileSweep;
let conversation: number;
let lastMid = 0n;

beforeAll(async () => {
  database = await createTestDatabase();
  db = await Database.open({ url: database.url, log });
  await db.migrate();
  [conversation] = (await new ConversationDirectory(db).resolve([p2pKey(PROJECT, 1n, 2n)])) as [number];
});
afterAll(async () => {
  await db?.close();
  await database?.close();
});
beforeEach(() => {
  store = new MemoryFileStore();
  const outage = new OutageRetry({ now, delay: async () => {} });
  const links = new FileLinks('http://h');
  service = new FileService({
    ...{ db, store, links, outage, now, thumbnails: new Thumbnails({ log }), orphanKeepMs: 10 * MINUTE },
  });
  lookup = new FileLookup({ db, store, now });
  sweep = new FileSweep({ db, store, log, now });
});

async function keep(changes: Partial<IncomingFile> = {}): Promise<{ url: string; mid: bigint }> {
  const bytes = changes.bytes ?? randomBytes(100);
  const mid = (lastMid += 1n);
  const { url } = await service.store({
    ...{ project: PROJECT, sender: 1n, mid, bytes, content: recogniseContent(bytes), filename: undefined },
    ...{ origin: `send ${mid}`, readableUntil: undefined },
    ...changes,
  });
  return { url, mid };
}

const isReadable = async (url: string) => (await lookup.find(parseFileLink(new URL(url).pathname)!)) !== undefined;
const isKept = (url: string) => store.has(parseFileLink(new URL(url).pathname)!.name);

async function write(mid: bigint, body: string, sender = 1n): Promise<void> {
  const message = { conversation, sender, mid, mtype: 50, isBinary: false };
  await writeMessages(db, [{ ...message, body: Buffer.from(body), attrs: new Uint8Array() }], now());
}

test('a file whose message never came cannot be read, and goes when the send must be over', async () => {
  const { url } = await keep();
  expect(await isReadable(url)).toBe(false);
  clock += 10 * MINUTE - 1;
  await sweep.runOnce();
  expect(isKept(url)).toBe(true);
  clock += 1;
  await sweep.runOnce();
  expect(isKept(url)).toBe(false);
  expect(store.size).toBe(0);
});

test('a file lives as long as its message, whose sender, mid and text name it', async () => {
  const { url, mid } = await keep();
  await write(mid, `{"url":"${url}"}`, 9n);
  await write(mid + 1000n, `{"url":"${url}"}`);
  expect(await isReadable(url)).toBe(false);
  await write(mid, `{"url":"${url}"}`);
  expect(await isReadable(url)).toBe(true);
  clock += WEEK;
  await sweep.runOnce();
  expect(isKept(url)).toBe(true);
  await removeMessage(db, conversation, 1n, mid);
  expect(await isReadable(url)).toBe(false);
  await sweep.runOnce();
  expect(isKept(url)).toBe(false);
});

test('one that was sent again late is kept for the send', async () => {
  const first = await keep({ origin: 'again' });
  clock += 11 * MINUTE;
  const second = await keep({ origin: 'again' });
  expect(second.url).toBe(first.url);
  await sweep.runOnce();
  expect(isKept(first.url)).toBe(true);
});

test('one that is sent again after it went is another file', async () => {
  const first = await keep({ origin: 'gone' });
  clock += 11 * MINUTE;
  await sweep.runOnce();
  const second = await keep({ origin: 'gone' });
  expect(second.url).not.toBe(first.url);
  expect(isKept(second.url)).toBe(true);
});

test('one that needs no message is there until its time, which may never come', async () => {
  const [brief, upload] = [
    await keep({ readableUntil: clock + WEEK }),
    await keep({ readableUntil: Number.MAX_SAFE_INTEGER, origin: undefined }),
  ];
  clock += WEEK - 1;
  await sweep.runOnce();
  expect([await isReadable(brief.url), await isReadable(upload.url)]).toEqual([true, true]);
  clock += 1;
  expect(await isReadable(brief.url)).toBe(false);
  clock += 500 * WEEK;
  await sweep.runOnce();
  expect([isKept(brief.url), isKept(upload.url)]).toEqual([false, true]);
});

test('a store that fails leaves a row, by which the bytes are found later', async () => {
  store.failPut = (key) => !key.endsWith('.thumbnail');
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  await expect(keep({ bytes: png })).rejects.toThrow('no space');
  expect(store.size).toBe(1);
  clock += 11 * MINUTE;
  store.failRemove = () => true;
  await expect(sweep.runOnce()).rejects.toThrow('away');
  expect(store.size).toBe(1);
  store.failRemove = () => false;
  await sweep.runOnce();
  expect(store.size).toBe(0);
});

test('a file that cannot be removed holds up no other, and is tried again', async () => {
  const [stuck, other] = [await keep(), await keep()];
  clock += 10 * MINUTE;
  const name = parseFileLink(new URL(stuck.url).pathname)!.name;
  store.failRemove = (key) => key === name;
  await expect(sweep.runOnce()).rejects.toThrow('away');
  expect([isKept(stuck.url), isKept(other.url)]).toEqual([true, false]);
  store.failRemove = () => false;
  await sweep.runOnce();
  expect(isKept(stuck.url)).toBe(false);
});

test('storing that took longer than orphans are kept is refused, and its bytes go', async () => {
  store.onPut = async () => {
    clock += 11 * MINUTE;
    await sweep.runOnce();
  };
  await expect(keep()).rejects.toMatchObject({ code: 20001 });
  expect(store.size).toBe(0);
});

test('a long list of files is walked in parts, and none is left out', async () => {
  const urls = await Promise.all(Array.from({ length: 50 }, async () => (await keep()).url));
  clock += 11 * MINUTE;
  // Ids far ahead, as refused inserts leave them.
  await db.write({ name: 'test-skip', text: `select setval('files_id_seq', (select max(id) + 30000 from files))` }, []);
  const last = await keep();
  clock += 11 * MINUTE;
  await sweep.runOnce();
  await sweep.runOnce();
  expect([...urls, last.url].filter(isKept)).toEqual([]);
});
