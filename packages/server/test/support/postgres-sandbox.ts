import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/storage/embedded-postgres.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';

/** Spares the waits for the disk. What the tests kill are processes, not machines. */
export const QUICK = { fsync: 'off' };

export type Held = { readonly child: ChildProcess; readonly pid: number; readonly url: string };
export type HoldOptions = { user?: { uid: number; gid: number }; path?: string; binaries?: string };

/** A folder for each test, and databases in it that are stopped after it. */
export type PostgresSandbox = {
  /** Open to every user. */
  readonly directory: string;
  /** Starts a database in this process; by default in `directory`/postgres. */
  start(options?: Partial<EmbeddedPostgresOptions>): Promise<EmbeddedPostgres>;
  /** Starts a database in another process. @throws Error with what that process said when it fails. */
  hold(options?: HoldOptions): Promise<Held>;
  /** The processes that `hold` started, in order. */
  readonly children: readonly ChildProcess[];
};

export function usePostgresSandbox(): PostgresSandbox {
  let program: string;
  let directory: string;
  let started: EmbeddedPostgres[] = [];
  let children: ChildProcess[] = [];

  beforeAll(async () => {
    program = await bundle('postgres-holder');
  });
  afterAll(() => rmSync(program, { force: true }));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'parley-sandbox-'));
    chmodSync(directory, 0o777);
    started = [];
    children = [];
  });

  afterEach(async () => {
    for (const child of children) await end(child, 'SIGTERM');
    for (const postgres of started) await postgres.stop();
    for (const pid of postgresIn(directory)) process.kill(pid, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });

  return {
    get directory() {
      return directory;
    },
    async start(options = {}) {
      const standard = { directory: join(directory, 'postgres'), settings: QUICK, log: silentLogger };
      const postgres = await startEmbeddedPostgres({ ...standard, ...options });
      started.push(postgres);
      return postgres;
    },
    get children() {
      return children;
    },
    async hold({ user, path = process.env['PATH'], binaries } = {}) {
      const options = JSON.stringify({ directory: join(directory, 'postgres'), settings: QUICK, binaries });
      const child = spawn(process.execPath, [program, options], { ...user, env: { ...process.env, PATH: path } });
      children.push(child);
      const said = text(child.stderr);
      const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer | number];
      if (!(line instanceof Buffer)) throw new Error(await said);
      return { child, ...(JSON.parse(line.toString()) as { pid: number; url: string }) };
    },
  };
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Rows of a statement, over a connection of its own. */
export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  client.on('error', () => {}); // Tests end the server under clients.
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The servers that run on a folder below `directory`. */
export function postgresIn(directory: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`parley.folder=${directory}/`);
    } catch {
      return false; // Gone since the folder was read.
    }
  });
}

/** Makes a test program of TypeScript runnable. It stands in node_modules, where it finds what it imports. */
async function bundle(name: string): Promise<string> {
  const outDir = fileURLToPath(new URL('../../../../node_modules/.parley-tests', import.meta.url));
  mkdirSync(outDir, { recursive: true });
  const file = `${name}-${process.pid}.mjs`;
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
      outDir,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: file } },
    },
  });
  return join(outDir, file);
}
