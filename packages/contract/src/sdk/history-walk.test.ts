import { expect, test } from 'vitest';
import { type HistoryCursor, type WalkedPage, walkPages } from './history-walk.ts';

const noMessages: WalkedPage<bigint> = { num: 0, lastCursorId: 0n, begin: 0, end: 0, messages: [] };
const fromTheStart = { begin: 0, end: 0 };

function pageOf(...ids: bigint[]): WalkedPage<bigint> {
  return { num: ids.length, lastCursorId: ids.at(-1)!, begin: 10, end: 20, messages: ids };
}

async function collect(walk: AsyncIterable<bigint>): Promise<bigint[]> {
  const ids: bigint[] = [];
  for await (const id of walk) ids.push(id);
  return ids;
}

test('the cursor of each page is handed on until a page is empty', async () => {
  const cursors: HistoryCursor[] = [];
  const pages = [pageOf(1n, 2n), pageOf(3n), noMessages];
  const walk = walkPages({ begin: 5, end: 0 }, async (cursor) => {
    cursors.push(cursor);
    return pages.shift()!;
  });
  expect(await collect(walk)).toEqual([1n, 2n, 3n]);
  expect(cursors).toEqual([
    { begin: 5, end: 0, lastid: 0n },
    { begin: 10, end: 20, lastid: 2n },
    { begin: 10, end: 20, lastid: 3n },
  ]);
});

test('a page whose messages are all deleted does not end the walk', async () => {
  const pages = [{ ...pageOf(1n), messages: [] }, pageOf(2n), noMessages];
  expect(await collect(walkPages(fromTheStart, async () => pages.shift()!))).toEqual([2n]);
});

test('a cursor that stands still ends the walk with an error', async () => {
  const walk = walkPages(fromTheStart, async () => pageOf(1n));
  await expect(collect(walk)).rejects.toMatchObject({ name: 'RtmError', code: 20009 });
});

test('leaving the loop stops asking', async () => {
  let calls = 0;
  for await (const _ of walkPages(fromTheStart, async () => pageOf(BigInt(++calls)))) break;
  expect(calls).toBe(1);
});
