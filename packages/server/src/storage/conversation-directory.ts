import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import { int2Array, int4Array, int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { unnest } from './hidden-parameters.ts';
import { RecentCache } from './recent-cache.ts';
import { TurnBatcher } from './turn-batcher.ts';

/** What a conversation is between. P2P: the smaller and the larger uid; group and room: their id and 0; broadcast: 0, 0. */
export type ConversationKey = { project: number; type: ConversationType; low: bigint; high: bigint };

/** The conversation of two users, the same from both sides. */
export function p2pKey(project: number, a: bigint, b: bigint): ConversationKey {
  return a < b
    ? { project, type: CONVERSATION_TYPES.p2p, low: a, high: b }
    : { project, type: CONVERSATION_TYPES.p2p, low: b, high: a };
}

export function groupKey(project: number, gid: bigint): ConversationKey {
  return { project, type: CONVERSATION_TYPES.group, low: gid, high: 0n };
}

export function roomKey(project: number, rid: bigint): ConversationKey {
  return { project, type: CONVERSATION_TYPES.room, low: rid, high: 0n };
}

export function broadcastKey(project: number): ConversationKey {
  return { project, type: CONVERSATION_TYPES.broadcast, low: 0n, high: 0n };
}

export type ConversationDirectoryOptions = {
  /** Ids kept in memory at most. Default 200,000, some 30 MB. */
  cacheMax?: number;
};

const FIND = {
  name: 'conversations-find',
  text: `select c.id from ${unnest(['int4', 'int2', 'int8', 'int8'])} with ordinality
      q (project, type, low, high, place)
    left join lateral (
      select id from conversations c
      where c.project = q.project and c.type = q.type and c.low = q.low and c.high = q.high
      limit 1) c on true
    order by q.place`,
};
const CREATE = {
  name: 'conversations-create',
  text: `insert into conversations (project, type, low, high)
    select * from unnest($1::int4[], $2::int2[], $3::int8[], $4::int8[]) on conflict do nothing`,
};
const BATCH_MAX = 1000;
/** One sendmsgs asks for up to 2000 at once. */
const QUEUE_MAX = 100_000;

/**
 * Tells the number that stands for a conversation in the other tables. Rows of the table are never deleted or changed,
 * so a number is kept in memory for as long as there is room. Numbers are safe integers.
 */
export class ConversationDirectory {
  readonly #db: Database;
  readonly #ids: RecentCache<number>;
  readonly #finder: TurnBatcher<ConversationKey, number | undefined>;
  readonly #creator: TurnBatcher<ConversationKey, number>;

  constructor(db: Database, options: ConversationDirectoryOptions = {}) {
    this.#db = db;
    this.#ids = new RecentCache(options.cacheMax ?? 200_000);
    this.#finder = new TurnBatcher({
      run: (keys) => this.#load(keys, (values) => db.read(FIND, values)),
      batchMax: BATCH_MAX,
      inFlightMax: 2,
      queueMax: QUEUE_MAX,
    });
    this.#creator = new TurnBatcher({
      run: (keys) => this.#create(keys),
      batchMax: BATCH_MAX,
      inFlightMax: 1,
      queueMax: QUEUE_MAX,
    });
  }

  /** The number if it is in memory. */
  cached(key: ConversationKey): number | undefined {
    return this.#ids.get(nameOf(key));
  }

  /** The number, or undefined when nobody ever wrote there. */
  async find(key: ConversationKey): Promise<number | undefined> {
    return this.cached(key) ?? this.#finder.add(key);
  }

  /** The numbers, in the order of the keys; conversations that were missing are made. */
  resolve(keys: readonly ConversationKey[]): Promise<number[]> {
    return Promise.all(keys.map(async (key) => (await this.find(key)) ?? this.#creator.add(key)));
  }

  async #load(
    keys: readonly ConversationKey[],
    query: (values: unknown[]) => Promise<{ id: bigint | null }[]>,
  ): Promise<(number | undefined)[]> {
    const rows = await query(toColumns(keys));
    return rows.map(({ id }, index) => {
      if (id === null) return undefined;
      this.#ids.set(nameOf(keys[index]!), Number(id));
      return Number(id);
    });
  }

  async #create(keys: readonly ConversationKey[]): Promise<number[]> {
    // Sorted, or two processes that create the same ones could wait for each other. A key that came twice is skipped
    // by the statement as one that another process was quicker with.
    await this.#db.write(CREATE, toColumns(keys.toSorted(compareKeys)));
    const ids = await this.#load(keys, (values) => this.#db.write(FIND, values));
    return ids.map((id, index) => {
      if (id === undefined) throw new Error(`conversation ${nameOf(keys[index]!)} is missing after it was made`);
      return id;
    });
  }
}

function nameOf(key: ConversationKey): string {
  return `${key.project}:${key.type}:${key.low}:${key.high}`;
}

function toColumns(keys: readonly ConversationKey[]): unknown[] {
  return [
    int4Array(keys.map((key) => key.project)),
    int2Array(keys.map((key) => key.type)),
    int8Array(keys.map((key) => key.low)),
    int8Array(keys.map((key) => key.high)),
  ];
}

function compareKeys(a: ConversationKey, b: ConversationKey): number {
  return a.project - b.project || a.type - b.type || compareIds(a.low, b.low) || compareIds(a.high, b.high);
}

function compareIds(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
