import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BanRegister } from '../src/bans/ban-register.ts';
import { RoomPresence } from '../src/rooms/room-presence.ts';
import { RoomService } from '../src/rooms/room-service.ts';
import { Audiences } from '../src/sessions/audiences.ts';
import { SessionDirectory } from '../src/sessions/session-directory.ts';
import type { Database } from '../src/storage/database.ts';
import { openTestStorage, type TestStorage } from './support/message-storage.ts';
import { project, type RecordedSession, recordedSession } from './support/recorded-session.ts';

const PROJECT = project(1);
const SINGLE = project(2, { singleRoom: true });

let storage: TestStorage;
let db: Database;
let bans: BanRegister;
let sessions: SessionDirectory;
let rooms: RoomService;
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
});

async function logIn(uid: bigint, of = PROJECT): Promise<RecordedSession> {
  const recorded = recordedSession(uid, { project: of });
  sessions.add(recorded.session);
  await rooms.handleLogin(recorded.session);
  return recorded;
}

async function logOut({ session }: RecordedSession): Promise<void> {
  sessions.remove(session);
  await rooms.handleLogout(session, !sessions.isOnline(session.project.pid, session.uid));
}

test('a connection is in the rooms that it entered, until it leaves or ends; the other ones of its user are not', async () => {
  const [uid, rid, other] = [fresh(), fresh(), fresh()];
  const [phone, browser] = [await logIn(uid), await logIn(uid)];
  await rooms.enterWith(phone.session, [rid, other]);
  expect([rooms.isIn(phone.session, rid), rooms.isIn(browser.session, rid)]).toEqual([true, false]);
  expect(await rooms.members(PROJECT, rid)).toEqual([uid]);
  await rooms.leaveWith(phone.session, rid);
  expect(rooms.roomsOf(phone.session)).toEqual([other]);
  await logOut(phone);
  expect(await rooms.members(PROJECT, other)).toEqual([]);
  expect(await rooms.isMember(PROJECT, other, uid)).toBe(false);
});

test('a room given by the server API waits for the user, holds for all connections, and ends with the last one', async () => {
  const [uid, rid] = [fresh(), fresh()];
  await rooms.enter(PROJECT, uid, [rid]);
  expect(await rooms.members(PROJECT, rid)).toEqual([uid]);
  const [phone, browser] = [await logIn(uid), await logIn(uid)];
  expect([rooms.isIn(phone.session, rid), rooms.isIn(browser.session, rid)]).toEqual([true, true]);
  await logOut(phone);
  expect(await rooms.isMember(PROJECT, rid, uid)).toBe(true);
  await logOut(browser);
  expect(await rooms.isMember(PROJECT, rid, uid)).toBe(false);
});

test('a room given to a user who is online holds at once', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const { session } = await logIn(uid);
  await rooms.enter(PROJECT, uid, [rid]);
  expect(rooms.isIn(session, rid)).toBe(true);
});

test('taking a user out tells the connections that were in, once each', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const [inside, outside] = [await logIn(uid), await logIn(uid)];
  await rooms.enterWith(inside.session, [rid]);
  await rooms.leave(PROJECT, [rid], [uid]);
  expect(inside.pushes().map(({ method, isOneWay }) => [method, isOneWay])).toEqual([['kickoutroom', true]]);
  expect(outside.written).toEqual([]);
  expect(rooms.isIn(inside.session, rid)).toBe(false);
});

test('members and counts name a user once, however the user came in', async () => {
  const [uid, offline, rid] = [fresh(), fresh(), fresh()];
  const [phone, browser] = [await logIn(uid), await logIn(uid)];
  await rooms.enter(PROJECT, uid, [rid]);
  await rooms.enter(PROJECT, offline, [rid]);
  for (const { session } of [phone, browser]) await rooms.enterWith(session, [rid]);
  expect(new Set(await rooms.members(PROJECT, rid))).toEqual(new Set([uid, offline]));
  expect(await rooms.counts(PROJECT, [rid, 1n])).toEqual(
    new Map([
      [rid, 2],
      [1n, 0],
    ]),
  );
});

test('the limit of ten rooms counts given and entered ones together', async () => {
  const uid = fresh();
  const { session } = await logIn(uid);
  await rooms.enter(PROJECT, uid, Array.from({ length: 5 }, fresh));
  await rooms.enterWith(session, Array.from({ length: 5 }, fresh));
  await expect(rooms.enterWith(session, [fresh()])).rejects.toMatchObject({ code: 200047 });
  await expect(rooms.enter(PROJECT, uid, [fresh()])).rejects.toMatchObject({ code: 200047 });
  expect(rooms.roomsOf(session)).toHaveLength(10);
});

test('in a project with single rooms, entering one leaves the other, whichever way', async () => {
  const [uid, given, entered] = [fresh(), fresh(), fresh()];
  const { session } = await logIn(uid, SINGLE);
  await rooms.enter(SINGLE, uid, [given]);
  await rooms.enterWith(session, [entered]);
  expect(rooms.roomsOf(session)).toEqual([entered]);
  expect(await rooms.members(SINGLE, given)).toEqual([]);
  await rooms.enter(SINGLE, uid, [given]);
  expect(rooms.roomsOf(session)).toEqual([given]);
});

test('leaving by oneself ends what was given there too, for every connection', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const [phone, browser] = [await logIn(uid), await logIn(uid)];
  await rooms.enter(PROJECT, uid, [rid]);
  await rooms.enterWith(browser.session, [rid]);
  await rooms.leaveWith(phone.session, rid);
  expect([rooms.isIn(phone.session, rid), rooms.isIn(browser.session, rid)]).toEqual([false, true]);
  await logOut(browser);
  expect(await rooms.isMember(PROJECT, rid, uid)).toBe(false);
});

test('a room given while the last connection ends waits for the next login', async () => {
  const [uid, old, before, after] = [fresh(), fresh(), fresh(), fresh()];
  const phone = await logIn(uid);
  await rooms.enter(PROJECT, uid, [old]);
  const giving = rooms.enter(PROJECT, uid, [before]);
  const ending = logOut(phone);
  await Promise.all([giving, ending, rooms.enter(PROJECT, uid, [after])]);
  const { session } = await logIn(uid);
  expect(new Set(rooms.roomsOf(session))).toEqual(new Set([before, after]));
  expect(await rooms.members(PROJECT, old)).toEqual([]);
});

test('who logs in again at once has no room of the time before', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const phone = await logIn(uid);
  await rooms.enter(PROJECT, uid, [rid]);
  const ending = logOut(phone);
  const { session } = await logIn(uid);
  await ending;
  expect([rooms.roomsOf(session), await rooms.members(PROJECT, rid)]).toEqual([[], []]);
});

test('a login that ends before it has its rooms leaves them for the next', async () => {
  const [uid, rid] = [fresh(), fresh()];
  await rooms.enter(PROJECT, uid, [rid]);
  const broken = recordedSession(uid, { project: PROJECT });
  sessions.add(broken.session);
  const entering = rooms.handleLogin(broken.session);
  await Promise.all([logOut(broken), entering]);
  expect(rooms.roomsOf((await logIn(uid)).session)).toEqual([rid]);
});

test('taking a user out while the room is given leaves the user out, here and in the database', async () => {
  const [uid, rid] = [fresh(), fresh()];
  const { session } = await logIn(uid);
  await Promise.all([rooms.enter(PROJECT, uid, [rid]), rooms.leave(PROJECT, [rid], [uid, fresh()])]);
  expect([rooms.isIn(session, rid), await rooms.members(PROJECT, rid)]).toEqual([false, []]);
});

test('a connection that ends while it changes its single room is in none', async () => {
  const [uid, first, second] = [fresh(), fresh(), fresh()];
  const phone = await logIn(uid, SINGLE);
  await rooms.enterWith(phone.session, [first]);
  const entering = rooms.enterWith(phone.session, [second]);
  await Promise.all([logOut(phone), entering]);
  expect([await rooms.members(SINGLE, first), await rooms.members(SINGLE, second)]).toEqual([[], []]);
});

test('two connections that change the single room of their user at once end in one room', async () => {
  const [uid, first, second, third] = [fresh(), fresh(), fresh(), fresh()];
  const [phone, browser] = [await logIn(uid, SINGLE), await logIn(uid, SINGLE)];
  await rooms.enterWith(phone.session, [first]);
  await Promise.all([rooms.enterWith(phone.session, [second]), rooms.enterWith(browser.session, [third])]);
  expect([rooms.roomsOf(phone.session), rooms.roomsOf(browser.session)]).toEqual([[], [third]]);
});
