// Starts the servers that benchmarks compare, each as a process of its own, on one PostgreSQL.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Parley itself, as users start it.
 *
 * @param {{ settings?: object, nodeFlags?: string[] }} options settings of the project; few clients send what many would
 */
export async function startParley(databaseUrl, directory, { settings = {}, nodeFlags = [] } = {}) {
  const config = join(directory, 'parley.yaml');
  const project = { ...PROJECT, settings: { clientCallsPerSecondMax: 0, ...settings } };
  writeFileSync(config, JSON.stringify({ projects: [project] }));
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PARLEY_DATA: directory,
    PARLEY_LOG_LEVEL: 'warn',
    PARLEY_CONFIG: config,
    ...FREE_PORTS,
    PARLEY_MEDIA_WORKERS: '0',
  };
  return start('parley', [...nodeFlags, PARLEY], env, {
    port: /server gate\s+\S+:(\d+)/,
    clientPort: /client gate\s+\S+:(\d+)/,
    adminPort: /metrics\s+\S+:(\d+)\//,
  });
}

/** One number of a server's metrics. */
export async function metricOf(server, name) {
  const text = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** The reference of the file benchmark; it also has a port for downloads. */
export function startBareFiles(directory) {
  return start('bare', [BARE_FILES, directory], process.env, { port: /^(\d+) \d+$/, downloadPort: /^\d+ (\d+)$/ });
}

/** The reference of the send benchmark. */
export function startBareServer(databaseUrl) {
  return start('bare', [BARE], { ...process.env, DATABASE_URL: databaseUrl }, { port: /^(\d+)$/ });
}

/** @param {Record<string, RegExp>} patterns find the ports in what the process prints */
async function start(name, args, env, patterns) {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ports = {};
  for await (const line of createInterface({ input: child.stdout })) {
    for (const [field, pattern] of Object.entries(patterns)) {
      const found = pattern.exec(line)?.[1];
      if (found !== undefined) ports[field] = Number(found);
    }
    if (Object.keys(ports).length === Object.keys(patterns).length) {
      child.stdout.resume();
      return { name, pid: child.pid, ...ports, close: () => stop(child) };
    }
  }
  throw new Error(`${name} ended before it was up`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
