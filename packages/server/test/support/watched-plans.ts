import pg from 'pg';
import type { Database, Transaction } from '../../src/storage/database.ts';
import type { Statement } from '../../src/storage/statement.ts';
import type { TestStorage } from './message-storage.ts';

/** What a database knows of its rows, as the name of a test, and the statement that brings it there. */
export const STATISTICS = [
  ['before the first statistics', 'select 1'],
  ['with statistics', 'vacuum analyze'],
] as const;

/** Notes the statements that a test runs, and tells how PostgreSQL would carry them out. */
export class WatchedPlans {
  /** The database; what is run here is noted. */
  readonly db: Database;
  readonly #client: pg.Client;
  readonly #used = new Map<string, { text: string; values: readonly unknown[] }>();

  private constructor(db: Database, client: pg.Client) {
    this.#client = client;
    const note =
      (run: Transaction['query']) =>
      <Row>(statement: Statement, values: readonly unknown[]) => {
        this.#used.set(statement.name, { text: statement.text, values });
        return run<Row>(statement, values);
      };
    this.db = {
      read: note(db.read.bind(db)),
      write: note(db.write.bind(db)),
      transaction: <T>(work: (tx: Transaction) => Promise<T>) =>
        db.transaction((tx) => work({ query: note(tx.query.bind(tx)) })),
    } as unknown as Database;
  }

  static async open(storage: TestStorage): Promise<WatchedPlans> {
    const client = new pg.Client(storage.url);
    await client.connect();
    return new WatchedPlans(storage.db, client);
  }

  /** How many statements were noted. */
  get count(): number {
    return this.#used.size;
  }

  /** Runs SQL that a transaction may not hold. */
  async run(text: string): Promise<void> {
    await this.#client.query(text);
  }

  /**
   * The lines of plans that are forbidden, each after the name of its statement. Of every statement the plan that is kept
   * for all values is looked at, and the one made for those that it was run with.
   */
  async offences(isForbidden: (line: string, name: string) => boolean): Promise<string[]> {
    const offences: string[] = [];
    for (const [name, { text, values }] of this.#used) {
      const lines = [
        ...(await this.#linesOf(`explain (generic_plan) ${text}`, [])),
        ...(await this.#linesOf(`explain ${text}`, values)),
      ];
      offences.push(...lines.filter((line) => isForbidden(line, name)).map((line) => `${name}: ${line.trim()}`));
    }
    return offences;
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #linesOf(text: string, values: readonly unknown[]): Promise<string[]> {
    // With an empty list of values the parameters of a generic plan would be missing.
    const query = values.length === 0 ? { text } : { text, values: values as unknown[] };
    const { rows } = await this.#client.query({ ...query, rowMode: 'array' as const });
    return rows.map(([line]) => String(line));
  }
}
