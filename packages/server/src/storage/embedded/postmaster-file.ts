import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';
import { commandOf } from './process-table.ts';

const MARK = 'parley.folder=';

/** What `postmaster.pid` says: the process, and whether it is `starting`, `ready` or `stopping`. */
export type PostmasterFile = { readonly pid: number; readonly status: string };

/** Reads `postmaster.pid`; undefined when there is none or it names nobody. */
export function readPostmasterFile({ data }: ClusterFolder): PostmasterFile | undefined {
  let text: string;
  try {
    text = readFileSync(join(data, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 ? { pid, status: lines[7]?.trim() ?? '' } : undefined;
}

/** The setting by which a process is known as the PostgreSQL of a folder; PostgreSQL itself gives it no meaning. */
export function folderMark({ root }: ClusterFolder): string {
  return `${MARK}${root}`;
}

/**
 * The process that runs PostgreSQL on this folder. `postmaster.pid` alone is no proof: after a crash, in containers
 * above all, another program soon has that number.
 */
export function runningPostmaster(folder: ClusterFolder): number | undefined {
  const pid = readPostmasterFile(folder)?.pid;
  return pid !== undefined && `${commandOf(pid).trimEnd()} `.includes(` ${folderMark(folder)} `) ? pid : undefined;
}

/**
 * Removes the lock files of a server that is gone, because PostgreSQL takes any program with its number for it. Those of
 * a server that somebody else started stay, and PostgreSQL will say so.
 */
export function removeStaleLocks(folder: ClusterFolder, socketFolder: string): void {
  const pid = readPostmasterFile(folder)?.pid;
  const command = pid === undefined ? '' : commandOf(pid);
  if (/^(\S*\/)?postgres\b/.test(command) && !command.includes(MARK)) return;
  rmSync(join(folder.data, 'postmaster.pid'), { force: true });
  for (const name of readdirSync(socketFolder)) {
    if (name.startsWith('.s.PGSQL.')) rmSync(join(socketFolder, name), { force: true });
  }
}
