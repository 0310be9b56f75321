import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bans } from '../src/bans/bans.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import { UserService } from '../src/users/user-service.ts';
import { openTestStorage, type TestStorage } from './support/message-storage.ts';
import { project, recordedSession } from './support/recorded-session.ts';

const ours = project(1);
const theirs = project(2);
let storage: TestStorage;
let sessions: SessionDirectory;
let users: UserService;

beforeAll(async () => {
  storage = await openTestStorage();
  sessions = new SessionDirectory();
  users = new UserService({ db: storage.db, bans: await Bans.open(storage.db, Date.now), sessions });
});

afterAll(() => storage?.close());

/** Logs a user in with a connection that leaves the directory when it is closed. */
function logIn(uid: bigint, of = ours) {
  const recorded = recordedSession(uid, { project: of });
  sessions.add(recorded.session);
  return recorded;
}

test('those who have a connection are online, each named once, in their own project only', () => {
  logIn(1n);
  logIn(1n);
  logIn(2n, theirs);
  expect(users.onlineAmong(ours, [3n, 1n, 2n, 1n])).toEqual([1n]);
  expect(users.onlineAmong(theirs, [1n, 2n])).toEqual([2n]);
});

test('every connection of a user who is kicked out is told one-way, and closed', () => {
  const kicked = [logIn(10n), logIn(10n)];
  const others = [logIn(11n), logIn(10n, theirs)];
  users.kickOut(ours, 10n);
  for (const { session, pushes } of kicked) {
    expect(pushes()).toMatchObject([{ method: 'kickout', isOneWay: true }]);
    expect(session.peer.isClosed).toBe(true);
  }
  for (const { session, pushes } of others) {
    expect(pushes()).toEqual([]);
    expect(session.peer.isClosed).toBe(false);
  }
});

test('who is put on the black list is kicked out when the ban holds already', async () => {
  const { session, written } = logIn(20n);
  let wasBlocked: boolean | undefined;
  const write = session.peer.close.bind(session.peer);
  session.peer.close = () => {
    wasBlocked = users.isLoginBlocked(ours, 20n);
    write();
  };
  await users.blockLogin(ours, 20n, 60);
  expect(wasBlocked).toBe(true);
  expect(written).toHaveLength(1);
  expect(users.isLoginBlocked(theirs, 20n)).toBe(false);
  await users.unblockLogin(ours, 20n);
  expect(users.isLoginBlocked(ours, 20n)).toBe(false);
});

test('a muted user stays online and may log in', async () => {
  const { session } = logIn(30n);
  await users.mute(ours, 30n, 0);
  expect([users.isMuted(ours, 30n), users.isLoginBlocked(ours, 30n), session.peer.isClosed]).toEqual([
    true,
    false,
    false,
  ]);
});
