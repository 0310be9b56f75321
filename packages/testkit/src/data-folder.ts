import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory in the guise of a folder; there a database is made in a third of the time. */
const MEMORY = '/dev/shm';
/** A test may store a lot, and containers often give that folder 64 MiB. */
const MEMORY_FREE_MIN_BYTES = 1024 ** 3;
/** The guard waits so many tenths of a second for the database to be gone. */
const GUARD_TRIES = 50;

/**
 * Waits until its input ends, which also happens when the process at the other end is killed. Without having been told
 * that all is done it then ends the database in the folder, and removes the folder if that was made for the tests.
 */
const GUARD = `
read -r word
[ "$word" = done ] && exit
pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && for i in $(seq ${GUARD_TRIES}); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
[ "$2" = remove ] && rm -rf "$1"
`;

/** Where a server under test keeps its data. */
export class DataFolder {
  readonly path: string;
  readonly #isOurs: boolean;
  readonly #guard: ChildProcess;

  private constructor(path: string, isOurs: boolean) {
    this.path = path;
    this.#isOurs = isOurs;
    // Detached, so that Ctrl-C in a terminal leaves it to its work.
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'parley-guard', path, isOurs ? 'remove' : 'keep'], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#guard.on('error', () => {}); // No shell: then what a killed process leaves has to be removed by hand.
    this.#guard.stdin!.on('error', () => {});
    this.#guard.unref();
  }

  /** @param chosen - A folder to use and to keep. Default: a new one, which goes when it is closed. */
  static async open(chosen: string | undefined): Promise<DataFolder> {
    if (chosen === undefined) return new DataFolder(await mkdtemp(join(await fastFolder(), 'parley-')), true);
    await mkdir(chosen, { recursive: true });
    return new DataFolder(chosen, false);
  }

  /** To be called when no database uses it any more. */
  async close(): Promise<void> {
    if (this.#isOurs) await rm(this.path, { recursive: true, force: true });
    this.#guard.stdin!.end('done\n');
  }
}

async function fastFolder(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(MEMORY);
    if (bavail * bsize >= MEMORY_FREE_MIN_BYTES) return MEMORY;
  } catch {
    // Only Linux has it.
  }
  return tmpdir();
}
