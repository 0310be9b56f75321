import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ClusterFolder } from './cluster-folder.ts';
import { isAlive, startOf } from './process-table.ts';

type Owner = { pid: number; startedAt: string };

/**
 * Claims the data folder for this process, so that no second server stops the database under the first. A claim of a
 * process that is gone counts for nothing.
 *
 * @returns a function that gives the claim back. @throws Error that names the living owner.
 */
export function claimFolder(folder: ClusterFolder): () => void {
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Owner);
  for (;;) {
    if (publish(folder, mine)) break;
    const claim = readClaim(folder.owner);
    if (claim === undefined) continue; // Given back this moment.
    refuseLiving(folder, claim);
    removeStale(folder, claim);
  }
  return () => {
    if (readClaim(folder.owner) === mine) rmSync(folder.owner, { force: true });
  };
}

/** Puts the claim there whole or not at all: a link is made in one step and never over another file. */
function publish(folder: ClusterFolder, claim: string): boolean {
  const draft = `${folder.owner}.${randomUUID()}`;
  writeFileSync(draft, claim);
  try {
    linkSync(draft, folder.owner);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseLiving(folder: ClusterFolder, claim: string): void {
  const owner = parse(claim);
  if (owner === undefined || !isAlive(owner.pid) || startOf(owner.pid) !== owner.startedAt) return;
  throw new Error(`the data folder ${folder.root} is in use by process ${owner.pid}`);
}

/** A power cut may leave an empty file: that claims nothing. */
function parse(claim: string): Owner | undefined {
  try {
    return JSON.parse(claim) as Owner;
  } catch {
    return undefined;
  }
}

/** Moves a stale claim away. When another process was quicker and this is its claim by now, it is put back. */
function removeStale(folder: ClusterFolder, stale: string): void {
  const aside = `${folder.owner}.${randomUUID()}`;
  try {
    renameSync(folder.owner, aside);
    if (readClaim(aside) !== stale) linkSync(aside, folder.owner);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readClaim(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
