import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { contentDigest } from './content-digest.ts';
import type { Database } from './database.ts';
import { countMessages } from './message-count.ts';
import { editMessage } from './message-edit.ts';
import { getMessage } from './message-lookup.ts';
import { deleteTombstones } from './message-purge.ts';
import { DUPLICATE_WINDOW_MS, removeBySender, removeMessage, removeRange } from './message-removal.ts';
import { type NewMessage, writeMessages } from './message-writer.ts';

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
const get = ({ sender, mid }: NewMessage) => getMessage(db, conversation, sender, mid);
const countAll = async () => (await countMessages(db, conversation, { mtypes: [], begin: 0, end: 0 })).messages;
const rowsLeft = async () => (await sql(db, 'select 1 from messages where conversation = $1', [conversation])).length;

/** One message per time, in this order. */
async function writeAt(...times: number[]): Promise<NewMessage[]> {
  const messages: NewMessage[] = [];
  for (const time of times) {
    messages.push(text({ body: `at ${time}` }));
    await writeMessages(db, messages.slice(-1), time);
  }
  return messages;
}

test('content_digest of the database is contentDigest', async () => {
  const content = { mtype: 77, isBinary: true, body: Buffer.of(0, 1, 255), attrs: Buffer.from('é') };
  const [row] = await sql<{ digest: Buffer }>(db, 'select content_digest($1::int2, $2, $3, $4) as digest', [
    content.mtype,
    content.isBinary,
    content.body,
    content.attrs,
  ]);
  expect(row!.digest.equals(contentDigest(content))).toBe(true);
});

describe('getMessage', () => {
  test('finds nothing under another sender, mid or conversation', async () => {
    const [known] = await writeAt(NOW);
    expect(await getMessage(db, conversation, 2n, known!.mid)).toBeUndefined();
    expect(await getMessage(db, conversation, known!.sender, -1n)).toBeUndefined();
    expect(await getMessage(db, conversation + 1, known!.sender, known!.mid)).toBeUndefined();
  });
});

describe('removeMessage', () => {
  test('removes one message, once', async () => {
    const [first, second] = await writeAt(NOW, NOW);
    expect(await removeMessage(db, conversation, first!.sender, first!.mid)).toBe(true);
    expect(await removeMessage(db, conversation, first!.sender, first!.mid)).toBe(false);
    expect(await get(first!)).toBeUndefined();
    expect(await get(second!)).toMatchObject({ id: 2 });
  });

  test('leaves no content behind', async () => {
    const [first] = await writeAt(NOW);
    await removeMessage(db, conversation, first!.sender, first!.mid);
    const rows = await sql(db, 'select body, attrs from messages where conversation = $1', [conversation]);
    expect(rows).toEqual([{ body: Buffer.alloc(0), attrs: Buffer.alloc(0) }]);
  });

  test('is forgotten once nobody may repeat the message', async () => {
    const [first] = await writeAt(NOW);
    await removeMessage(db, conversation, first!.sender, first!.mid);
    await deleteTombstones(db, NOW + DUPLICATE_WINDOW_MS);
    expect(await rowsLeft()).toBe(1);
    await deleteTombstones(db, NOW + DUPLICATE_WINDOW_MS + 1);
    expect(await rowsLeft()).toBe(0);
    expect(await writeMessages(db, [first!], NOW + DUPLICATE_WINDOW_MS + 2)).toMatchObject([{ kind: 'stored', id: 2 }]);
  });
});

describe('removeRange', () => {
  test('removes what lies between the bounds, both inclusive', async () => {
    const messages = await writeAt(NOW, NOW + 1, NOW + 1, NOW + 2, NOW + 3);
    expect(await removeRange(db, conversation, NOW + 1, NOW + 2)).toBe(3);
    expect((await Promise.all(messages.map(get))).map((found) => found?.id)).toEqual([
      1,
      undefined,
      undefined,
      undefined,
      5,
    ]);
  });

  test.each([
    [0, 0, 3],
    [-5, -(2 ** 63), 3],
    [0, NOW + 1, 2],
    [NOW + 1, 0, 2],
    [NOW + 1, 9.2e18, 2],
    [9.2e18, 0, 0],
    [NOW + 2, NOW, 0],
  ])('takes %d and %d as bounds', async (begin, end, removed) => {
    await writeAt(NOW, NOW + 1, NOW + 2);
    expect(await removeRange(db, conversation, begin, end)).toBe(removed);
    expect(await countAll()).toBe(3 - removed);
  });

  test('does not touch other conversations, and may meet none', async () => {
    const [kept] = await writeAt(NOW);
    expect(await removeRange(db, await storage.newConversation(), 0, 0)).toBe(0);
    expect(await get(kept!)).toBeDefined();
  });

  test('deletes what nobody may repeat, and keeps a trace of the rest', async () => {
    const [old, young] = await writeAt(NOW - DUPLICATE_WINDOW_MS - 1, NOW - DUPLICATE_WINDOW_MS, NOW);
    expect(await removeRange(db, conversation, 0, 0)).toBe(3);
    expect(await rowsLeft()).toBe(2);
    expect(await writeMessages(db, [young!], NOW + 1)).toMatchObject([{ kind: 'repeat', id: 2 }]);
    expect(await writeMessages(db, [old!], NOW + 1)).toMatchObject([{ kind: 'stored' }]);
  });

  test('goes on after 5000 messages, over holes and tombstones', async () => {
    await sql(
      db,
      `insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs, is_removed)
       select $1::int8, n, 1, n, $2::int8 + n, 30, false, 'x', '', n % 5 = 0 from generate_series(1, 24000) n where n % 3 > 0`,
      [conversation, NOW],
    );
    await sql(db, 'insert into conversation_heads values ($1, 24000, $2::int8 + 24000)', [conversation, NOW]);
    expect(await removeRange(db, conversation, NOW + 1000, NOW + 23_000)).toBe(11_734);
    expect(await countAll()).toBe(12_800 - 11_734);
  });
});

describe('removeBySender', () => {
  test('removes what one user sent, and nothing else', async () => {
    const messages = [1n, 2n, 1n, 3n].map((sender) => text({ sender }));
    await writeMessages(db, messages, NOW);
    expect(await removeBySender(db, conversation, 1n)).toBe(2);
    expect((await Promise.all(messages.map(get))).map((found) => found?.sender)).toEqual([
      undefined,
      2n,
      undefined,
      3n,
    ]);
    expect(await removeBySender(db, conversation, 1n)).toBe(0);
  });
});

describe('editMessage', () => {
  const content = { isBinary: true, body: Buffer.of(0, 200), attrs: Buffer.from('new') };

  test('replaces the content and keeps id, time and type', async () => {
    const [first] = await writeAt(NOW);
    expect(await editMessage(db, conversation, first!.sender, first!.mid, content, NOW)).toBe('edited');
    expect(await get(first!)).toEqual({ ...content, id: 1, mtime: NOW, mtype: 30, sender: 1n, mid: first!.mid });
  });

  test('refuses a message that is older than the limit', async () => {
    const [first] = await writeAt(NOW);
    expect(await editMessage(db, conversation, first!.sender, first!.mid, content, NOW + 1)).toBe('too-old');
    expect(await get(first!)).toMatchObject({ isBinary: false });
  });

  test('finds neither a message that never was nor one that was recalled', async () => {
    const [first] = await writeAt(NOW);
    expect(await editMessage(db, conversation, 5n, first!.mid, content, 0)).toBe('not-found');
    await removeMessage(db, conversation, first!.sender, first!.mid);
    expect(await editMessage(db, conversation, first!.sender, first!.mid, content, 0)).toBe('not-found');
  });
});

describe('countMessages', () => {
  const count = (filter: Partial<Parameters<typeof countMessages>[2]> = {}) =>
    countMessages(db, conversation, { mtypes: [], begin: 0, end: 0, ...filter });

  test('counts messages and distinct senders, by type and time', async () => {
    await writeMessages(db, [text(), text({ sender: 2n, mtype: 51 }), text({ sender: 2n })], NOW);
    await writeMessages(db, [text({ sender: 3n, mtype: 127 })], NOW + 10);
    expect(await count()).toEqual({ senders: 3, messages: 4 });
    expect(await count({ mtypes: [30, 51] })).toEqual({ senders: 2, messages: 3 });
    expect(await count({ mtypes: [127, -1, 128, 9999] })).toEqual({ senders: 1, messages: 1 });
    expect(await count({ begin: NOW + 1 })).toEqual({ senders: 1, messages: 1 });
    expect(await count({ end: NOW + 9 })).toEqual({ senders: 2, messages: 3 });
    expect(await count({ begin: NOW + 1, end: NOW + 9 })).toEqual({ senders: 0, messages: 0 });
    expect(await count({ begin: -9e18, end: 9.2e18 })).toEqual({ senders: 3, messages: 4 });
  });

  test('leaves recalled messages out', async () => {
    const [first] = await writeAt(NOW, NOW);
    await removeMessage(db, conversation, first!.sender, first!.mid);
    expect(await count()).toEqual({ senders: 1, messages: 1 });
  });
});
