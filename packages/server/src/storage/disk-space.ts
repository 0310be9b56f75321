import type { Logger } from '../telemetry/logger.ts';
import type { Database } from './database.ts';
import type { Statement } from './statement.ts';

export type DiskSpaceOptions = {
  log: Logger;
  now: () => number;
  /** Free space that is worth a rewrite. Default 64 MB. */
  freeMinBytes?: number;
  /** How long writers and readers may have to wait for a rewrite. Default 5000 ms. */
  stallMaxMs?: number;
};

export type DiskUse = {
  /** Table, indexes and large values. */
  totalBytes: number;
  /** The part of it that messages fill; the rest is free for new ones. */
  filledPart: number;
};

/** Everybody else queues up behind the wait for the lock; autovacuum gives way to it after one second. */
const LOCK_TIMEOUT_MS = 1500;
const LOCK_NOT_AVAILABLE = '55P03';
/** The server ends the rewrite itself; only then does the driver stop waiting. */
const ANSWER_EXTRA_MS = 30_000;
const LOOK_EVERY_MS = 3_600_000;
const RETRY_AFTER_MS = 24 * LOOK_EVERY_MS;
const SAMPLE_PAGES = 1000;
const PAGE_BYTES = 8192;
/** Measured: what a rewrite keeps, and what it looks through, per ms. */
const KEPT_BYTES_PER_MS = 40_000;
const READ_BYTES_PER_MS = 500_000;
/** Line pointer, tuple header, fixed columns, alignment. */
const ROW_BYTES = 4 + 24 + 44 + 4;
/** What a value that lies outside of the row leaves inside. */
const POINTER_BYTES = 18;
const OUTSIDE_FROM_BYTES = 2000;

const SIZES = {
  name: 'disk-sizes',
  text: `select pg_total_relation_size('messages') as total, pg_relation_size('messages') as heap`,
};
const FILLED_BYTES = {
  name: 'disk-filled-bytes',
  text: `select coalesce(sum(${ROW_BYTES} + pg_column_size(m.attrs) + case when pg_column_size(m.body) > ${OUTSIDE_FROM_BYTES}
      then ${POINTER_BYTES} else pg_column_size(m.body) end), 0)::int8 as filled
    from messages m tablesample system ($1)`,
};
const PREPARE: readonly Statement[] = [
  { name: 'disk-lock-timeout', text: `set local lock_timeout = ${LOCK_TIMEOUT_MS}` },
  { name: 'disk-memory', text: `set local maintenance_work_mem = '256MB'` },
  // Reading the table in its order and sorting takes a quarter of the time of following an index over holes.
  { name: 'disk-no-index', text: 'set local enable_indexscan = off' },
];
/** In the order of mids, which is about the order of time: what expires together lies together. */
const REWRITE = { name: 'disk-rewrite', text: 'cluster messages using messages_mid_sender_conversation_key' };

/**
 * Gives the space of deleted messages back to the operating system.
 *
 * Deleted rows leave holes that PostgreSQL fills with new messages, so as long as about as much is written as deleted,
 * nothing has to be done. Once more than half of the table is holes, it is rewritten. All statements on messages wait
 * meanwhile, some 25 ms for each MB that stays. When that would be more than `stallMaxMs`, or turns out to be more, the
 * table stays as it is and the operator is told once a day. A rewrite that does not get its lock at once because of
 * somebody else's long statement is tried again with the next run.
 */
export class DiskSpace {
  readonly #db: Database;
  readonly #options: Required<DiskSpaceOptions>;
  #lookAt = 0;
  #notBefore = 0;

  constructor(db: Database, options: DiskSpaceOptions) {
    this.#db = db;
    this.#options = { freeMinBytes: 64 * 1024 * 1024, stallMaxMs: 5000, ...options };
  }

  /** Looks at a sample of the table: some ms. */
  async measure(): Promise<DiskUse> {
    const { total, heap } = await this.#sizes();
    const pages = heap / PAGE_BYTES;
    const percent = Math.min(100, (100 * SAMPLE_PAGES) / Math.max(pages, 1));
    const [row] = await this.#db.read<{ filled: bigint }>(FILLED_BYTES, [percent]);
    const filled = Number(row!.filled) * (100 / percent);
    return { totalBytes: total, filledPart: heap === 0 ? 1 : Math.min(1, filled / heap) };
  }

  /**
   * Looks, when rows were deleted or an hour has passed, and rewrites the table if that is worth it.
   *
   * @returns How many bytes of disk became free.
   */
  async reclaim(hasDeleted: boolean): Promise<number> {
    const now = this.#options.now();
    if (now < this.#notBefore || (!hasDeleted && now < this.#lookAt)) return 0;
    this.#lookAt = now + LOOK_EVERY_MS;
    const { totalBytes, filledPart } = await this.measure();
    const freeBytes = Math.round(totalBytes * (1 - filledPart));
    if (filledPart >= 0.5 || freeBytes < this.#options.freeMinBytes) return 0;
    const stallMs = (totalBytes - freeBytes) / KEPT_BYTES_PER_MS + totalBytes / READ_BYTES_PER_MS;
    try {
      if (stallMs > this.#options.stallMaxMs) throw new Error(`it would take ${Math.round(stallMs)} ms`);
      await this.#rewrite();
    } catch (cause) {
      this.#handleFailure(cause, freeBytes);
      return 0;
    }
    const { total } = await this.#sizes();
    this.#options.log.info('disk space of deleted messages was given back', { before: totalBytes, after: total });
    return Math.max(0, totalBytes - total);
  }

  #handleFailure(cause: unknown, freeBytes: number): void {
    if ((cause as { code?: unknown }).code === LOCK_NOT_AVAILABLE) {
      this.#lookAt = 0;
      return;
    }
    this.#notBefore = this.#options.now() + RETRY_AFTER_MS;
    const { stallMaxMs } = this.#options;
    this.#options.log.warn(
      'disk space of deleted messages was not given back; "vacuum full messages" at a quiet time does it',
      { freeBytes, stallMaxMs, cause: String(cause) },
    );
  }

  async #sizes(): Promise<{ total: number; heap: number }> {
    const [row] = await this.#db.read<{ total: bigint; heap: bigint }>(SIZES, []);
    return { total: Number(row!.total), heap: Number(row!.heap) };
  }

  async #rewrite(): Promise<void> {
    const { stallMaxMs } = this.#options;
    await this.#db.transaction(async (tx) => {
      for (const statement of PREPARE) await tx.query(statement, []);
      await tx.query({ name: `disk-stall-${stallMaxMs}`, text: `set local statement_timeout = ${stallMaxMs}` }, []);
      await tx.query({ ...REWRITE, timeoutMs: stallMaxMs + ANSWER_EXTRA_MS }, []);
    });
  }
}
