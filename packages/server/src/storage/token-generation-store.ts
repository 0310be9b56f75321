import type { Database } from './database.ts';
import { readByUser } from './user-batch.ts';

const OF_USERS = {
  name: 'token-generations-of-users',
  text: `select u.at::int4 as at, t.generation
    from unnest($1::int4[], $2::int8[]) with ordinality as u (project, uid, at)
    cross join lateral (
      select generation from token_generations where project = u.project and uid = u.uid limit 1
    ) as t`,
};
const RAISE = {
  name: 'token-generation-raise',
  text: `insert into token_generations (project, uid, generation) values ($1, $2, 1)
    on conflict (project, uid) do update set generation = token_generations.generation + 1`,
};

/** Tells how often the tokens of a user were taken back. */
export function tokenGenerations(db: Database): (project: number, uid: bigint) => Promise<bigint> {
  const read = readByUser<{ at: number; generation: bigint }>(db, OF_USERS);
  return async (project, uid) => (await read(project, uid))[0]?.generation ?? 0n;
}

export async function raiseTokenGeneration(db: Database, project: number, uid: bigint): Promise<void> {
  await db.write(RAISE, [project, uid]);
}
