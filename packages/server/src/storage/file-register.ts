import type { Database } from './database.ts';

export type NewFile = {
  project: number;
  /** 32 letters that cannot be guessed. */
  name: string;
  /** Equal for equal sends; the first one's row stands for all. */
  origin: Uint8Array;
  sender: bigint;
  mid: bigint;
  size: number;
  contentType: string;
  filename: string | undefined;
  /** It can be read as long as a message names it; otherwise until `keepUntil` of its completion. */
  needsMessage: boolean;
  /** Before this time, in ms, it is not removed, whatever becomes of the send. */
  keepUntil: number;
};

/** A row as whoever stores the bytes sees it. `thumbnailSize` is null without a thumbnail. */
export type RegisteredFile = { id: bigint; name: string; isStored: boolean; thumbnailSize: number | null };
/** A file that can be read. */
export type ReadableFile = {
  size: number;
  contentType: string;
  filename: string | null;
  thumbnailSize: number | null;
};
export type DoomedFile = { id: bigint; name: string };

/** A message names the file `f`: the one that it was sent with, in any of the conversations that this went to. */
const IS_NAMED = `exists (
  select 1 from messages m join conversations c on c.id = m.conversation
  where m.mid = f.mid and m.sender = f.sender and not m.is_removed and c.project = f.project
    and position(convert_to(f.name, 'UTF8') in m.body) > 0)`;
/**
 * Makes the commit of a statement wait for no disk. It becomes durable with the next commit that does, at the latest with that of the
 * message, which every send waits for. Where the database dies before, the send was not answered.
 */
const WITHOUT_WAIT = `(select set_config('synchronous_commit', 'off', true)) is not null`;
const REGISTERED = `id, name, state = 1 as "isStored", thumbnail_size as "thumbnailSize"`;
const REGISTER = {
  name: 'file-register',
  text: `insert into files as f
      (project, name, origin, sender, mid, size, content_type, filename, needs_message, keep_until)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (origin) do update set keep_until = greatest(f.keep_until, excluded.keep_until)
    returning ${REGISTERED}`,
};
/** Of several that store the same bytes the first says whether there is a thumbnail. */
const COMPLETE = `update files
  set thumbnail_size = case when state = 0 then $2 else thumbnail_size end, keep_until = greatest(keep_until, $3), state = 1
  where id = $1 and state <> 2`;
const COMPLETE_UPLOAD = { name: 'file-complete-upload', text: `${COMPLETE} returning ${REGISTERED}` };
const COMPLETE_SEND = { name: 'file-complete-send', text: `${COMPLETE} and ${WITHOUT_WAIT} returning ${REGISTERED}` };
const FIND = {
  name: 'file-find',
  text: `select size, content_type as "contentType", filename, thumbnail_size as "thumbnailSize" from files f
    where name = $1 and state = 1 and case when needs_message then ${IS_NAMED} else keep_until > $2 end`,
};
const LAST = { name: 'file-last', text: 'select coalesce(max(id), 0) as id from files' };
const DOOM = {
  name: 'file-doom',
  text: `update files f set state = 2, origin = null
    where id > $1 and id <= $2 and keep_until <= $3 and state <> 2 and not (needs_message and ${IS_NAMED})
    returning id`,
};
const DOOMED = {
  name: 'file-doomed',
  text: 'select id, name from files where state = 2 and id > $1 order by id limit $2',
};
const FORGET = { name: 'file-forget', text: 'delete from files where id = $1 and state = 2' };

/** Writes down a file that comes in, before its bytes are stored; or finds it when the same was sent before. */
export async function registerFile(db: Database, file: NewFile): Promise<RegisteredFile> {
  const rows = await db.write<RegisteredFile>(REGISTER, [
    file.project,
    file.name,
    file.origin,
    file.sender,
    file.mid,
    file.size,
    file.contentType,
    file.filename ?? null,
    file.needsMessage,
    Math.floor(file.keepUntil),
  ]);
  return rows[0]!;
}

/**
 * Says that the bytes are stored.
 *
 * @param change.thumbnailSize - Null without one. Only the first to say it is heard.
 * @param change.isSent - A message that names the file is committed next; so this needs no wait of its own.
 * @returns undefined when the file has been given up meanwhile.
 */
export async function completeFile(
  db: Database,
  id: bigint,
  change: { thumbnailSize: number | null; keepUntil: number; isSent: boolean },
): Promise<RegisteredFile | undefined> {
  const statement = change.isSent ? COMPLETE_SEND : COMPLETE_UPLOAD;
  const values = [id, change.thumbnailSize, Math.floor(change.keepUntil)];
  return (await db.write<RegisteredFile>(statement, values))[0];
}

/** Undefined for a name that nobody may read, or no longer. */
export async function findReadableFile(db: Database, name: string, now: number): Promise<ReadableFile | undefined> {
  return (await db.read<ReadableFile>(FIND, [name, Math.floor(now)]))[0];
}

/** The highest id given out. */
export async function lastFile(db: Database): Promise<bigint> {
  return (await db.read<{ id: bigint }>(LAST, []))[0]!.id;
}

/** Gives up the files with `after` < id <= `upTo` that nobody needs any more. @returns how many. */
export async function doomFiles(db: Database, after: bigint, upTo: bigint, now: number): Promise<number> {
  return (await db.write(DOOM, [after, upTo, Math.floor(now)])).length;
}

/** Files whose bytes are to be removed, those with ids above `after`. */
export function doomedFiles(db: Database, after: bigint, limit: number): Promise<DoomedFile[]> {
  return db.read<DoomedFile>(DOOMED, [after, limit]);
}

/** Forgets a file whose bytes are removed. */
export async function forgetFile(db: Database, id: bigint): Promise<void> {
  await db.write(FORGET, [id]);
}
