import type { Database, Transaction } from './database.ts';

/** What has infos. */
export type InfoKind = 'room' | 'group' | 'user';

/** What everybody may read, and what only those concerned may. */
export type Info = { oinfo: Uint8Array; pinfo: Uint8Array };
/** A change: an absent field keeps its value. */
export type InfoChange = { oinfo?: Uint8Array | undefined; pinfo?: Uint8Array | undefined };

const EMPTY = new Uint8Array(0);

const GET = {
  name: 'info-get',
  text: 'select oinfo, pinfo from infos where project = $1 and kind = $2 and id = $3',
};
const GET_PUBLIC = {
  name: 'infos-get-public',
  text: 'select id, oinfo from infos where project = $1 and kind = $2 and id = any($3::int8[])',
};
const SET = {
  name: 'info-set',
  text: `insert into infos (project, kind, id, oinfo, pinfo)
    values ($1, $2, $3, coalesce($4, ''::bytea), coalesce($5, ''::bytea))
    on conflict (project, kind, id) do update
    set oinfo = coalesce($4, infos.oinfo), pinfo = coalesce($5, infos.pinfo)`,
};
const DELETE = { name: 'info-delete', text: 'delete from infos where project = $1 and kind = $2 and id = $3' };
const DELETE_ALL = { name: 'infos-delete-all', text: 'delete from infos where project = $1 and kind = $2' };

/** Both infos; empty when never set. */
export async function getInfo(db: Database, kind: InfoKind, project: number, id: bigint): Promise<Info> {
  return (await db.read<Info>(GET, [project, kind, id]))[0] ?? { oinfo: EMPTY, pinfo: EMPTY };
}

/** The public info of every id asked for; empty when never set. */
export async function getPublicInfos(
  db: Database,
  kind: InfoKind,
  project: number,
  ids: readonly bigint[],
): Promise<Map<bigint, Uint8Array>> {
  const rows = await db.read<{ id: bigint; oinfo: Uint8Array }>(GET_PUBLIC, [project, kind, ids]);
  const infos = new Map<bigint, Uint8Array>(ids.map((id) => [id, EMPTY]));
  for (const { id, oinfo } of rows) infos.set(id, oinfo);
  return infos;
}

/** Sets what is given. */
export async function setInfo(
  db: Database,
  kind: InfoKind,
  project: number,
  id: bigint,
  { oinfo, pinfo }: InfoChange,
): Promise<void> {
  if (oinfo === undefined && pinfo === undefined) return;
  await db.write(SET, [project, kind, id, oinfo ?? null, pinfo ?? null]);
}

export async function deleteInfo(tx: Transaction, kind: InfoKind, project: number, id: bigint): Promise<void> {
  await tx.query(DELETE, [project, kind, id]);
}

export async function deleteAllInfos(tx: Transaction, kind: InfoKind, project: number): Promise<void> {
  await tx.query(DELETE_ALL, [project, kind]);
}
