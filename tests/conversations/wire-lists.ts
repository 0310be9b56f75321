import type { RawString, WireMap, WireValue } from '@parley/fpnn';
import type { TestClient } from '../support/test-client.ts';
import type { Kind, ListedRow } from './unread-model.ts';

/** The lists of one kind as the client gate gives them. */
export async function listOf(
  client: TestClient,
  kind: Kind,
  { onlyUnread = false, ...params }: { onlyUnread?: boolean; mtime?: number; mtypes?: number[] } = {},
): Promise<ListedRow[]> {
  const answer = await client.call(`get${kind}${onlyUnread ? 'unread' : ''}conversationlist`, params);
  return rowsOf(answer, 'conversations', 'unreads', 'msgs');
}

/** Joins the three lists of an answer; `newest` is the mid of the newest message, 0 where the cursor id says there is none. */
export function rowsOf(answer: WireMap, others: string, unreads: string, msgs: string): ListedRow[] {
  const [ids, counts, units] = [others, unreads, msgs].map((name) => answer.get(name) as WireValue[]);
  if (ids!.length !== counts!.length || ids!.length !== units!.length) throw new Error('lists of different lengths');
  return ids!.map((other, index) => {
    const [id, , , mid] = units![index] as WireValue[];
    return { other: Number(other), unread: Number(counts![index]), newest: id === 0 ? 0 : Number(mid) };
  });
}

/** A map by id as an object. */
export function numbersOf(map: WireValue | undefined): Record<string, number> {
  return Object.fromEntries(
    [...(map as WireMap)].map(([id, value]) => [String(id as string | RawString), Number(value)]),
  );
}
