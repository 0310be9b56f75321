import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import type { Database } from './database.ts';
import { type HistoryQuery, HistoryReader } from './history-reader.ts';
import { removeMessage } from './message-removal.ts';
import { type NewMessage, writeMessages } from './message-writer.ts';

const NOW = 1_800_000_000_000;
const INT8_MAX = 2n ** 63n - 1n;
let storage: TestStorage;
let db: Database;
let reader: HistoryReader;

beforeAll(async () => {
  storage = await openTestStorage();
  db = storage.db;
  reader = new HistoryReader(db, { now: () => NOW });
});
afterAll(() => storage.close());

const ask = (conversation: number, query: Partial<HistoryQuery> = {}) =>
  reader.page({ conversation, isDescending: false, limit: 20, begin: 0, end: 0, lastId: 0n, mtypes: [], ...query });
const idsOf = async (conversation: number, query: Partial<HistoryQuery> = {}) =>
  (await ask(conversation, query)).messages.map(({ id }) => id);

/** A conversation with one message per time and type. */
async function conversationAt(...messages: [time: number, mtype?: number][]): Promise<number> {
  const conversation = await storage.newConversation();
  for (const [time, mtype] of messages) {
    await writeMessages(db, [message({ conversation, mtype: mtype ?? 30 })], time);
  }
  return conversation;
}

/** Rows 1 to `count`, one per ms, without the way over the write statement. */
async function longConversation(count: number, mtype: string, isRemoved = 'false'): Promise<number> {
  const conversation = await storage.newConversation();
  await sql(
    db,
    `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs, is_removed)
     select $1::int8, n, 1, n, $2::int8 + n, ${mtype}, false, 'x', '', ${isRemoved} from generate_series(1, ${count}) n`,
    [conversation, NOW],
  );
  await sql(db, `insert into conversation_heads values ($1, ${count}, $2::int8 + ${count})`, [conversation, NOW]);
  return conversation;
}

describe('a page', () => {
  test('tells everything about a message', async () => {
    const conversation = await storage.newConversation();
    const { conversation: _, ...fields } = message({ conversation, sender: -5n, mid: INT8_MAX, mtype: 51, body: 'é' });
    const binary = { ...fields, mid: 0n, isBinary: true, body: Buffer.of(0, 255), attrs: Buffer.of(254) };
    await writeMessages(
      db,
      [fields, binary].map((each) => ({ ...each, conversation })),
      NOW,
    );
    const { messages } = await ask(conversation);
    expect(messages).toEqual([
      { ...fields, id: 1, mtime: NOW },
      { ...binary, id: 2, mtime: NOW },
    ]);
  });

  test('of an empty or unknown conversation is empty', async () => {
    expect(await ask(987_654_321)).toEqual({ messages: [], end: NOW });
    expect(await ask(987_654_321, { isDescending: true, begin: 5, end: 7, lastId: 3n })).toEqual({
      messages: [],
      end: 7,
    });
  });

  test('ends now, or with the newest message when the clock is behind it', async () => {
    expect((await ask(await conversationAt([NOW - 1]))).end).toBe(NOW);
    expect((await ask(await conversationAt([NOW + 5]))).end).toBe(NOW + 5);
    expect((await ask(await conversationAt([NOW + 5]), { end: NOW + 1 })).end).toBe(NOW + 1);
  });

  test('has as many messages as asked for, in either order', async () => {
    const conversation = await conversationAt([NOW], [NOW], [NOW], [NOW]);
    expect(await idsOf(conversation, { limit: 3 })).toEqual([1, 2, 3]);
    expect(await idsOf(conversation, { limit: 3, isDescending: true })).toEqual([4, 3, 2]);
    expect(await idsOf(conversation, { limit: 0 })).toEqual([]);
    expect(await idsOf(conversation, { limit: -1 })).toEqual([]);
  });

  test('goes on after the cursor among equal times', async () => {
    const conversation = await conversationAt([NOW], [NOW], [NOW], [NOW]);
    expect(await idsOf(conversation, { limit: 2, begin: NOW, lastId: 2n })).toEqual([3, 4]);
    expect(await idsOf(conversation, { limit: 2, end: NOW, lastId: 3n, isDescending: true })).toEqual([2, 1]);
  });

  test('keeps to the bounds, both inclusive', async () => {
    const conversation = await conversationAt([NOW], [NOW + 1], [NOW + 1], [NOW + 2], [NOW + 4]);
    for (const isDescending of [false, true]) {
      const ids = async (begin: number, end: number) =>
        (await idsOf(conversation, { isDescending, begin, end })).toSorted((a, b) => a - b);
      expect(await ids(NOW + 1, NOW + 2)).toEqual([2, 3, 4]);
      expect(await ids(NOW + 3, 0)).toEqual([5]);
      expect(await ids(NOW + 3, NOW + 3)).toEqual([]);
      expect(await ids(NOW + 5, 0)).toEqual([]);
      expect(await ids(0, NOW - 1)).toEqual([]);
    }
  });

  test('holds only the types asked for; types that cannot be stored match nothing', async () => {
    const conversation = await conversationAt([NOW, 30], [NOW, 127], [NOW, 0], [NOW, 30]);
    expect(await idsOf(conversation, { mtypes: [0, 127] })).toEqual([2, 3]);
    expect(await idsOf(conversation, { mtypes: [-1, 128, 2 ** 31] })).toEqual([]);
  });
});

describe('a long conversation', () => {
  test('is searched to its end for a rare type, either way', async () => {
    const conversation = await longConversation(9000, 'case when n in (3, 5999, 8998) then 77 else 30 end');
    const mtypes = [77];
    expect(await idsOf(conversation, { mtypes })).toEqual([3, 5999, 8998]);
    expect(await idsOf(conversation, { mtypes, isDescending: true })).toEqual([8998, 5999, 3]);
    expect(await idsOf(conversation, { mtypes, limit: 2 })).toEqual([3, 5999]);
    expect(await idsOf(conversation, { mtypes, end: NOW + 8997, begin: NOW + 4 })).toEqual([5999]);
    expect(await idsOf(conversation, { mtypes, end: NOW + 8997, begin: NOW + 4, isDescending: true })).toEqual([5999]);
    expect(await idsOf(conversation, { mtypes: [78], lastId: 10n })).toEqual([]);
  });

  test('is read past thousands of recalled messages', async () => {
    const conversation = await longConversation(5000, '30', 'n between 2 and 4999');
    expect(await idsOf(conversation)).toEqual([1, 5000]);
    expect(await idsOf(conversation, { isDescending: true })).toEqual([5000, 1]);
  });

  test('fills pages at the border of what one scan looks at', async () => {
    const conversation = await longConversation(2001, 'case when n in (2000, 2001) then 77 else 30 end');
    expect(await idsOf(conversation, { mtypes: [77] })).toEqual([2000, 2001]);
    expect(await idsOf(conversation, { mtypes: [77], limit: 1, lastId: 2000n })).toEqual([2001]);
    expect(await idsOf(conversation, { mtypes: [77], lastId: 1n })).toEqual([2000, 2001]);
    const longer = await longConversation(4001, 'case when n in (2001, 2002) then 77 else 30 end');
    expect(await idsOf(longer, { mtypes: [77], isDescending: true })).toEqual([2002, 2001]);
    expect(await idsOf(longer, { mtypes: [77], lastId: 2n })).toEqual([2001, 2002]);
  });
});

test('requests of one turn that differ in everything do not disturb each other', async () => {
  const conversations = await Promise.all(
    [...Array(40)].map((_, index) => conversationAt([NOW + index], [NOW + index])),
  );
  const pages = await Promise.all(
    conversations.map((conversation, index) =>
      ask(conversation, { isDescending: index % 2 === 0, limit: 1 + (index % 3), end: NOW + index }),
    ),
  );
  pages.forEach(({ messages, end }, index) => {
    expect(end).toBe(NOW + index);
    const ids = index % 2 === 0 ? [2, 1] : [1, 2];
    expect(messages.map(({ id }) => id)).toEqual(ids.slice(0, 1 + (index % 3)));
  });
});

describe('against a plain model', () => {
  type Unit = { id: number; mtype: number; mtime: number };

  const writesArbitrary = fc.array(
    fc.record({
      tick: fc.integer({ min: -1, max: 2 }),
      mtype: fc.constantFrom(30, 31, 127),
      fate: fc.constantFrom('kept', 'kept', 'kept', 'removed', 'deleted'),
    }),
    { maxLength: 50 },
  );
  const boundArbitrary = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: NOW - 1, max: NOW + 20 }) },
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 1, -9.2e18, 9.2e18, 2 ** 53, 2 ** 63) },
  );
  const lastIdArbitrary = fc.oneof(
    { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 45n }) },
    { weight: 2, arbitrary: fc.constant(0n) },
    { weight: 1, arbitrary: fc.constantFrom(-1n, -INT8_MAX, INT8_MAX, INT8_MAX - 1n, -INT8_MAX - 1n) },
  );
  const queryArbitrary = fc.record({
    isDescending: fc.boolean(),
    limit: fc.integer({ min: 1, max: 20 }),
    begin: boundArbitrary,
    end: boundArbitrary,
    lastId: lastIdArbitrary,
    mtypes: fc.subarray([30, 31, 127, 99]),
  });
  type Query = typeof queryArbitrary extends fc.Arbitrary<infer Q> ? Q : never;

  function modelPage(units: readonly Unit[], query: Query): number[] {
    const fits = units.filter(
      ({ id, mtype, mtime }) =>
        (query.begin <= 0 || mtime >= query.begin) &&
        (query.end <= 0 || mtime <= query.end) &&
        (query.lastId <= 0n || (query.isDescending ? BigInt(id) < query.lastId : BigInt(id) > query.lastId)) &&
        (query.mtypes.length === 0 || query.mtypes.includes(mtype)),
    );
    return (query.isDescending ? fits.reverse() : fits).slice(0, query.limit).map(({ id }) => id);
  }

  /** Writes the messages with a clock that jumps, takes some away, and tells what must be left. */
  async function write(
    conversation: number,
    writes: readonly { tick: number; mtype: number; fate: string }[],
  ): Promise<Unit[]> {
    const units: Unit[] = [];
    let clock = NOW;
    let newest = 0;
    for (const { tick, mtype, fate } of writes) {
      clock += tick;
      newest = Math.max(newest, clock);
      const written = message({ conversation, mtype });
      const [outcome] = await writeMessages(db, [written], clock);
      expect(outcome).toMatchObject({ kind: 'stored', mtime: newest });
      if (outcome?.kind !== 'stored') continue;
      if (fate === 'kept') units.push({ id: outcome.id, mtype, mtime: newest });
      else await take(written, outcome.id, fate);
    }
    return units;
  }

  async function take({ conversation, sender, mid }: NewMessage, id: number, fate: string): Promise<void> {
    if (fate === 'removed') await removeMessage(db, conversation, sender, mid);
    else await sql(db, 'delete from messages where conversation = $1 and id = $2', [conversation, id]);
  }

  test('every page is right', { timeout: 20_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        writesArbitrary,
        fc.array(queryArbitrary, { minLength: 100, maxLength: 150 }),
        async (writes, queries) => {
          const conversation = await storage.newConversation();
          const units = await write(conversation, writes);
          const pages = await Promise.all(queries.map((query) => idsOf(conversation, query)));
          expect(pages).toEqual(queries.map((query) => modelPage(units, query)));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('walks with the cursor see every message once', { timeout: 20_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        writesArbitrary,
        fc.array(
          fc.record({
            isDescending: fc.boolean(),
            limit: fc.integer({ min: 1, max: 7 }),
            begin: boundArbitrary,
            end: boundArbitrary,
          }),
          {
            maxLength: 8,
          },
        ),
        async (writes, walks) => {
          const conversation = await storage.newConversation();
          const units = await write(conversation, writes);
          for (const walk of walks) {
            const all = { ...walk, lastId: 0n, mtypes: [], limit: 1000 };
            expect(await walked(conversation, walk)).toEqual(modelPage(units, all));
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  /** Follows the cursor as clients do: with the three values of the page before. */
  async function walked(
    conversation: number,
    walk: { isDescending: boolean; limit: number; begin: number; end: number },
  ): Promise<number[]> {
    const seen: number[] = [];
    let { begin, end } = walk;
    for (let lastId = 0n; ; ) {
      const page = await ask(conversation, { ...walk, begin, end, lastId });
      const last = page.messages.at(-1);
      if (last === undefined) return seen;
      seen.push(...page.messages.map(({ id }) => id));
      lastId = BigInt(last.id);
      if (walk.isDescending) end = last.mtime;
      else [begin, end] = [last.mtime, page.end];
    }
  }
});
