import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * How the database's programs are started. PostgreSQL refuses to run as root, so a root process starts them as `nobody`,
 * or, where that user cannot reach the data folder, as itself inside a user namespace in which it is not called root.
 */
export type RunAs = {
  /** Owner of the database's files, when it is not the user of this process. */
  readonly user: User | undefined;
  /** What comes before a program on the command line. */
  readonly prefix: readonly string[];
  /** False when the programs cannot go to the data folder by its path and must be started inside of it. */
  readonly reachesFolder: boolean;
};

export type User = { readonly uid: number; readonly gid: number };

/** Where a program works, and how it is told the name of that folder. */
export type Place = { readonly cwd: string; readonly name: string };

const ITSELF: RunAs = { user: undefined, prefix: [], reachesFolder: true };
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
/** A group that no other service has: Debian and systemd both leave 65,520 to 65,533 alone. */
const PRIVATE_GROUP = 65_533;
/** The folder that a process works in, under a name that leads there whatever the folders above allow. */
const WORKING_FOLDER = '/proc/self/cwd';
const OUTPUT_MAX = 4000;

/**
 * Chooses a way that can reach the folder.
 *
 * @throws Error when this process is root and no way works.
 */
export async function chooseRunAs(root: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return ITSELF;
  const nobody = await findNobody();
  const asNobody = { user: nobody, prefix: [], reachesFolder: true };
  if (nobody !== undefined && (await succeeds(['/bin/sh', '-c', 'cd "$1"', 'sh', dirname(root)], asNobody))) {
    return asNobody;
  }
  if (await succeeds([...NAMESPACE, 'true'], ITSELF)) return { ...ITSELF, prefix: NAMESPACE };
  if (nobody !== undefined && existsSync(WORKING_FOLDER)) return { ...asNobody, reachesFolder: false };
  throw new Error(
    `PostgreSQL does not run as root, and the user nobody cannot enter ${dirname(root)}; ` +
      'choose a data folder outside of private folders such as /root, or run as an ordinary user',
  );
}

/** The place of a program that works on `folder`. */
export function placeIn(folder: string, { reachesFolder }: RunAs): Place {
  // The working folder is entered before the user changes.
  return { cwd: folder, name: reachesFolder ? folder : WORKING_FOLDER };
}

/** What `spawn` needs to start a program of the database. Of the environment it gets what it needs to run at all. */
export function spawnArguments(
  command: readonly string[],
  { prefix, user }: RunAs,
  cwd: string,
): [program: string, args: string[], options: SpawnOptions] {
  const [program, ...args] = [...prefix, ...command];
  const { PATH, LD_LIBRARY_PATH, TZDIR } = process.env;
  return [program!, args, { ...user, cwd, env: { PATH, LD_LIBRARY_PATH, TZDIR, LC_ALL: 'C' } }];
}

/** Runs a program to its end. @returns what it wrote. @throws Error with what it wrote when it fails. */
export function run(command: readonly string[], runAs: RunAs, cwd = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const [program, args, options] = spawnArguments(command, runAs, cwd);
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-OUTPUT_MAX);
    };
    child.stdout!.on('data', collect);
    child.stderr!.on('data', collect);
    child.once('error', (cause) => reject(new Error(`${command[0]} does not run: ${cause.message}`, { cause })));
    child.once('close', (status, signal) => {
      if (status === 0) resolve(output.trim());
      else reject(new Error(`${command[0]} failed (${signal ?? status}): ${output.trim()}`));
    });
  });
}

/** Gives a folder and all that is in it to the database's user, unless it is theirs already. */
export function giveTo(path: string, { user }: RunAs): void {
  // Only root may give files away, and may find some that are not its own.
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = user ?? { uid: 0, gid: 0 };
  const found = lstatSync(path);
  if (found.uid !== uid || found.gid !== gid) chownAll(path, uid, gid);
}

/** From the inside out: the owner of the outermost folder tells that all is done. */
function chownAll(path: string, uid: number, gid: number): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) chownAll(join(path, name), uid, gid);
  lchownSync(path, uid, gid);
}

/** The user `nobody`, with a group of its own unless this container knows too few groups. */
async function findNobody(): Promise<User | undefined> {
  const known = readPasswd('nobody');
  if (known === undefined) return undefined;
  for (const user of [{ ...known, gid: PRIVATE_GROUP }, known]) {
    if (await succeeds(['/bin/sh', '-c', ':'], { ...ITSELF, user })) return user;
  }
  return undefined;
}

function readPasswd(name: string): User | undefined {
  if (!existsSync('/etc/passwd')) return undefined;
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function succeeds(command: readonly string[], runAs: RunAs): Promise<boolean> {
  return run(command, runAs).then(
    () => true,
    () => false,
  );
}
