import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../telemetry/logger.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { ROLE } from './initialize-cluster.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { settingArguments } from './postgres-settings.ts';
import { readPostmasterFile, removeStaleLocks, runningPostmaster } from './postmaster-file.ts';
import { isAlive, send, startOf } from './process-table.ts';
import { placeIn, type RunAs, spawnArguments } from './run-as.ts';
import type { ServerLog } from './server-log.ts';

/** How long a start is tried again while a former server and its shared memory are going away. */
const BUSY_TIMEOUT_MS = 20_000;
/** Recovery after a crash reads the write-ahead log: seconds as a rule, minutes on a slow disk. */
const READY_TIMEOUT_MS = 600_000;
const READY_NEWS_MS = 10_000;
/** A server that calls itself ready for so long, and has no socket, has lost it. */
const SOCKET_LOST_MS = 5000;
/** A fast stop writes all dirty pages. */
const STOP_TIMEOUT_MS = 60_000;
const QUIT_TIMEOUT_MS = 5000;
const POLL_MS = 25;
const BUSY_POLL_MS = 250;
const ALIVE_POLL_MS = 250;

const BUSY = /lock file .* already exists|shared memory block .* still in use|[Ii]s another postmaster/;
/** cannot_connect_now: it starts, recovers or stops. */
const NOT_NOW = '57P03';

/** A running PostgreSQL server: one that was started here, or one that was found. */
export type Postmaster = {
  readonly pid: number;
  readonly wasFound: boolean;
  /** Resolves when the process is gone, with how it ended as far as that is known. */
  readonly exited: Promise<string>;
};

/** Why a server did not come up, and whether it may a little later. */
type Refusal = { readonly isBusy: boolean; readonly reason: string };

export type PostmasterOptions = {
  folder: ClusterFolder;
  socketFolder: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
  settings: Readonly<Record<string, string>>;
  serverLog: ServerLog;
  log: Logger;
};

/**
 * Finds the server that runs on the folder, or starts one, and waits until it answers.
 *
 * @param signal - Ends the wait, and a server that is on its way.
 * @throws Error with the end of its log when it does not come up.
 */
export async function obtainPostmaster(options: PostmasterOptions, signal: AbortSignal): Promise<Postmaster> {
  const giveUpAt = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    const found = runningPostmaster(options.folder);
    if (found !== undefined) {
      const postmaster = { pid: found, wasFound: true, exited: whenGone(found) };
      if (await settles(postmaster, options, signal)) return postmaster;
      continue;
    }
    const started = await startPostmaster(options, signal);
    if ('pid' in started) return started;
    if (!started.isBusy || Date.now() > giveUpAt) throw new Error(`PostgreSQL does not start: ${started.reason}`);
    await delay(BUSY_POLL_MS, undefined, { signal });
  }
}

async function startPostmaster(options: PostmasterOptions, signal: AbortSignal): Promise<Postmaster | Refusal> {
  const { folder, socketFolder, serverLog } = options;
  // One that was killed this moment, or one whose process cannot be seen from here. Two would destroy the data.
  if (await somebodyListens(socketFolder)) {
    return { isBusy: true, reason: `another one answers in ${socketFolder}; does it run in another container?` };
  }
  removeStaleLocks(folder, socketFolder);
  const logStart = serverLog.end;
  const postmaster = await spawnPostmaster(options);
  if (await settles(postmaster, options, signal)) return postmaster;
  const said = serverLog.tail(logStart);
  return { isBusy: BUSY.test(said), reason: `${await postmaster.exited}, and its log says: ${said}` };
}

/** Stops the server: it ends running statements, writes a checkpoint and is gone when this resolves. */
export async function stopPostmaster({ pid, exited }: Postmaster): Promise<void> {
  const steps = [
    { signal: 'SIGINT', timeoutMs: STOP_TIMEOUT_MS },
    { signal: 'SIGQUIT', timeoutMs: QUIT_TIMEOUT_MS },
    { signal: 'SIGKILL', timeoutMs: QUIT_TIMEOUT_MS },
  ] as const;
  let isGone = false;
  void exited.then(() => {
    isGone = true;
  });
  for (const { signal, timeoutMs } of steps) {
    await Promise.resolve();
    if (!isGone) send(pid, signal);
    for (const until = Date.now() + timeoutMs; !isGone && Date.now() < until; ) {
      await Promise.race([exited, delay(POLL_MS)]);
      isGone ||= !isAlive(pid);
    }
    if (isGone) return;
  }
}

/** Settings of a client. Nothing of them comes from the PG… variables of the environment. */
export function clientConfig(socketFolder: string, database: string): pg.ClientConfig {
  return { host: socketFolder, port: 5432, user: ROLE, database, ssl: false };
}

async function spawnPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { folder, socketFolder, binaries, runAs, settings, serverLog } = options;
  const { cwd, name } = placeIn(folder.data, runAs);
  const command = [join(binaries.root, 'bin', 'postgres'), '-D', name];
  const [program, args, spawning] = spawnArguments(
    [...command, ...settingArguments(settings, folder, socketFolder)],
    runAs,
    cwd,
  );
  const output = serverLog.openForAppend();
  // Detached, so that Ctrl-C in a terminal reaches this process first, which then stops the database in order.
  const child = spawn(program, args, { ...spawning, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (child.pid === undefined) throw new Error(`${program} does not run: ${await exited}`);
  return { pid: child.pid, wasFound: false, exited };
}

/** True when the server answers; false when it is gone first. */
async function settles(postmaster: Postmaster, options: PostmasterOptions, signal: AbortSignal): Promise<boolean> {
  try {
    return await becomesReady(postmaster, options, signal);
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
}

async function becomesReady(
  postmaster: Postmaster,
  { folder, socketFolder, log }: PostmasterOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const startedAt = Date.now();
  let isGone = false;
  void postmaster.exited.then(() => {
    isGone = true;
  });
  let lostSince = 0;
  for (let newsAt = startedAt + READY_NEWS_MS; ; ) {
    const answer = await ask(socketFolder);
    if (isGone) return false;
    if (answer === 'ready') return true;
    const now = Date.now();
    const status = readPostmasterFile(folder)?.status;
    lostSince = answer === 'nobody' && status === 'ready' ? lostSince || now : 0;
    // A gentle stop waits for clients that may never go; this one does not.
    if (status === 'stopping' || (lostSince > 0 && now - lostSince > SOCKET_LOST_MS)) await stopPostmaster(postmaster);
    if (now - startedAt > READY_TIMEOUT_MS) throw new Error(`PostgreSQL is not ready after ${READY_TIMEOUT_MS} ms`);
    if (now > newsAt) {
      log.warn('PostgreSQL is not ready yet', { pid: postmaster.pid, status, waitedMs: now - startedAt });
      newsAt = now + READY_NEWS_MS;
    }
    await Promise.race([postmaster.exited, delay(POLL_MS, undefined, { signal })]);
  }
}

/** 'nobody' when nothing listens. A server that refuses us for any reason but its state is up: the reason shows later. */
async function ask(socketFolder: string): Promise<'ready' | 'not now' | 'nobody'> {
  const client = new pg.Client({ ...clientConfig(socketFolder, 'postgres'), connectionTimeoutMillis: 5000 });
  client.on('error', () => {}); // What matters is whether the connection comes about.
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'nobody';
    return error instanceof pg.DatabaseError && code !== NOT_NOW ? 'ready' : 'not now';
  } finally {
    await client.end().catch(() => {}); // The connection was broken already.
  }
}

/** True when a server listens, whatever it would answer. */
async function somebodyListens(socketFolder: string): Promise<boolean> {
  const socket = connect(join(socketFolder, '.s.PGSQL.5432'));
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED'));
    });
  } finally {
    socket.destroy();
  }
}

/** Waits for a process that is no child of ours. */
async function whenGone(pid: number): Promise<string> {
  const started = startOf(pid);
  while (isAlive(pid) && startOf(pid) === started) await delay(ALIVE_POLL_MS, undefined, { ref: false });
  return 'unknown';
}
