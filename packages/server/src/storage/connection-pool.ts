import pg from 'pg';
import { COLUMN_TYPES } from './column-types.ts';
import { spoilsConnection } from './postgres-errors.ts';
import type { Statement } from './statement.ts';

export type ConnectionPoolOptions = {
  url: string;
  /** Shown in pg_stat_activity. */
  name: string;
  connectionsMax: number;
  /** How long an answer is waited for when the statement does not say. */
  answerTimeoutMs: number;
  settings?: pg.PoolConfig;
  /** A connection was lost while nothing was asked on it. */
  onLost: (error: Error) => void;
};

/** Also how long a statement waits for a free connection. */
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
const CLOSE_PATIENCE_MS = 2000;
/**
 * Every statement has an index. Statistics taken while a table was nearly empty make the planner think otherwise, and
 * prepared statements would keep such a plan while the table grows.
 */
const SESSION_SETTINGS = 'set enable_seqscan = off; set jit = off';

/** One connection, for as long as `ConnectionPool.use` lends it. */
export type Connection = { query<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> };

/** Connections with prepared statements. A broken one is replaced when the next statement needs it. */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #answerTimeoutMs: number;
  readonly #clients = new Set<pg.PoolClient>();

  constructor(options: ConnectionPoolOptions) {
    this.#answerTimeoutMs = options.answerTimeoutMs;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.name,
      max: options.connectionsMax,
      types: COLUMN_TYPES,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      ...options.settings,
    });
    this.#pool.on('error', options.onLost);
    // The pool listens to idle connections only: a lent one that breaks between two statements would end the process.
    this.#pool.on('connect', (client) => {
      client.on('error', () => {});
      client.query(SESSION_SETTINGS).catch(() => {}); // The statement that the connection was made for tells.
      this.#clients.add(client);
    });
    this.#pool.on('remove', (client) => this.#clients.delete(client));
  }

  query<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return this.use(({ query }) => query<Row>(statement, values));
  }

  /** Lends a connection. One that may be broken, or have a transaction open, is not used again. */
  async use<T>(work: (connection: Connection, client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let isSpoilt = false;
    try {
      return await work({ query: (statement, values) => this.#query(client, statement, values) }, client);
    } catch (error) {
      isSpoilt = spoilsConnection(error) || isInTransaction(client);
      throw error;
    } finally {
      client.release(isSpoilt);
    }
  }

  /**
   * Closes the connections once their statements are finished, and breaks them off when that takes too long: a statement
   * may wait for a lock that nobody gives back. Safe to call twice.
   */
  async close(): Promise<void> {
    if (this.#pool.ending) return;
    const breakOff = setTimeout(() => {
      for (const client of this.#clients) streamOf(client).destroy();
    }, CLOSE_PATIENCE_MS);
    await this.#pool.end();
    clearTimeout(breakOff);
  }

  async #query<Row>(client: pg.PoolClient, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { name, text, timeoutMs = this.#answerTimeoutMs } = statement;
    const query = { name, text, values: values as unknown[], query_timeout: timeoutMs };
    return (await client.query(query)).rows as Row[];
  }
}

function isInTransaction(client: pg.PoolClient): boolean {
  return client.getTransactionStatus() !== 'I';
}

/** The driver does not declare the socket of its connection. */
function streamOf(client: pg.PoolClient): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
}
