import { RtmError } from '@parley/contract';
import { expect, test } from 'vitest';
import type { NewMessage, WriteOutcome } from '../storage/message-writer.ts';
import { OutageRetry } from '../storage/outage-retry.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';

/** A write path whose batches the test settles by hand. */
function setUp(options: Partial<GroupCommitOptions> & { retryForMs?: number } = {}) {
  const batches: { messages: readonly NewMessage[]; commit(): void; fail(error: Error): void }[] = [];
  let onBatch = () => {};
  let now = 0;
  const delay = async (ms: number) => {
    now += ms;
  };
  const outage = new OutageRetry({ now: () => now, delay, retryForMs: options.retryForMs ?? 10_000 });
  const commit = new GroupCommit({
    write: (messages) =>
      new Promise((resolve, reject) => {
        batches.push({ messages, commit: () => resolve(messages.map(stored)), fail: reject });
        onBatch();
      }),
    outage,
    ...options,
  });
  const batch = (n: number) =>
    new Promise<(typeof batches)[number]>((resolve) => {
      onBatch = () => {
        if (batches.length > n) resolve(batches[n]!);
      };
      onBatch();
    });
  return { commit, batches, batch, outage };
}

function stored(message: NewMessage): WriteOutcome {
  return { kind: 'stored', id: 1, mtime: Number(message.mid) };
}

function message(mid: number): NewMessage {
  const empty = new Uint8Array(0);
  return { conversation: 1, sender: 1n, mid: BigInt(mid), mtype: 30, isBinary: false, body: empty, attrs: empty };
}

const connectionLost = () => Object.assign(new Error('terminating connection'), { code: '57P01' });

test('messages of one turn are one batch, and each is answered with its own outcome after the commit', async () => {
  const { commit, batches, batch } = setUp();
  const sends = [1, 2, 3].map((mid) => commit.add(message(mid)));
  let isAnswered = false;
  void sends[0]!.then(() => {
    isAnswered = true;
  });
  const first = await batch(0);
  expect(first.messages.map(({ mid }) => mid)).toEqual([1n, 2n, 3n]);
  expect(isAnswered).toBe(false);
  first.commit();
  expect((await Promise.all(sends)).map((outcome) => outcome.kind === 'stored' && outcome.mtime)).toEqual([1, 2, 3]);
  expect(batches).toHaveLength(1);
});

test('what arrives while all batches are on their way waits, and leaves together', async () => {
  const { commit, batches, batch } = setUp({ inFlightMax: 1, batchMax: 2 });
  const sends = [commit.add(message(1))];
  const first = await batch(0);
  for (let mid = 2; mid <= 4; mid += 1) sends.push(commit.add(message(mid)));
  expect(commit.queued).toBe(3);
  first.commit();
  const second = await batch(1);
  expect(second.messages.map(({ mid }) => mid)).toEqual([2n, 3n]);
  second.commit();
  (await batch(2)).commit();
  await Promise.all(sends);
  await commit.idle();
  expect(batches).toHaveLength(3);
});

test('a full queue refuses with 20011 and loses nothing that it took', async () => {
  const { commit, batch } = setUp({ queueMax: 2 });
  const sends = [commit.add(message(1)), commit.add(message(2))];
  await expect(commit.add(message(3))).rejects.toMatchObject({ code: 20011 });
  (await batch(0)).commit();
  await expect(Promise.all(sends)).resolves.toHaveLength(2);
});

test('a batch that met a lost connection is written again', async () => {
  const { commit, batch, outage } = setUp();
  const send = commit.add(message(1));
  (await batch(0)).fail(connectionLost());
  (await batch(1)).commit();
  await expect(send).resolves.toMatchObject({ kind: 'stored' });
  expect(outage.count).toBe(1);
});

test('a database that stays away ends in an error for every message, in bounded time', async () => {
  const lost = connectionLost();
  const { commit } = setUp({ write: () => Promise.reject(lost), retryForMs: 1000 });
  const error: unknown = await commit.add(message(1)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RtmError);
  expect(error).toMatchObject({ code: 20001, cause: lost });
});

test('a message that the database refuses fails alone', async () => {
  const { commit } = setUp({
    write: async (messages) => {
      if (messages.some(({ mid }) => mid === 3n)) throw new Error('bad row');
      return messages.map(stored);
    },
  });
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((mid) => commit.add(message(mid))));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});

test('what a lost attempt had committed counts as new when the batch is written again, so that it is delivered', async () => {
  let attempts = 0;
  const { commit } = setUp({
    write: async (messages) => {
      attempts += 1;
      if (attempts === 1) throw connectionLost();
      return messages.map(({ mid }) => ({ kind: 'repeat', id: 1, mtime: Number(mid) }));
    },
  });
  await expect(commit.add(message(7))).resolves.toEqual({ kind: 'stored', id: 1, mtime: 7 });
  await expect(commit.add(message(8))).resolves.toEqual({ kind: 'repeat', id: 1, mtime: 8 });
});

test('what follows a commit is called in the order of the batch, before anybody is answered', async () => {
  const { commit, batch } = setUp();
  const order: string[] = [];
  const sends = [1, 2, 3].map((mid) =>
    commit.add(message(mid), () => order.push(`committed ${mid}`)).then(() => order.push(`answered ${mid}`)),
  );
  (await batch(0)).commit();
  await Promise.all(sends);
  expect(order.slice(0, 3)).toEqual(['committed 1', 'committed 2', 'committed 3']);
});

test('what fails after the commit of one message does not touch the others', async () => {
  const { commit, batch } = setUp();
  const failing = commit.add(message(1), () => {
    throw new Error('nobody there');
  });
  const other = commit.add(message(2));
  (await batch(0)).commit();
  await expect(failing).rejects.toMatchObject({ code: 20001 });
  await expect(other).resolves.toMatchObject({ kind: 'stored' });
});
