import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BanRegister } from '../src/bans/ban-register.ts';
import { RoomPresence } from '../src/rooms/room-presence.ts';
import { RoomService } from '../src/rooms/room-service.ts';
import { Audiences } from '../src/sessions/audiences.ts';
import type { Session } from '../src/sessions/session.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import type { Database } from '../src/storage/database.ts';
import { openTestStorage, type TestStorage } from './support/message-storage.ts';
import { project, recordedSession } from './support/recorded-session.ts';

const PROJECT = project(1);
const SINGLE = project(2, { singleRoom: true });

let storage: TestStorage;
let db: Database;
let bans: BanRegister;
let sessions: SessionDirectory;
let rooms: RoomService;
let heard: string[];
let lastId = 100n;
const fresh = () => (lastId += 1n);

beforeAll(async () => {
  storage = await openTestStorage();
  db = storage.db;
  bans = await BanRegister.open(db, 'room', () => 0);
});

afterAll(() => storage?.close());

beforeEach(() => {
  sessions = new SessionDirectory();
  rooms = new RoomService({ db, bans, presence: new RoomPresence({ sessions, audiences: new Audiences() }) });
  heard = [];
  rooms.listen({
    onEntered: (_project, rid, uid) => void heard.push(`${uid} entered ${rid}`),
    onLeft: (_project, rid, uid, cause) => void heard.push(`${uid} ${cause} ${rid}`),
    onBanned: (_project, rid, uid) => void heard.push(`${uid} banned ${rid}`),
  });
});

async function logIn(uid: bigint, of = PROJECT): Promise<Session> {
  const { session } = recordedSession(uid, { project: of });
  sessions.add(session);
  await rooms.handleLogin(session);
  return session;
}

async function logOut(session: Session): Promise<void> {
  sessions.remove(session);
  await rooms.handleLogout(session, !sessions.isOnline(session.project.pid, session.uid));
}

test('coming and going of users is told, each with its cause', async () => {
  const [uid, a, b, c] = [fresh(), fresh(), fresh(), fresh()];
  const session = await logIn(uid);
  await rooms.enterWith(session, [a, b]);
  await rooms.enter(PROJECT, uid, [c]);
  await rooms.leaveWith(session, a);
  await rooms.leave(PROJECT, [b], [uid]);
  await logOut(session);
  expect(heard).toEqual([
    ...[`${uid} entered ${a}`, `${uid} entered ${b}`, `${uid} entered ${c}`],
    ...[`${uid} left ${a}`, `${uid} removed ${b}`, `${uid} lost ${c}`],
  ]);
});

test('a user is gone with its last connection in the room only', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const [phone, browser] = [await logIn(uid), await logIn(uid)];
  for (const session of [phone, browser]) await rooms.enterWith(session, [rid]);
  heard.length = 0;
  await rooms.leaveWith(phone, rid);
  expect(heard).toEqual([]);
  await logOut(browser);
  expect(heard).toEqual([`${uid} lost ${rid}`]);
});

test('a user who is offline comes in at its login, and taking out who is not in is not told', async () => {
  const [uid, rid] = [fresh(), fresh()];
  await rooms.enter(PROJECT, uid, [rid]);
  expect(heard).toEqual([]);
  await logIn(uid);
  await rooms.leave(PROJECT, [rid], [uid, fresh()]);
  expect(heard).toEqual([`${uid} entered ${rid}`, `${uid} removed ${rid}`]);
});

test('in a project with single rooms the room before is told', async () => {
  const [uid, first, second] = [fresh(), fresh(), fresh()];
  const session = await logIn(uid, SINGLE);
  await rooms.enterWith(session, [first]);
  await rooms.enterWith(session, [second]);
  expect(heard).toEqual([`${uid} entered ${first}`, `${uid} removed ${first}`, `${uid} entered ${second}`]);
});

test('a ban is told when it holds', async () => {
  const [uid, rid] = [fresh(), fresh()];
  rooms.listen({ onBanned: () => void heard.push(String(rooms.isBanned(PROJECT, rid, uid))) });
  await rooms.ban(PROJECT, rid, uid, 60);
  await rooms.ban(PROJECT, undefined, uid, 60);
  expect(heard).toEqual([`${uid} banned ${rid}`, 'true', `${uid} banned undefined`, 'true']);
});
