import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, openTestStorage, sql, type TestStorage } from '../../test/support/message-storage.ts';
import { silentLogger } from '../telemetry/logger.ts';
import type { Database } from './database.ts';
import { HistoryReader } from './history-reader.ts';
import { editMessage } from './message-edit.ts';
import { removeBySender, removeMessage, removeRange } from './message-removal.ts';
import { type NewMessage, type WriteOutcome, writeMessages, writeMessagesAtomically } from './message-writer.ts';
import { Retention } from './retention.ts';

const NOW = 1_800_000_000_000;
let storage: TestStorage;
let nodes: Database[];

beforeAll(async () => {
  storage = await openTestStorage();
  nodes = [storage.db, await storage.openSecond()];
});
afterAll(() => storage.close());

/** Clocks of nodes differ and step. */
const jitter = (step: number) => NOW + step - Math.floor(Math.random() * 20);
const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
const conversations = (count: number) => Promise.all([...Array(count)].map(() => storage.newConversation()));

test('several nodes write the same conversations: one order, no holes, times that never fall, readers miss nothing', async () => {
  const shared = await conversations(6);
  let isWriting = true;
  const writers = [...Array(6)].map(async (_, index) => {
    for (let round = 0; round < 40; round++) {
      const batch = [...Array(15)].map(() => message({ conversation: pick(shared), sender: BigInt(index) }));
      const db = nodes[index % 2]!;
      if (index === 0) await writeMessagesAtomically(db, batch, jitter(round));
      else await writeMessages(db, batch, jitter(round));
    }
  });
  const readers = shared.flatMap((conversation) => [
    follow(conversation, () => isWriting),
    ...nodes.map((db) => walkBackAgainAndAgain(db, conversation, () => isWriting)),
  ]);
  await Promise.all(writers);
  isWriting = false;
  await Promise.all(readers);

  for (const conversation of shared) {
    const rows = await sql<{ id: bigint; mtime: bigint }>(
      storage.db,
      'select id, mtime from messages where conversation = $1 order by id',
      [conversation],
    );
    expect(rows.map(({ id }) => Number(id))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.map(({ mtime }) => mtime)).toEqual(rows.map(({ mtime }) => mtime).toSorted());
  }
});

/** Reads forward behind the writers: ids must come without a gap. */
async function follow(conversation: number, isWriting: () => boolean): Promise<void> {
  const reader = new HistoryReader(nodes[1]!, { now: () => NOW });
  let last = 0;
  let begin = 0;
  for (let isLastRound = false; ; ) {
    const query = { conversation, isDescending: false, limit: 7, begin, end: 0, lastId: BigInt(last), mtypes: [] };
    const { messages } = await reader.page(query);
    for (const { id, mtime } of messages) {
      expect(id).toBe(last + 1);
      expect(mtime).toBeGreaterThanOrEqual(begin);
      [last, begin] = [id, mtime];
    }
    if (messages.length > 0) continue;
    if (isLastRound) return;
    isLastRound = !isWriting();
  }
}

/** Walks from the newest to the oldest: ids must fall one by one down to 1, whatever is written meanwhile. */
async function walkBackAgainAndAgain(db: Database, conversation: number, isWriting: () => boolean): Promise<void> {
  const reader = new HistoryReader(db, { now: () => NOW });
  while (isWriting()) {
    const ids: number[] = [];
    for (let end = 0, lastId = 0n; ; ) {
      const page = await reader.page({
        conversation,
        isDescending: true,
        limit: 20,
        begin: 0,
        end,
        lastId,
        mtypes: [],
      });
      const last = page.messages.at(-1);
      if (last === undefined) break;
      ids.push(...page.messages.map(({ id }) => id));
      [end, lastId] = [last.mtime, BigInt(last.id)];
    }
    expect(ids).toEqual(ids.map((_, index) => ids.length - index));
  }
}

test('the same messages sent at once by several nodes are stored once, and all get the same answer', async () => {
  const shared = await conversations(3);
  const batch = shared.flatMap((conversation) => [...Array(10)].map(() => message({ conversation })));
  const answers = await Promise.all(
    [...Array(8)].map((_, index) => {
      const shuffled = batch.map((_, place) => batch[(place * 7 + index * 11) % batch.length]!);
      const write = index % 4 === 3 ? writeMessagesAtomically : writeMessages;
      return write(nodes[index % 2]!, shuffled, jitter(index)).then(
        (outcomes) => new Map(shuffled.map((sent, place) => [sent, outcomes[place]!])),
      );
    }),
  );
  for (const sent of batch) {
    const outcomes = answers.map((answer) => answer.get(sent)!);
    expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'repeat')).toHaveLength(7);
    const given = outcomes.map((outcome) => outcome.kind !== 'conflict' && `${outcome.id} ${outcome.mtime}`);
    expect(new Set(given).size).toBe(1);
  }
});

test('writers, large atomic writes, recalls, cleaning, edits and retention at once do not end in a deadlock', async () => {
  const shared = await conversations(30);
  const sent: NewMessage[] = shared.map((conversation) => message({ conversation, sender: 1n }));
  await writeMessages(nodes[0]!, sent, NOW);
  const policies = () => [{ project: 1, messagesPerConversation: 15 }];
  const retention = new Retention(nodes[1]!, { now: () => NOW, log: silentLogger, policies });
  const repeatedly = (times: number, work: (db: Database, round: number) => Promise<unknown>) =>
    nodes.map(async (db) => {
      for (let round = 0; round < times; round++) await work(db, round);
    });
  const write = async (db: Database, round: number) => {
    const fresh = [...Array(40)].map(() => message({ conversation: pick(shared), sender: BigInt(round % 3) }));
    sent.push(...fresh);
    expectNoConflict(await writeMessages(db, [...fresh, pick(sent), pick(sent)], jitter(round)));
  };
  const writeToAll = async (db: Database, round: number) => {
    const fresh = shared.toReversed().map((conversation) => message({ conversation, sender: 2n }));
    expectNoConflict(await writeMessagesAtomically(db, [...fresh, pick(sent)], jitter(round)));
  };
  const recall = (db: Database) => {
    const { conversation, sender, mid } = pick(sent);
    return removeMessage(db, conversation, sender, mid);
  };
  const edit = (db: Database) => {
    const { conversation, sender, mid } = pick(sent);
    return editMessage(db, conversation, sender, mid, content, 0);
  };
  const content = { isBinary: false, body: Buffer.from('edited'), attrs: Buffer.alloc(0) };
  await Promise.all([
    ...repeatedly(25, write),
    ...repeatedly(25, write),
    ...repeatedly(25, writeToAll),
    ...repeatedly(60, recall),
    ...repeatedly(60, edit),
    ...repeatedly(60, (db) => removeRange(db, pick(shared), 0, NOW + 10)),
    ...repeatedly(60, (db, round) => removeBySender(db, pick(shared), BigInt(round % 3))),
    ...repeatedly(20, () => retention.runOnce()),
  ]);
});

function expectNoConflict(outcomes: readonly WriteOutcome[]): void {
  expect(outcomes.filter(({ kind }) => kind === 'conflict')).toEqual([]);
}
