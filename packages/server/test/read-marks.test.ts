import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ReadMarks } from '../src/history/read-marks.ts';
import { WriteClock } from '../src/messaging/write-clock.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import type { Database } from '../src/storage/database.ts';
import { OutageRetry } from '../src/storage/outage-retry.ts';
import type { Statement } from '../src/storage/statement.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import { openTestStorage, type TestStorage } from './support/message-storage.ts';
import { project as projectOf, recordedSession } from './support/recorded-session.ts';

const project = projectOf();
let storage: TestStorage;
let now = 1000;
let nextUid = 1n;
let sessions: SessionDirectory;
const warnings: string[] = [];
const log = { warn: (message: string) => warnings.push(message) } as unknown as Logger;

beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());
beforeEach(() => {
  sessions = new SessionDirectory();
  now += 1000;
  nextUid += 1n;
});

/** @param holding - What writes wait for. */
function open(holding: () => Promise<void> = async () => {}): ReadMarks {
  const db = {
    read: storage.db.read.bind(storage.db),
    write: async <Row>(statement: Statement, values: readonly unknown[]) => {
      await holding();
      return storage.db.write<Row>(statement, values);
    },
  } as unknown as Database;
  const outage = new OutageRetry({ now: () => now, delay: async () => {} });
  return new ReadMarks({ db, clock: new WriteClock(() => now), outage, sessions, log });
}

function logIn(uid: bigint, { isStarted = true } = {}) {
  const { session } = recordedSession(uid, { isStarted });
  sessions.add(session);
  return session;
}

test('a logout counts at once, while it is on its way to the database too', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const marks = open(() => held);
  sessions.remove(logIn(nextUid));
  const asked = marks.of(project, nextUid);
  for (let reads = 0; reads < 10; reads++) await marks.of(project, nextUid + 1000n);
  release();
  expect(await asked).toEqual({ logoutAt: now, clearedAt: 0 });
});

test('only the end of the last connection is a logout, and only when its login was answered', async () => {
  const marks = open();
  const [first, second] = [logIn(nextUid), logIn(nextUid)];
  sessions.remove(first);
  expect((await marks.of(project, nextUid)).logoutAt).toBe(0);
  sessions.remove(second);
  const logoutAt = now;
  expect((await marks.of(project, nextUid)).logoutAt).toBe(logoutAt);
  now += 1000;
  sessions.remove(logIn(nextUid, { isStarted: false }));
  expect((await marks.of(project, nextUid)).logoutAt).toBe(logoutAt);
});

test('marks only rise, and many of one turn are written together', async () => {
  const marks = open();
  await Promise.all([
    marks.clearUpTo(project, nextUid, 50),
    marks.clearUpTo(project, nextUid, 70),
    marks.clearUpTo(project, nextUid + 1000n, 5),
  ]);
  await marks.clearUpTo(project, nextUid, 60);
  expect(await marks.of(project, nextUid)).toEqual({ logoutAt: 0, clearedAt: 70 });
  expect(await marks.of(project, nextUid + 1000n)).toEqual({ logoutAt: 0, clearedAt: 5 });
});

test('a logout that cannot be stored is told to the operator, and the one before counts', async () => {
  const uid = nextUid;
  const before = open();
  sessions.remove(logIn(uid));
  await before.idle();
  const logoutAt = now;
  sessions = new SessionDirectory();
  now += 1000;
  const marks = open(() => Promise.reject(new Error('disk full')));
  sessions.remove(logIn(uid));
  expect((await marks.of(project, uid)).logoutAt).toBe(logoutAt);
  expect(warnings).toHaveLength(1);
});

test('a login that fails halfway does not hide the logout of a connection that ended before it', async () => {
  const marks = open();
  const shown = logIn(nextUid);
  const halfway = logIn(nextUid, { isStarted: false });
  sessions.remove(shown);
  const logoutAt = now;
  now += 1000;
  sessions.remove(halfway);
  expect((await marks.of(project, nextUid)).logoutAt).toBe(logoutAt);
});
