import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BYTES_MAX = 60;

/**
 * A folder below the temporary folder that is the same at each call, for what cannot be in the data folder itself. Its
 * name is random, since anybody may make folders there, and noted in `record`; one that is gone is made anew.
 */
export function obtainTempFolder(record: string): string {
  const known = recorded(record);
  if (known !== undefined && isOurs(known)) return known;
  // A TMPDIR of one user may be closed to the database's user, and is often long.
  const parent = isOpen(tmpdir()) && Buffer.byteLength(tmpdir()) <= BYTES_MAX ? tmpdir() : '/tmp';
  const made = mkdtempSync(join(parent, 'parley-'));
  writeFileSync(record, made, { mode: 0o600 });
  return made;
}

/** Removes the folder and the note about it. */
export function removeTempFolder(record: string): void {
  const known = recorded(record);
  if (known !== undefined && isOurs(known)) rmSync(known, { recursive: true, force: true });
  rmSync(record, { force: true });
}

function recorded(record: string): string | undefined {
  try {
    return readFileSync(record, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** After the temporary folder was emptied, somebody else may have taken the name. */
function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o007) === 0;
}

function isOpen(path: string): boolean {
  return ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o003) === 0o003;
}
