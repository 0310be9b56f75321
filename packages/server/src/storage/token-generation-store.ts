import type { Database } from './database.ts';

const GET = {
  name: 'token-generation-get',
  text: 'select generation from token_generations where project = $1 and uid = $2',
};
const RAISE = {
  name: 'token-generation-raise',
  text: `insert into token_generations (project, uid, generation) values ($1, $2, 1)
    on conflict (project, uid) do update set generation = token_generations.generation + 1`,
};

/** How often the tokens of the user were taken back. */
export async function getTokenGeneration(db: Database, project: number, uid: bigint): Promise<bigint> {
  return (await db.read<{ generation: bigint }>(GET, [project, uid]))[0]?.generation ?? 0n;
}

export async function raiseTokenGeneration(db: Database, project: number, uid: bigint): Promise<void> {
  await db.write(RAISE, [project, uid]);
}
