// Starts the servers that benchmarks compare, each as a process of its own, on one PostgreSQL.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FREE_PORTS, silentLogger, startEmbeddedPostgres } from '@parley/server/internal';
import pg from 'pg';

export const PROJECT = { pid: 80000001, secret: 'bench-secret' };

const PARLEY = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
const BARE_FILES = fileURLToPath(new URL('bare-files.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('bare-server.mjs', import.meta.url));

/** A PostgreSQL with a database for each name, in a temporary folder. */
export async function startDatabases(names, settings = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: silentLogger, settings });
  const client = new pg.Client(postgres.url);
  await client.connect();
  for (const name of names) await client.query(`create database ${name}`);
  await client.end();
  return {
    get pid() {
      return postgres.pid;
    },
    directory,
    urlOf(name) {
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async close() {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Parley itself, as users start it. */
export async function startParley(databaseUrl, directory) {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PARLEY_DATA: directory,
    PARLEY_LOG_LEVEL: 'warn',
    PARLEY_PROJECTS: `${PROJECT.pid}:${PROJECT.secret}`,
    ...FREE_PORTS,
  };
  return start('parley', [PARLEY], env, /server gate\s+\S+:(\d+)/);
}

/** The reference of the file benchmark; it also has a port for downloads. */
export function startBareFiles(directory) {
  return start('bare', [BARE_FILES, directory], process.env, /^(\d+) (\d+)$/);
}

/** The reference of the send benchmark. */
export function startBareServer(databaseUrl) {
  return start('bare', [BARE], { ...process.env, DATABASE_URL: databaseUrl }, /^(\d+)$/);
}

async function start(name, args, env, portPattern) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const ports = portPattern.exec(line)?.slice(1).map(Number);
    if (ports !== undefined) {
      child.stdout.resume();
      return { name, pid: child.pid, port: ports[0], downloadPort: ports[1], close: () => stop(child) };
    }
  }
  throw new Error(`${name} ended before it was up`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
