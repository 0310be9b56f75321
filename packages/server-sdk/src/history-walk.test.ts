import { expect, test } from 'vitest';
import type { HistoryMessage } from './history-message.ts';
import type { HistoryResult, PageRequest } from './history-page.ts';
import { walkPages } from './history-walk.ts';

const noMessages: HistoryResult = { num: 0, lastCursorId: 0n, begin: 0, end: 0, messages: [] };

function message(cursorId: bigint): HistoryMessage {
  return {
    cursorId,
    fromUid: 1n,
    toId: 2n,
    messageType: 51,
    messageId: cursorId,
    message: 'text',
    attrs: '',
    modifiedTime: 1_000,
  };
}

function pageOf(...ids: bigint[]): HistoryResult {
  return { num: ids.length, lastCursorId: ids.at(-1)!, begin: 10, end: 20, messages: ids.map(message) };
}

async function cursorsOf(walk: AsyncIterable<HistoryMessage>): Promise<bigint[]> {
  const ids: bigint[] = [];
  for await (const { cursorId } of walk) ids.push(cursorId);
  return ids;
}

test('the cursor of each page is handed on until a page is empty', async () => {
  const requests: PageRequest[] = [];
  const pages = [pageOf(1n, 2n), pageOf(3n), noMessages];
  const walk = walkPages({ pageSize: 2, begin: 5, mtypes: [30], timeoutMs: 7 }, async (request) => {
    requests.push(request);
    return pages.shift()!;
  });
  expect(await cursorsOf(walk)).toEqual([1n, 2n, 3n]);
  const same = { desc: false, num: 2, options: { mtypes: [30], timeoutMs: 7 } };
  expect(requests).toEqual([
    { ...same, begin: 5, end: 0, lastid: 0n },
    { ...same, begin: 10, end: 20, lastid: 2n },
    { ...same, begin: 10, end: 20, lastid: 3n },
  ]);
});

test('a page whose messages are all deleted does not end the walk', async () => {
  const pages = [{ ...pageOf(1n), messages: [] }, pageOf(2n), noMessages];
  expect(await cursorsOf(walkPages({}, async () => pages.shift()!))).toEqual([2n]);
});

test('a cursor that stands still ends the walk with an error', async () => {
  const walk = walkPages({}, async () => pageOf(1n));
  await expect(cursorsOf(walk)).rejects.toMatchObject({ name: 'RtmError', code: 20009 });
});

test('leaving the loop stops asking', async () => {
  let calls = 0;
  for await (const _ of walkPages({}, async () => pageOf(BigInt(++calls)))) break;
  expect(calls).toBe(1);
});
