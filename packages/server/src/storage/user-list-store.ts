import { int4Array, int8Array } from './binary-arrays.ts';
import type { Database, Transaction } from './database.ts';
import type { Statement } from './statement.ts';
import { TurnBatcher } from './turn-batcher.ts';

/** What lists a user has: friends, and those whose messages the user refuses. */
export type UserListName = 'friends' | 'blacks';

/** Says that `uid` has `other` on the list. */
export type Listing = { project: number; uid: bigint; other: bigint };

const BATCH_MAX = 1000;
const QUEUE_MAX = 100_000;

/** One kind of list, of all users. */
export class UserListStore {
  readonly #db: Database;
  readonly #statements: Readonly<Record<'list' | 'owners' | 'has' | 'add' | 'remove' | 'sizes', Statement>>;
  readonly #finder: TurnBatcher<Listing, boolean>;

  constructor(db: Database, name: UserListName) {
    this.#db = db;
    this.#statements = statementsOn(name);
    // One batch at a time: messages that ask here keep the order they came in.
    this.#finder = new TurnBatcher({
      run: (listings) => this.#find(listings),
      batchMax: BATCH_MAX,
      inFlightMax: 1,
      queueMax: QUEUE_MAX,
    });
  }

  /** Whom the user has on the list, in order. */
  async list(project: number, uid: bigint): Promise<bigint[]> {
    return (await this.#db.read<{ other: bigint }>(this.#statements.list, [project, uid])).map((row) => row.other);
  }

  /** Whether one user has another on the list. What is asked in one turn of the event loop is one statement. */
  has(listing: Listing): Promise<boolean> {
    return this.#finder.add(listing);
  }

  /** Those of `uids` that have `other` on their list, in the order given. */
  async ownersAmong(project: number, other: bigint, uids: readonly bigint[]): Promise<bigint[]> {
    const rows = await this.#db.read<{ uid: bigint }>(this.#statements.owners, [project, other, uids]);
    const owners = new Set(rows.map((row) => row.uid));
    return uids.filter((uid) => owners.has(uid));
  }

  /** Puts `others[i]` on the list of `uids[i]`; the users are locked. @returns the users whose list has grown, with its new size. */
  async add(
    tx: Transaction,
    project: number,
    uids: readonly bigint[],
    others: readonly bigint[],
  ): Promise<Map<bigint, number>> {
    const grown = await tx.query<{ uid: bigint }>(this.#statements.add, [project, uids, others]);
    const owners = [...new Set(grown.map((row) => row.uid))];
    const rows = await tx.query<{ uid: bigint; size: number }>(this.#statements.sizes, [project, owners]);
    return new Map(rows.map((row) => [row.uid, row.size]));
  }

  /** Takes `others[i]` off the list of `uids[i]`. */
  async remove(tx: Transaction, project: number, uids: readonly bigint[], others: readonly bigint[]): Promise<void> {
    await tx.query(this.#statements.remove, [project, uids, others]);
  }

  async #find(listings: readonly Listing[]): Promise<boolean[]> {
    const rows = await this.#db.read<{ found: boolean }>(this.#statements.has, [
      int4Array(listings.map((listing) => listing.project)),
      int8Array(listings.map((listing) => listing.uid)),
      int8Array(listings.map((listing) => listing.other)),
    ]);
    return rows.map((row) => row.found);
  }
}

function statementsOn(table: UserListName) {
  return {
    list: {
      name: `${table}-list`,
      text: `select other from ${table} where project = $1 and uid = $2 order by other`,
    },
    owners: {
      name: `${table}-owners`,
      text: `select uid from ${table} where project = $1 and other = $2 and uid = any($3::int8[])`,
    },
    has: {
      name: `${table}-has`,
      // With "exists" the planner may read the whole table into a hash.
      text: `select t.uid is not null as found
        from unnest($1::int4[], $2::int8[], $3::int8[]) with ordinality q (project, uid, other, place)
        left join lateral (
          select uid from ${table} t where t.project = q.project and t.uid = q.uid and t.other = q.other limit 1) t on true
        order by q.place`,
    },
    add: {
      name: `${table}-add`,
      text: `insert into ${table} (project, uid, other) select $1, * from unnest($2::int8[], $3::int8[])
        on conflict do nothing returning uid`,
    },
    remove: {
      name: `${table}-remove`,
      text: `delete from ${table} t using unnest($2::int8[], $3::int8[]) q (uid, other)
        where t.project = $1 and t.uid = q.uid and t.other = q.other`,
    },
    sizes: {
      name: `${table}-sizes`,
      text: `select uid, count(*)::int4 as size from ${table} where project = $1 and uid = any($2::int8[]) group by uid`,
    },
  };
}
