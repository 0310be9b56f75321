import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import { type Connection, ConnectionPool } from './connection-pool.ts';
import { DatabaseHealth } from './database-health.ts';
import { runMigrations } from './migrations.ts';
import { isConnectionFailure, spoilsConnection } from './postgres-errors.ts';
import type { Statement } from './statement.ts';

export type DatabaseOptions = {
  url: string;
  /** Connections that write. Default 4. */
  writers?: number;
  /** Connections that read. Default 4. */
  readers?: number;
  /** How long the first connection is tried while the server is starting. Default 30,000 ms. */
  startTimeoutMs?: number;
  log: Logger;
};

/** Statements inside one transaction. */
export type Transaction = Connection;

/** The server ends a read that takes longer. */
const READ_TIMEOUT_MS = 30_000;
/** Longer than the server's own limit, so that this one only counts when the server is gone without a word. */
const READ_ANSWER_TIMEOUT_MS = 35_000;
const WRITE_ANSWER_TIMEOUT_MS = 60_000;
/** The server ends a transaction whose owner does nothing for so long, and with it the locks. */
const IDLE_TRANSACTION_MS = 60_000;
const FIRST_RETRY_MS = 50;
const RETRY_MAX_MS = 500;

const BEGIN = { text: 'begin', query_timeout: WRITE_ANSWER_TIMEOUT_MS };
const COMMIT = { text: 'commit', query_timeout: WRITE_ANSWER_TIMEOUT_MS };
const ROLLBACK = { text: 'rollback', query_timeout: WRITE_ANSWER_TIMEOUT_MS };
const PING: Statement = { name: 'ping', text: 'select pg_is_in_recovery() as is_standby', timeoutMs: 5000 };

/**
 * Connections to PostgreSQL: some that write, some that read, so that a burst of one does not wait for the other.
 * A restart of the database breaks statements on their way and nothing else; new ones connect again.
 */
export class Database {
  readonly #writers: ConnectionPool;
  readonly #readers: ConnectionPool;
  readonly #health: DatabaseHealth;

  private constructor({ url, writers = 4, readers = 4, log }: DatabaseOptions) {
    const onLost = (error: Error) => this.#health.handleFailure(error);
    this.#writers = new ConnectionPool({
      url,
      name: 'parley writer',
      connectionsMax: writers,
      answerTimeoutMs: WRITE_ANSWER_TIMEOUT_MS,
      settings: { idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS },
      onLost,
    });
    this.#readers = new ConnectionPool({
      url,
      name: 'parley reader',
      connectionsMax: readers,
      answerTimeoutMs: READ_ANSWER_TIMEOUT_MS,
      settings: { statement_timeout: READ_TIMEOUT_MS },
      onLost,
    });
    this.#health = new DatabaseHealth({ ping: () => this.#ping(), log });
  }

  /**
   * Connects, waiting for a server that is still starting.
   *
   * @throws Error of the last attempt when it does not answer in time, or at once when it refuses us.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const db = new Database(options);
    const giveUpAt = Date.now() + (options.startTimeoutMs ?? 30_000);
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      try {
        await db.#ping();
        db.#health.start();
        return db;
      } catch (error) {
        if (!isConnectionFailure(error) || Date.now() + waitMs > giveUpAt) {
          await db.close();
          throw error;
        }
        await delay(waitMs);
      }
    }
  }

  /** False from the moment the database was found away until it answers and takes writes again. Costs nothing to ask. */
  get isReady(): boolean {
    return this.#health.isReady;
  }

  /** Runs a statement that changes nothing. It is broken off after 30 s. */
  read<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.#watch(this.#readers.query<Row>(statement, values));
  }

  /** Runs a statement. What it changed is committed when this resolves; after a connection failure it may be or not. */
  write<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.#watch(this.#writers.query<Row>(statement, values));
  }

  /**
   * Runs `work` in one transaction on a writing connection; a throw rolls it back. `work` must not keep `tx`.
   *
   * @throws what `work` throws, and Error when a statement failed and `work` went on as if it had not.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#watch(
      this.#writers.use(async (connection, client) => {
        await client.query(BEGIN);
        let result: T;
        try {
          result = await work(connection);
        } catch (error) {
          // Where this fails the connection is given up, which rolls back as well.
          if (!spoilsConnection(error)) await client.query(ROLLBACK).catch(() => {});
          throw error;
        }
        // PostgreSQL answers the commit of a failed transaction with a rollback, not with an error.
        const { command } = await client.query(COMMIT);
        if (command !== 'COMMIT') throw new Error('a failed transaction cannot be committed');
        return result;
      }),
    );
  }

  /** Brings the schema up to date; several processes may do so at once. */
  async migrate(): Promise<void> {
    await this.#writers.use((_, client) => runMigrations(client));
  }

  /** @throws Error when the database does not answer or takes no writes. */
  async ping(): Promise<void> {
    await this.#watch(this.#ping());
  }

  /** Resolves when statements on their way are finished and all connections closed. Safe to call twice. */
  async close(): Promise<void> {
    this.#health.close();
    await Promise.all([this.#writers.close(), this.#readers.close()]);
  }

  async #ping(): Promise<void> {
    const [row] = await this.#readers.query<{ is_standby: boolean }>(PING, []);
    if (row?.is_standby) throw Object.assign(new Error('the database is a standby'), { code: '25006' });
  }

  async #watch<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (isConnectionFailure(error)) this.#health.handleFailure(error as Error);
      throw error;
    }
  }
}
