import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ClusterFolder, closeToOthers } from './cluster-folder.ts';
import { findPostgres, lacksLibraryLinks, type PostgresBinaries, restoreLibraryLinks } from './postgres-binaries.ts';
import { runningPostmaster } from './postmaster-file.ts';
import { obtainTempFolder } from './recorded-temp-folder.ts';
import { type RunAs, run } from './run-as.ts';

/** Programs that have been seen to run. */
export type UsableBinaries = PostgresBinaries & { readonly version: string; readonly major: number };

const PREFIX = 'binaries-';
/** Nobody links against the copy. */
const LEFT_OUT = /\.a$|^pkgconfig$|^pg-symlinks\.json$/;

/**
 * Finds programs that run, repairing what an install script would have done. Where that is not allowed, or the database's
 * user may not read them, a copy is made.
 *
 * @throws Error with what the program says when it does not run.
 */
export async function usableBinaries(folder: ClusterFolder, runAs: RunAs, wanted?: string): Promise<UsableBinaries> {
  const found = findPostgres(wanted);
  const isWhole = !lacksLibraryLinks(found) || repair(found);
  if (isWhole) {
    const tried = await tryOut(found, runAs).catch((error: unknown) => error as Error);
    if (!(tried instanceof Error)) return tried;
    if (runAs.user === undefined) throw tried;
  }
  return tryOut(copy(found, folder, runAs), runAs);
}

function repair(found: PostgresBinaries): boolean {
  try {
    restoreLibraryLinks(found);
    return true;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

async function tryOut(binaries: PostgresBinaries, runAs: RunAs): Promise<UsableBinaries> {
  const text = await run([join(binaries.root, 'bin', 'postgres'), '--version'], runAs);
  const version = /\(PostgreSQL\) (\S+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`${binaries.root} holds no PostgreSQL, it says: ${text}`);
  return { ...binaries, version, major: Number.parseInt(version, 10) };
}

/** Copies the installation to where the database's user can read it. Each installation is copied once. */
function copy(found: PostgresBinaries, folder: ClusterFolder, runAs: RunAs): PostgresBinaries {
  const parent = runAs.reachesFolder ? folder.root : obtainTempFolder(join(folder.root, 'binaries-folder'));
  if (!runAs.reachesFolder) closeToOthers(parent, runAs, 0o750);
  const name = `${PREFIX}${identityOf(found)}`;
  const root = join(parent, name);
  if (existsSync(root)) return { root };
  if (runningPostmaster(folder) === undefined) removeCopies(parent);
  const draft = join(parent, 'draft-of-binaries');
  rmSync(draft, { recursive: true, force: true });
  copyTree(found.root, draft);
  restoreLibraryLinks(found, draft);
  renameSync(draft, root);
  return { root };
}

function removeCopies(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(PREFIX)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Tells one installation from a later one in the same place. */
function identityOf({ root }: PostgresBinaries): string {
  const { size, mtimeMs } = statSync(join(root, 'bin', 'postgres'));
  return createHash('sha256').update(`${root} ${size} ${mtimeMs}`).digest('hex').slice(0, 12);
}

/** Every user may read the copy; who may come near it is up to the folders above. */
function copyTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else {
      copyFileSync(source, target);
      chmodSync(target, isProgram(from, source) ? 0o755 : 0o644);
    }
  }
}
/** Some package managers lose the mark of programs. */
function isProgram(folder: string, path: string): boolean {
  return folder.endsWith('/bin') || (statSync(path).mode & 0o100) !== 0;
}
