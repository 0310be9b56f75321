import type { Database } from './database.ts';
import type { Statement } from './statement.ts';
import { TurnBatcher } from './turn-batcher.ts';

const USERS_PER_STATEMENT = 1000;
const STATEMENTS_AT_ONCE = 2;
/** Every connection that a server may have can log in at the same moment. */
const WAITING_MAX = 200_000;

/** A row of what was asked, with the place of its user in the statement's arrays, from 1. */
type RowOfUser = { at: number };

/**
 * Reads the same of many users with one statement. After a restart everybody logs in at once, and a statement for each
 * would keep the last ones waiting.
 *
 * @param statement - Takes projects and users as two arrays; its rows name their user by `at`.
 * @returns A function that gives the rows of one user, in the order of the statement.
 */
export function readByUser<Row extends RowOfUser>(
  db: Database,
  statement: Statement,
): (project: number, uid: bigint) => Promise<Row[]> {
  const batcher = new TurnBatcher<{ project: number; uid: bigint }, Row[]>({
    batchMax: USERS_PER_STATEMENT,
    inFlightMax: STATEMENTS_AT_ONCE,
    queueMax: WAITING_MAX,
    run: async (users) => {
      const projects = users.map(({ project }) => project);
      const uids = users.map(({ uid }) => uid);
      const answers: Row[][] = users.map(() => []);
      for (const row of await db.read<Row>(statement, [projects, uids])) answers[row.at - 1]!.push(row);
      return answers;
    },
  });
  return (project, uid) => batcher.add({ project, uid });
}
