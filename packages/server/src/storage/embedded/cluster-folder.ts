import { chmodSync, chownSync, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { obtainTempFolder } from './recorded-temp-folder.ts';
import type { RunAs } from './run-as.ts';

/** Paths of unix sockets may have 107 bytes on Linux and 103 on macOS; PostgreSQL adds `/.s.PGSQL.5432`. */
const SOCKET_FOLDER_BYTES_MAX = 103 - '/.s.PGSQL.5432'.length;

/** Where an embedded database keeps what. Absolute paths without links. */
export type ClusterFolder = {
  /** Everything else is in here, but for the socket when the path is too long for one. */
  readonly root: string;
  /** PostgreSQL's data directory. It is there when `initdb` has finished, and not before. */
  readonly data: string;
  /** What PostgreSQL says. */
  readonly log: string;
  /** Names the process that uses this folder. */
  readonly owner: string;
};

/**
 * Makes the folder when it is missing.
 *
 * @throws Error when it belongs to another user, with that user's number.
 */
export function openClusterFolder(directory: string): ClusterFolder {
  // Only the folder itself is closed: the database's user must come through those above.
  mkdirSync(dirname(directory), { recursive: true });
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const root = realpathSync(directory);
  const folder = { root, data: join(root, 'data'), log: join(root, 'postgres.log'), owner: join(root, 'owner.json') };
  for (const path of [folder.root, folder.data]) refuseForeign(path);
  return folder;
}

/**
 * Closes a folder to all but this process and the database's user. That user, `nobody`, may run other services too, so
 * it enters by its group, which is the database's alone.
 */
export function closeToOthers(path: string, { user }: RunAs, modeForGroup: 0o750 | 0o770): void {
  if (process.getuid?.() === 0) chownSync(path, 0, user?.gid ?? 0);
  chmodSync(path, user === undefined ? 0o700 : modeForGroup);
}

/** Makes the folder of the unix socket: inside, or below the temporary folder when the database cannot use that path. */
export function openSocketFolder({ root }: ClusterFolder, runAs: RunAs): string {
  let path = join(root, 'socket');
  if (runAs.reachesFolder && Buffer.byteLength(path) <= SOCKET_FOLDER_BYTES_MAX) mkdirSync(path, { recursive: true });
  else path = obtainTempFolder(join(root, 'socket-folder'));
  closeToOthers(path, runAs, 0o770);
  return path;
}

function refuseForeign(path: string): void {
  const uid = process.getuid?.();
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  if (uid === undefined || uid === 0 || owner === undefined || owner === uid) return;
  throw new Error(`${path} belongs to user ${owner}, and this process is user ${uid}; run as that user or as root`);
}
