import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import type { Database } from './database.ts';
import { editMessage } from './message-edit.ts';
import { getMessage } from './message-lookup.ts';
import { removeMessage } from './message-removal.ts';
import { type NewMessage, writeMessages, writeMessagesAtomically } from './message-writer.ts';

const NOW = 1_800_000_000_000;
let storage: TestStorage;
let db: Database;
let conversation: number;

beforeAll(async () => {
  storage = await openTestStorage();
  db = storage.db;
});
afterAll(() => storage.close());
beforeEach(async () => {
  conversation = await storage.newConversation();
});

const text = (fields: Parameters<typeof message>[0] = {}) => message({ conversation, ...fields });
const idsOf = async (of = conversation) =>
  (await sql<{ id: bigint }>(db, 'select id from messages where conversation = $1 order by id', [of])).map(({ id }) =>
    Number(id),
  );

describe('new messages', () => {
  test('get ids from 1 in their order, and the time of the writing', async () => {
    const outcomes = await writeMessages(db, [text(), text(), text()], NOW);
    expect(outcomes).toEqual([1, 2, 3].map((id) => ({ kind: 'stored', id, mtime: NOW })));
    expect(await writeMessages(db, [text()], NOW + 5)).toEqual([{ kind: 'stored', id: 4, mtime: NOW + 5 }]);
  });

  test('of several conversations are numbered for each, and answered in the order they came in', async () => {
    const other = await storage.newConversation();
    await writeMessages(db, [text()], NOW);
    const outcomes = await writeMessages(
      db,
      [text({ conversation: other }), text(), text({ conversation: other }), text()],
      NOW + 1,
    );
    expect(outcomes.map((outcome) => outcome.kind === 'stored' && outcome.id)).toEqual([1, 2, 2, 3]);
  });

  test('keep every byte, the kind of the body, and extreme ids', async () => {
    const extreme: NewMessage = {
      conversation,
      sender: -(2n ** 63n),
      mid: 2n ** 63n - 1n,
      mtype: 127,
      isBinary: true,
      body: Buffer.of(0, 0xff, 0xfe, 0x80, 0, 0x5c),
      attrs: Buffer.of(0xc3, 0x28, 0),
    };
    await writeMessages(db, [extreme], NOW);
    const { conversation: _, ...fields } = extreme;
    expect(await getMessage(db, conversation, extreme.sender, extreme.mid)).toEqual({ ...fields, id: 1, mtime: NOW });
  });

  test('may be empty, or larger than a page of the database', async () => {
    const body = Buffer.from('0123456789'.repeat(3000));
    const messages = [text({ body: '' }), { ...text(), body }];
    await writeMessages(db, messages, NOW);
    const stored = await Promise.all(messages.map(({ sender, mid }) => getMessage(db, conversation, sender, mid)));
    expect(stored.map((each) => each?.body.length)).toEqual([0, 30_000]);
    expect(Buffer.compare(stored[1]!.body, body)).toBe(0);
  });

  test('never get an earlier time than the one before, though the clock steps back', async () => {
    await writeMessages(db, [text()], NOW);
    expect(await writeMessages(db, [text(), text()], NOW - 60_000)).toMatchObject([{ mtime: NOW }, { mtime: NOW }]);
    expect(await writeMessages(db, [text()], NOW + 1)).toMatchObject([{ mtime: NOW + 1 }]);
  });

  test('none at all is no statement', async () => {
    expect(await writeMessages(db, [], NOW)).toEqual([]);
    expect(await writeMessagesAtomically(db, [], NOW)).toEqual([]);
  });

  test('with a type that no client can send are refused by the database', async () => {
    await expect(writeMessages(db, [text({ mtype: 128 })], NOW)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('a repeat', () => {
  test('gets the id and time of the first copy, and is stored once', async () => {
    const first = text();
    await writeMessages(db, [text(), first], NOW);
    expect(await writeMessages(db, [text(), first, text()], NOW + 9)).toEqual([
      { kind: 'stored', id: 3, mtime: NOW + 9 },
      { kind: 'repeat', id: 2, mtime: NOW },
      { kind: 'stored', id: 5, mtime: NOW + 9 },
    ]);
    expect(await idsOf()).toEqual([1, 2, 3, 5]);
  });

  test.each([
    ['body', { body: 'other' }],
    ['attrs', { attrs: 'other' }],
    ['type', { mtype: 31 }],
    ['kind of body', { isBinary: true }],
  ])('with another %s is a conflict and changes nothing', async (_, change) => {
    const first = text();
    await writeMessages(db, [first], NOW);
    const other = text({ mid: first.mid, ...change });
    expect(await writeMessages(db, [other], NOW + 1)).toEqual([{ kind: 'conflict' }]);
    expect(Buffer.from((await getMessage(db, conversation, first.sender, first.mid))!.body).toString()).toBe('hello');
  });

  test('is not confused by where body ends and attrs begin', async () => {
    const first = text({ body: 'ab', attrs: 'c' });
    await writeMessages(db, [first], NOW);
    const other = text({ mid: first.mid, body: 'a', attrs: 'bc' });
    expect(await writeMessages(db, [other], NOW)).toEqual([{ kind: 'conflict' }]);
  });

  test('inside one batch counts against the first of them', async () => {
    const first = text({ body: 'first' });
    const second = text({ mid: first.mid, body: 'second' });
    const other = text({ conversation: await storage.newConversation() });
    expect(await writeMessages(db, [other, first, second, first, other], NOW)).toEqual([
      { kind: 'stored', id: 1, mtime: NOW },
      { kind: 'stored', id: 1, mtime: NOW },
      { kind: 'conflict' },
      { kind: 'repeat', id: 1, mtime: NOW },
      { kind: 'repeat', id: 1, mtime: NOW },
    ]);
  });

  test('of the same mid by another sender or in another conversation is none', async () => {
    const first = text();
    const others = [
      text({ mid: first.mid, sender: 2n }),
      text({ mid: first.mid, conversation: await storage.newConversation() }),
    ];
    const outcomes = await writeMessages(db, [first, ...others], NOW);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'stored']);
  });

  test('of a recalled message is recognised, and other content stays refused', async () => {
    const first = text();
    await writeMessages(db, [first], NOW);
    await removeMessage(db, conversation, first.sender, first.mid);
    expect(await writeMessages(db, [first, text({ mid: first.mid, body: 'other' })], NOW + 1)).toEqual([
      { kind: 'repeat', id: 1, mtime: NOW },
      { kind: 'conflict' },
    ]);
    expect(await getMessage(db, conversation, first.sender, first.mid)).toBeUndefined();
  });

  test('of an edited message may show the first content or the new one', async () => {
    const first = text({ body: 'first' });
    const edited = text({ mid: first.mid, body: 'edited' });
    const between = text({ mid: first.mid, body: 'between' });
    await writeMessages(db, [first], NOW);
    for (const { isBinary, body, attrs } of [between, edited]) {
      await editMessage(db, conversation, first.sender, first.mid, { isBinary, body, attrs }, 0);
    }
    const outcomes = await writeMessages(db, [first, edited, between], NOW + 1);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['repeat', 'repeat', 'conflict']);
  });

  test('of a message that was edited and then recalled shows the first content', async () => {
    const first = text({ body: 'first' });
    await writeMessages(db, [first], NOW);
    const content = { isBinary: false, body: Buffer.from('edited'), attrs: Buffer.alloc(0) };
    await editMessage(db, conversation, first.sender, first.mid, content, 0);
    await removeMessage(db, conversation, first.sender, first.mid);
    expect(await writeMessages(db, [first], NOW + 1)).toEqual([{ kind: 'repeat', id: 1, mtime: NOW }]);
  });

  test('that arrives while the first is not committed waits for it', async () => {
    const first = text();
    let waiting: Promise<unknown> | undefined;
    await db.transaction(async (tx) => {
      const run = (name: string, statement: string) => tx.query({ name, text: statement }, []);
      await run('test-head', `insert into conversation_heads values (${conversation}, 1, ${NOW})`);
      await run(
        'test-first',
        `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
         values (${conversation}, 1, ${first.sender}, ${first.mid}, ${NOW}, 30, false, 'hello', '')`,
      );
      waiting = writeMessages(db, [first, text()], NOW + 1);
      await untilSomebodyWaits(db);
    });
    expect(await waiting).toEqual([
      { kind: 'repeat', id: 1, mtime: NOW },
      { kind: 'stored', id: 3, mtime: NOW + 1 },
    ]);
  });

  test('whose first copy disappears before it is looked at is stored', async () => {
    const first = text();
    await writeMessages(db, [first], NOW);
    const deleteFirst = async (name: string) => {
      if (name === 'messages-find-refused')
        await sql(db, 'delete from messages where conversation = $1', [conversation]);
    };
    const meddled = {
      write: async (statement: { name: string; text: string }, values: unknown[]) => {
        await deleteFirst(statement.name);
        return db.write(statement, values);
      },
    } as unknown as Database;
    expect(await writeMessages(meddled, [first], NOW + 1)).toEqual([{ kind: 'stored', id: 3, mtime: NOW + 1 }]);
  });
});

describe('an atomic write', () => {
  test('stores all, and takes repeats as done', async () => {
    const other = await storage.newConversation();
    const [a, b] = [text(), text({ conversation: other })];
    await writeMessages(db, [b], NOW);
    expect(await writeMessagesAtomically(db, [a, b], NOW + 1)).toEqual([
      { kind: 'stored', id: 1, mtime: NOW + 1 },
      { kind: 'repeat', id: 1, mtime: NOW },
    ]);
  });

  test('stores nothing when one message conflicts, and leaves no hole', async () => {
    const other = await storage.newConversation();
    const known = text({ conversation: other });
    await writeMessages(db, [known], NOW);
    const conflicting = text({ conversation: other, mid: known.mid, body: 'other' });
    const outcomes = await writeMessagesAtomically(db, [text(), conflicting, known], NOW + 1);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['conflict', 'conflict', 'repeat']);
    expect(await idsOf()).toEqual([]);
    expect(await writeMessages(db, [text(), text({ conversation: other })], NOW + 2)).toMatchObject([
      { id: 1 },
      { id: 2 },
    ]);
  });

  test('takes 2000 conversations', async () => {
    const mid = text().mid;
    const messages = Array.from({ length: 2000 }, (_, index) => text({ conversation: 1_000_000 + index, mid }));
    const outcomes = await writeMessagesAtomically(db, messages, NOW);
    expect(outcomes.every((outcome) => outcome.kind === 'stored' && outcome.id === 1)).toBe(true);
  });
});

/** Resolves when a statement of this database waits for a lock. */
async function untilSomebodyWaits(of: Database): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await sql(of, waiting)).length === 0);
}
