import { int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { DUPLICATE_WINDOW_MS } from './message-removal.ts';

/** Ids per statement at most: it takes some 50 ms and holds no lock that a writer needs. */
const PURGE_BATCH = 5000;

/** The messages of a conversation from `first` up to and with `last`. */
export type MessageSpan = { conversation: number; first: number; last: number };

/** Rows that a recall or an edit holds are left for the next time, so that nobody waits for anybody. */
const DELETE_SPANS = {
  name: 'messages-delete-spans',
  text: `with deleted as (
      delete from messages where ctid = any (array(
        select m.ctid from unnest($1::int8[], $2::int8[], $3::int8[]) q (conversation, first, last)
        cross join lateral (
          select m.ctid from messages m
          where m.conversation = q.conversation and m.id between q.first and q.last for update skip locked) m))
      returning 1)
    select count(*)::int4 as deleted from deleted`,
};
/** A larger limit could look dearer to the planner than reading the whole table. */
const TOMBSTONE_BATCH = 1000;
const DELETE_TOMBSTONES = {
  name: 'messages-delete-tombstones',
  text: `with deleted as (
      delete from messages where ctid = any (array(
        select m.ctid from messages m where m.is_removed and m.mtime < $1
        order by m.mtime limit ${TOMBSTONE_BATCH} for update skip locked))
      returning 1)
    select count(*)::int4 as deleted from deleted`,
};

/** Deletes the spans for good, batch by batch, until `isStopped`. @returns How many rows went. */
export async function deleteSpans(
  db: Database,
  spans: readonly MessageSpan[],
  isStopped: () => boolean = () => false,
): Promise<number> {
  let deleted = 0;
  for (const batch of toBatches(spans)) {
    if (isStopped()) break;
    const [row] = await db.write<{ deleted: number }>(DELETE_SPANS, [
      int8Array(batch.map((span) => span.conversation)),
      int8Array(batch.map((span) => span.first)),
      int8Array(batch.map((span) => span.last)),
    ]);
    deleted += row!.deleted;
  }
  return deleted;
}

/** Deletes the tombstones of messages that nobody may repeat any more. @returns How many went. */
export async function deleteTombstones(
  db: Database,
  nowMs: number,
  isStopped: () => boolean = () => false,
): Promise<number> {
  let total = 0;
  for (let deleted = TOMBSTONE_BATCH; deleted === TOMBSTONE_BATCH && !isStopped(); total += deleted) {
    const [row] = await db.write<{ deleted: number }>(DELETE_TOMBSTONES, [Math.floor(nowMs) - DUPLICATE_WINDOW_MS]);
    deleted = row!.deleted;
  }
  return total;
}

/** Cuts and groups spans so that each group covers PURGE_BATCH ids at most. */
function* toBatches(spans: readonly MessageSpan[]): Generator<MessageSpan[]> {
  let batch: MessageSpan[] = [];
  let room = PURGE_BATCH;
  for (const { conversation, first, last } of spans) {
    for (let low = first; low <= last; ) {
      const high = Math.min(last, low + room - 1);
      batch.push({ conversation, first: low, last: high });
      room -= high - low + 1;
      low = high + 1;
      if (room > 0) continue;
      yield batch;
      batch = [];
      room = PURGE_BATCH;
    }
  }
  if (batch.length > 0) yield batch;
}
