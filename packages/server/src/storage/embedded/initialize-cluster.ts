import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';
import { giveTo, placeIn, type RunAs, run } from './run-as.ts';
import type { UsableBinaries } from './usable-binaries.ts';

/** The only role; it owns everything. */
export const ROLE = 'parley';

/**
 * Makes the data directory when there is none. It is made beside its place and moved there when it is complete, so that
 * an interrupted attempt leaves nothing that looks like a database.
 *
 * @param isDurable - False spares the wait for the disk, for data that need not survive a power cut.
 * @throws Error when there is a data directory of another major version, or when `initdb` fails.
 */
export async function initializeCluster(
  folder: ClusterFolder,
  binaries: UsableBinaries,
  runAs: RunAs,
  isDurable: boolean,
): Promise<void> {
  removeDrafts(folder);
  if (existsSync(folder.data)) {
    checkVersion(folder, binaries.major);
    giveTo(folder.data, runAs);
    return;
  }
  // A name of its own, since a program that outlived its parent may still write to the draft before.
  const draft = `${folder.data}.draft-${randomUUID()}`;
  mkdirSync(draft, { mode: 0o700 });
  giveTo(draft, runAs);
  const { cwd, name } = placeIn(draft, runAs);
  // Only the unix socket may be used without a password, and only we reach it. TCP stays shut even if it is switched on.
  const access = ['-U', ROLE, '--auth-local=trust', '--auth-host=reject'];
  const content = ['-E', 'UTF8', '--locale=C', ...(isDurable ? [] : ['--no-sync'])];
  await run([join(binaries.root, 'bin', 'initdb'), '-D', name, ...access, ...content, '--no-instructions'], runAs, cwd);
  renameSync(draft, folder.data);
}

function checkVersion({ data }: ClusterFolder, major: number): void {
  const file = join(data, 'PG_VERSION');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (found === String(major)) return;
  if (found === undefined) throw new Error(`${data} holds no PostgreSQL database; move it away`);
  throw new Error(
    `${data} was made by PostgreSQL ${found}, and PostgreSQL ${major} is installed; ` +
      'dump it with the old version and load it with the new one, or use another data folder',
  );
}

/** Whoever made them is gone: this process has claimed the folder. */
function removeDrafts({ root, data }: ClusterFolder): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(`${basename(data)}.draft-`)) continue;
    rmSync(join(root, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }
}
