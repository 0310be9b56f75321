import { expect, test } from 'vitest';
import { TurnBatcher } from './turn-batcher.ts';

/** A batcher whose batches are answered by hand. */
function manual(options: {
  batchMax: number;
  inFlightMax: number;
  queueMax?: number;
  keyOf?: (request: number) => unknown;
}) {
  const batches: { requests: readonly number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const batcher = new TurnBatcher<number, string>({
    ...options,
    run: (requests) =>
      new Promise((resolve, reject) => {
        batches.push({ requests, answer: () => resolve(requests.map((request) => `answer ${request}`)), fail: reject });
      }),
  });
  return { batcher, batches };
}
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('requests of one turn go together, each gets its own answer', async () => {
  const { batcher, batches } = manual({ batchMax: 10, inFlightMax: 1 });
  const answers = Promise.all([1, 2, 3].map((request) => batcher.add(request)));
  await nextTurn();
  expect(batches.map(({ requests }) => requests)).toEqual([[1, 2, 3]]);
  batches[0]!.answer();
  expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3']);
});

test('a batch has so many requests at most, and so many are on their way', async () => {
  const { batcher, batches } = manual({ batchMax: 2, inFlightMax: 2 });
  const answers = Promise.all([1, 2, 3, 4, 5].map((request) => batcher.add(request)));
  await nextTurn();
  expect(batches.map(({ requests }) => requests)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  batches[1]!.answer();
  await nextTurn();
  expect(batches[2]!.requests).toEqual([5]);
  for (const batch of batches) batch.answer();
  expect(await answers).toHaveLength(5);
});

test('what comes while all are on their way waits and goes together', async () => {
  const { batcher, batches } = manual({ batchMax: 10, inFlightMax: 1 });
  const first = batcher.add(1);
  await nextTurn();
  const later = Promise.all([batcher.add(2), batcher.add(3)]);
  await nextTurn();
  expect(batches).toHaveLength(1);
  batches[0]!.answer();
  await first;
  await nextTurn();
  expect(batches[1]!.requests).toEqual([2, 3]);
  batches[1]!.answer();
  await later;
});

test('a failing batch fails its own requests and no others', async () => {
  const { batcher, batches } = manual({ batchMax: 1, inFlightMax: 2 });
  const answers = Promise.allSettled([batcher.add(1), batcher.add(2)]);
  await nextTurn();
  batches[0]!.fail(new Error('gone'));
  batches[1]!.answer();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('too many waiting requests are refused with 20011', async () => {
  const { batcher, batches } = manual({ batchMax: 10, inFlightMax: 1, queueMax: 2 });
  const answers = Promise.all([batcher.add(1), batcher.add(2)]);
  await expect(batcher.add(3)).rejects.toMatchObject({ code: 20011 });
  await nextTurn();
  batches[0]!.answer();
  await answers;
});

const tens = (request: number) => Math.floor(request / 10);

test('requests of one key are never in two batches at once, and keep their order', async () => {
  const { batcher, batches } = manual({ batchMax: 10, inFlightMax: 2, keyOf: tens });
  const first = batcher.add(11);
  await nextTurn();
  const later = Promise.all([12, 21, 13].map((request) => batcher.add(request)));
  await nextTurn();
  expect(batches.map(({ requests }) => requests)).toEqual([[11], [21]]);
  batches[0]!.answer();
  await first;
  await nextTurn();
  expect(batches[2]!.requests).toEqual([12, 13]);
  for (const batch of batches) batch.answer();
  await later;
  await batcher.idle();
});

test('exclusive work waits for the batches of its keys, and those that come later wait for it', async () => {
  const { batcher, batches } = manual({ batchMax: 10, inFlightMax: 3, keyOf: tens });
  const order: string[] = [];
  const first = batcher.add(11);
  await nextTurn();
  let finish = () => {};
  const exclusive = batcher.exclusively([1, 2], () => {
    order.push('exclusive');
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const later = Promise.all([batcher.add(22), batcher.add(31)]);
  await nextTurn();
  expect(batches.map(({ requests }) => requests)).toEqual([[11], [31]]);
  expect(order).toEqual([]);
  batches[0]!.answer();
  await first;
  await nextTurn();
  expect(order).toEqual(['exclusive']);
  expect(batches).toHaveLength(2);
  finish();
  await exclusive;
  await nextTurn();
  expect(batches[2]!.requests).toEqual([22]);
  for (const batch of batches) batch.answer();
  await later;
});

test('exclusive work on the same keys runs one after the other, also when the first fails', async () => {
  const { batcher } = manual({ batchMax: 10, inFlightMax: 1, keyOf: tens });
  const order: number[] = [];
  const failing = batcher.exclusively([1, 2], async () => {
    order.push(1);
    throw new Error('no');
  });
  const next = batcher.exclusively([2, 3], async () => order.push(2));
  await expect(failing).rejects.toThrow('no');
  await next;
  expect(order).toEqual([1, 2]);
});
