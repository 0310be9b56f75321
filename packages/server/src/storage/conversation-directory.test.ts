import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import {
  broadcastKey,
  ConversationDirectory,
  type ConversationKey,
  groupKey,
  p2pKey,
  roomKey,
} from './conversation-directory.ts';

const INT8_MAX = 2n ** 63n - 1n;
let storage: TestStorage;
let directory: ConversationDirectory;

beforeAll(async () => {
  storage = await openTestStorage();
});
afterAll(() => storage.close());
beforeEach(() => {
  directory = new ConversationDirectory(storage.db);
});

let nextGroup = 0n;
const newKey = () => groupKey(7, (nextGroup += 1n));

describe('keys', () => {
  test('of two users are the same from both sides', () => {
    expect(p2pKey(1, 5n, -3n)).toEqual(p2pKey(1, -3n, 5n));
    expect(p2pKey(1, 5n, -3n)).toEqual({ project: 1, type: 1, low: -3n, high: 5n });
  });
});

describe('find', () => {
  test('knows nothing of a conversation that was never made', async () => {
    expect(await directory.find(newKey())).toBeUndefined();
  });

  test('does not remember that a conversation was missing', async () => {
    const key = newKey();
    await directory.find(key);
    const [made] = await new ConversationDirectory(storage.db).resolve([key]);
    expect(await directory.find(key)).toBe(made);
  });

  test('finds what another process made, and then has it in memory', async () => {
    const key = newKey();
    const [made] = await new ConversationDirectory(await storage.openSecond()).resolve([key]);
    expect(directory.cached(key)).toBeUndefined();
    expect(await directory.find(key)).toBe(made);
    expect(directory.cached(key)).toBe(made);
  });
});

describe('resolve', () => {
  test('gives each kind, project and id a number of its own, in the order of the keys', async () => {
    const keys: ConversationKey[] = [
      p2pKey(1, 1n, 2n),
      p2pKey(1, -(2n ** 63n), INT8_MAX),
      groupKey(1, 1n),
      roomKey(1, 1n),
      broadcastKey(1),
      groupKey(2, 1n),
      groupKey(2147483647, -1n),
    ];
    const made = await directory.resolve(keys);
    expect(new Set(made).size).toBe(keys.length);
    expect(await Promise.all(keys.map((key) => directory.find(key)))).toEqual(made);
    expect(await new ConversationDirectory(storage.db).resolve(keys.toReversed())).toEqual(made.toReversed());
  });

  test('of the same key twice is one conversation', async () => {
    const [known, fresh] = [newKey(), newKey()];
    const [id] = await directory.resolve([known]);
    const ids = await new ConversationDirectory(storage.db).resolve([fresh, known, fresh]);
    expect(ids).toEqual([ids[0], id, ids[0]]);
  });

  test('of nothing is nothing', async () => {
    expect(await directory.resolve([])).toEqual([]);
  });

  test('by several processes at once agrees, whatever the order', async () => {
    const keys = [...Array(300)].map(newKey);
    const second = await storage.openSecond();
    const answers = await Promise.all(
      [...Array(6)].map(async (_, index) => {
        const own = new ConversationDirectory(index % 2 === 0 ? storage.db : second);
        const order = keys.map((_, place) => keys[(place * 7 + index * 50) % keys.length]!);
        const ids = await own.resolve(order);
        return new Map(order.map((key, place) => [key, ids[place]]));
      }),
    );
    for (const key of keys) expect(new Set(answers.map((answer) => answer.get(key))).size).toBe(1);
    const rows = await sql(storage.db, 'select 1 from conversations where project = 7 and low > $1', [
      nextGroup - 300n,
    ]);
    expect(rows).toHaveLength(300);
  });

  test('of 2500 keys works and keeps to the bound of the memory', async () => {
    const small = new ConversationDirectory(storage.db, { cacheMax: 100 });
    const keys = [...Array(2500)].map(newKey);
    const ids = await small.resolve(keys);
    expect(new Set(ids).size).toBe(2500);
    const remembered = keys.filter((key) => small.cached(key) !== undefined).length;
    expect(remembered).toBeGreaterThanOrEqual(50);
    expect(remembered).toBeLessThanOrEqual(100);
  });
});
