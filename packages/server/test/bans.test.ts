import { afterAll, beforeAll, expect, test } from 'vitest';
import { BanRegister } from '../src/bans/ban-register.ts';
import { Bans } from '../src/bans/bans.ts';
import { openTestStorage, sql, type TestStorage } from './support/message-storage.ts';

let storage: TestStorage;
let now = 1_000_000;
let lastUid = 0n;
const clock = () => now;
const freshUid = () => (lastUid += 1n);

beforeAll(async () => {
  storage = await openTestStorage();
});

afterAll(() => storage?.close());

test('kinds, projects, users and places are kept apart', async () => {
  const bans = await Bans.open(storage.db, clock);
  const uid = freshUid();
  await bans.room.add(1, uid, 0, 7n);
  expect(bans.room.has(1, uid, 7n)).toBe(true);
  expect([bans.room.has(1, uid, 8n), bans.room.has(2, uid, 7n), bans.room.has(1, freshUid(), 7n)]).toEqual([
    false,
    false,
    false,
  ]);
  expect([bans.group.has(1, uid, 7n), bans.project.has(1, uid), bans.login.has(1, uid)]).toEqual([false, false, false]);
});

test('a ban from all places counts in each, and is not lifted with that from one place', async () => {
  const register = await BanRegister.open(storage.db, 'group', clock);
  const uid = freshUid();
  await register.add(1, uid, 0);
  await register.add(1, uid, 0, 5n);
  await register.remove(1, uid, 5n);
  expect(register.has(1, uid, 5n)).toBe(true);
  await register.remove(1, uid);
  expect(register.has(1, uid, 5n)).toBe(false);
});

test('a ban ends by itself, to the millisecond, and a second one replaces the first', async () => {
  const register = await BanRegister.open(storage.db, 'login', clock);
  const uid = freshUid();
  await register.add(1, uid, 0);
  await register.add(1, uid, 10);
  now += 9999;
  expect(register.has(1, uid)).toBe(true);
  now += 1;
  expect(register.has(1, uid)).toBe(false);
});

test('changes of one user at once leave the same in memory as in the database', async () => {
  const register = await BanRegister.open(storage.db, 'project', clock);
  const uids = Array.from({ length: 20 }, freshUid);
  await Promise.all(
    uids.flatMap((uid) => [
      register.add(1, uid, 60),
      register.remove(1, uid),
      register.add(1, uid, 0),
      ...(uid % 2n === 0n ? [register.remove(1, uid)] : []),
    ]),
  );
  const reopened = await BanRegister.open(storage.db, 'project', clock);
  for (const uid of uids) {
    expect(register.has(1, uid)).toBe(uid % 2n === 1n);
    expect(reopened.has(1, uid)).toBe(uid % 2n === 1n);
  }
});

test('purging frees the rows of bans that are over, of every kind, and no others', async () => {
  const bans = await Bans.open(storage.db, clock);
  const [ended, lasting, endless] = [freshUid(), freshUid(), freshUid()];
  for (const register of [bans.room, bans.group, bans.project, bans.login]) {
    await register.add(9, ended, 1);
    await register.add(9, lasting, 2);
    await register.add(9, endless, 0);
  }
  now += 1000;
  await bans.purge();
  const rows = await sql<{ uid: bigint }>(storage.db, 'select uid from bans where project = 9 order by uid');
  expect(rows.map((row) => row.uid)).toEqual([lasting, endless].flatMap((uid) => [uid, uid, uid, uid]));
  expect([bans.room.has(9, ended), bans.room.has(9, lasting), bans.room.has(9, endless)]).toEqual([false, true, true]);
});
