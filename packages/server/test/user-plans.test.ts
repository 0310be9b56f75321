import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bans } from '../src/bans/bans.ts';
import { DeviceService } from '../src/devices/device-service.ts';
import { BlacklistService } from '../src/friends/blacklist-service.ts';
import { FriendService } from '../src/friends/friend-service.ts';
import { projectSettingsSchema } from '../src/projects/project-settings.ts';
import { conversationsWithMessages } from '../src/storage/conversation-walk.ts';
import type { Database } from '../src/storage/database.ts';
import { getInfo, getPublicInfos, setInfo } from '../src/storage/info-store.ts';
import { UserDataService } from '../src/user-data/user-data-service.ts';
import { LoginTokens } from '../src/users/login-tokens.ts';
import { openTestStorage, sql, type TestStorage } from './support/message-storage.ts';
import { STATISTICS, WatchedPlans } from './support/watched-plans.ts';

const NOW = 1_800_000_000_000;
const ROWS = 20_000;
const project = { pid: 1, secret: 's', settings: projectSettingsSchema.parse({}) };
/** At the start of a server, and once a minute; without statistics the planner takes a third of all bans for ended. */
const READS_ALL = /^bans-(load|purge)$/;
let storage: TestStorage;
let plans: WatchedPlans;

beforeAll(async () => {
  storage = await openTestStorage();
  plans = await WatchedPlans.open(storage);
  await fill(storage.db);
  await useEverything(plans.db);
});

afterAll(async () => {
  await plans?.close();
  await storage?.close();
});

describe.each(STATISTICS)('%s', (_, prepare) => {
  test('no statement about a user reads a whole table', async () => {
    await plans.run(prepare);
    expect(await plans.offences((line, name) => /Seq Scan/.test(line) && !READS_ALL.test(name))).toEqual([]);
    expect(plans.count).toBeGreaterThanOrEqual(30);
  });
});

async function fill(db: Database): Promise<void> {
  const rows = `from generate_series(1, ${ROWS}) n`;
  await sql(db, `insert into friends select 1, n / 20, n ${rows}`);
  await sql(db, `insert into blacks select 1, n / 20, n ${rows}`);
  await sql(db, `insert into bans select 1, 'room', n, n % 7, ${NOW} + n ${rows}`);
  await sql(db, `insert into infos select 1, 'user', n, 'public', 'private' ${rows}`);
  await sql(db, `insert into user_data select 1, n / 20, int8send(n), 'value' ${rows}`);
  await sql(db, `insert into devices select 1, n / 2, int8send(n), 'fcm' ${rows}`);
  await sql(db, `insert into push_options select 1, n / 20, 0, n, 30 ${rows}`);
  await sql(db, `insert into token_generations select 1, n, 1 ${rows}`);
  await sql(db, `insert into conversations (project, type, low, high) select 1, 1, n, n + 1 ${rows}`);
  await sql(
    db,
    `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
      select n, 1, n, n, ${NOW}, 30, false, 'x', '' ${rows}`,
  );
}

async function useEverything(db: Database): Promise<void> {
  const bans = await Bans.open(db, () => NOW);
  await bans.room.add(1, 5n, 60, 5n);
  await bans.room.remove(1, 5n, 5n);
  await bans.room.remove(1, 5n);
  await bans.purge();

  await setInfo(db, 'user', 1, 5n, { oinfo: Buffer.of(1) });
  await getInfo(db, 'user', 1, 5n);
  await getPublicInfos(db, 'user', 1, [5n, 6n]);

  const friends = new FriendService({ db });
  await friends.add(project, 5n, [6n, 7n]);
  await friends.remove(project, 5n, [6n]);
  await friends.list(project, 5n);
  await friends.areFriends(project, 5n, 6n);
  await friends.friendsAmong(project, 5n, [6n, 7n]);
  const blacklists = new BlacklistService({ db });
  await blacklists.block(project, 5n, [6n, 7n]);
  await blacklists.unblock(project, 5n, [6n]);
  await blacklists.list(project, 5n);
  await blacklists.isBlocked(project, 5n, 6n);
  await blacklists.blockersAmong(project, 5n, [6n, 7n]);

  const data = new UserDataService({ db });
  await data.set(project, 5n, Buffer.from('key'), Buffer.of(1));
  await data.get(project, 5n, Buffer.from('key'));
  await data.delete(project, 5n, Buffer.from('key'));

  const devices = new DeviceService({ db });
  await devices.add(project, 5n, { appType: Buffer.of(1), token: Buffer.of(2) });
  await devices.list(project, 5n);
  await devices.remove(project, 5n, Buffer.of(2));
  await devices.mute(project, 5n, { type: 0, xid: 1n }, []);
  await devices.unmute(project, 5n, { type: 0, xid: 1n }, [30]);
  await devices.unmute(project, 5n, { type: 0, xid: 1n }, []);
  await devices.muted(project, 5n);

  const tokens = new LoginTokens({ db, now: () => NOW });
  await tokens.issue(project, 5n);
  await tokens.removeAll(project, 5n);

  for await (const conversation of conversationsWithMessages(db, 1, 1, 5n)) expect(conversation).toBeGreaterThan(0);
}
