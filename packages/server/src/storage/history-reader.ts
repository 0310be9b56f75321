import { boolArray, byteaArray, int4Array, int8Array } from './binary-arrays.ts';
import type { Database } from './database.ts';
import { unnest } from './hidden-parameters.ts';
import { lowerMtime, upperMtime } from './mtime-bounds.ts';
import { mtypeMask, passesMask } from './mtype-mask.ts';
import type { Statement } from './statement.ts';
import { PACKED_MESSAGE, type StoredMessage, unpackMessages } from './stored-message.ts';
import { TurnBatcher } from './turn-batcher.ts';

export type { StoredMessage } from './stored-message.ts';

export type HistoryQuery = {
  conversation: number;
  /** Newest first. */
  isDescending: boolean;
  /** Messages at most. */
  limit: number;
  /** Milliseconds, inclusive; 0 or less: no bound. */
  begin: number;
  /** Milliseconds, inclusive; 0 or less: no bound. */
  end: number;
  /** The id of the last message of the page before, exclusive; 0 or less: first page. */
  lastId: bigint;
  /** Only messages of these types; empty: all. */
  mtypes: readonly number[];
};

export type HistoryPage = {
  /** In the order asked for. Fewer than the limit only when there are no more. */
  messages: StoredMessage[];
  /** The upper bound: that of the query, else now, or the time of the newest message when that is later. */
  end: number;
};

export type HistoryReaderOptions = { now: () => number };

/** A page request as the statements take it. Ids: `low` inclusive, `high` exclusive. */
type Scan = { query: HistoryQuery; low: bigint; high: bigint; size: number };
type ScanResult = { page: Buffer | null; next: bigint | null; newest: bigint | null };

const ID_MAX = 2n ** 63n - 1n;
const BATCH_MAX = 16;
const PAGE_MAX = 1000;
/** A subselect hides the number from the planner, which would otherwise fetch and sort a whole conversation for it. */
const SCAN_MAX = '(select 2000)';

/**
 * Reads pages for several requests. The near bound is turned into an id; the far bound only filters, since times do not
 * fall while ids rise: rows past it come after all that belong to the page. At most 2000 rows are looked at for a page;
 * when they do not fill it, `next` tells where to go on, so that a rare type among many messages holds up nobody.
 */
function scanStatement(
  name: string,
  order: 'asc' | 'desc',
  nearBound: string,
  inScan: string,
  farBound: string,
): Statement {
  return {
    name,
    text: `select p.page, x.next,
        case when q.wants_newest then (select last_mtime from conversation_heads h where h.conversation = q.conversation) end
          as newest
      from ${unnest(['int8', 'int8', 'int8', 'int8', 'int8', 'int4', 'bytea', 'bool'])}
        with ordinality q (conversation, low, high, begin_mtime, end_mtime, size, mtypes, wants_newest, place)
      cross join lateral (select ${nearBound} as bound offset 0) s
      cross join lateral (
        select string_agg(r.packed, '') as page, count(*) as found
        from (
          select ${PACKED_MESSAGE} as packed
          from (select * from messages m where ${inScan} order by m.id ${order} limit ${SCAN_MAX}) m
          where not m.is_removed and ${farBound} and ${passesMask('q.mtypes')}
          order by m.id ${order} limit q.size) r) p
      cross join lateral (
        select case when p.found < q.size then (
          select m.id from messages m
          where m.conversation = q.conversation and ${farBound} and m.id = (
            select m.id from messages m where ${inScan} order by m.id ${order} offset ${SCAN_MAX} - 1 limit 1)) end as next) x
      order by q.place`,
  };
}

const ASCENDING = scanStatement(
  'history-ascending',
  'asc',
  `case when q.begin_mtime > 0 then first_id_at_or_after(q.conversation, q.begin_mtime, q.low, q.high) else q.low end`,
  'm.conversation = q.conversation and m.id >= s.bound',
  'm.mtime <= q.end_mtime',
);
const DESCENDING = scanStatement(
  'history-descending',
  'desc',
  `case when q.wants_newest then q.high
    else first_id_at_or_after(q.conversation, q.end_mtime + 1, q.low, q.high) end`,
  'm.conversation = q.conversation and m.id < s.bound',
  'm.mtime >= q.begin_mtime',
);

/**
 * Reads pages of conversations. Requests of one turn of the event loop share a statement, which halves the cost of a
 * page under load. Bounds may be anything that comes off the wire.
 */
export class HistoryReader {
  readonly #now: () => number;
  readonly #ascending: TurnBatcher<Scan, ScanResult>;
  readonly #descending: TurnBatcher<Scan, ScanResult>;

  constructor(db: Database, options: HistoryReaderOptions) {
    this.#now = options.now;
    const lane = (statement: Statement) =>
      new TurnBatcher<Scan, ScanResult>({
        run: (scans) => db.read<ScanResult>(statement, toColumns(scans)),
        batchMax: BATCH_MAX,
        inFlightMax: 2,
      });
    this.#ascending = lane(ASCENDING);
    this.#descending = lane(DESCENDING);
  }

  /** @throws RtmError 20011 when too many requests wait. */
  async page(query: HistoryQuery): Promise<HistoryPage> {
    const lane = query.isDescending ? this.#descending : this.#ascending;
    let scan = toScan(query);
    const messages: StoredMessage[] = [];
    let newest = 0;
    for (;;) {
      const result = await lane.add(scan);
      if (result.page !== null) messages.push(...unpackMessages(result.page));
      newest = Math.max(newest, Number(result.newest ?? 0));
      if (result.next === null) break;
      scan = goOn(scan, result.next, messages.length);
    }
    return { messages, end: query.end > 0 ? query.end : Math.max(this.#now(), newest) };
  }
}

function toScan(query: HistoryQuery): Scan {
  const isFirst = query.lastId <= 0n;
  const lastId = query.lastId < ID_MAX ? query.lastId : ID_MAX - 1n;
  return {
    query,
    low: isFirst || query.isDescending ? 1n : lastId + 1n,
    high: isFirst || !query.isDescending ? ID_MAX : lastId,
    size: Math.max(0, Math.min(query.limit, PAGE_MAX)),
  };
}

/** The scan behind the row `last`, for what is missing after `found` messages. */
function goOn(scan: Scan, last: bigint, found: number): Scan {
  const size = toScan(scan.query).size - found;
  return scan.query.isDescending ? { ...scan, high: last, size } : { ...scan, low: last + 1n, size };
}

function toColumns(scans: readonly Scan[]): unknown[] {
  return [
    int8Array(scans.map(({ query }) => query.conversation)),
    int8Array(scans.map((scan) => scan.low)),
    int8Array(scans.map((scan) => scan.high)),
    int8Array(scans.map(({ query }) => lowerMtime(query.begin))),
    int8Array(scans.map(({ query }) => upperMtime(query.end))),
    int4Array(scans.map((scan) => scan.size)),
    byteaArray(scans.map(({ query }) => mtypeMask(query.mtypes))),
    boolArray(scans.map(({ query }) => !(query.end > 0))),
  ];
}
