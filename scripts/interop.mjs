// Runs interop/go, a Go program built on the published Go SDK, against a real server of its own: free ports, a
// temporary data folder, both gone afterwards. Needs the build (`npm run build`). Not part of `npm test`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FREE_PORTS } from '@parley/server/internal';

const GO = 'go';
const HOST = '127.0.0.1';
const PID = '80000001';
const SECRET = 'test-secret';
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 200;

const root = fileURLToPath(new URL('..', import.meta.url));

process.exitCode = await main();

async function main() {
  if (spawnSync(GO, ['version']).status !== 0) {
    console.error('INTEROP NOT RUN: `go` is not on PATH. Nothing was checked.');
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'parley-interop-'));
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await buildAndRun(folder, abort.signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function buildAndRun(folder, signal) {
  const program = join(folder, 'interop');
  const build = spawnSync(GO, ['build', '-o', program, '.'], { cwd: join(root, 'interop', 'go'), stdio: 'inherit' });
  if (build.status !== 0) {
    console.error('INTEROP NOT RUN: the Go program does not build, see above. Nothing was checked.');
    return 1;
  }
  const data = join(folder, 'data');
  const [gatePort, adminPort] = await freePorts(2);
  const server = startServer({ data, gatePort, adminPort });
  try {
    await untilReady(server, `http://${HOST}:${adminPort}/health/ready`, signal);
    return await runChecks(
      program,
      {
        PARLEY_SERVER_GATE: `${HOST}:${gatePort}`,
        PARLEY_PID: PID,
        PARLEY_SECRET: SECRET,
        PARLEY_PUBLIC_KEY: join(data, 'keys', 'server-gate.secp256k1.pem'),
      },
      signal,
    );
  } catch (error) {
    console.error(`INTEROP FAILED: ${error.message}`);
    return 1;
  } finally {
    await stop(server);
  }
}

/** Ports that were free a moment ago; all are held until the last one is known, so that they differ. */
async function freePorts(count) {
  const holders = [];
  for (let i = 0; i < count; i++) {
    const holder = createServer().listen(0, HOST);
    await once(holder, 'listening');
    holders.push(holder);
  }
  const ports = holders.map((holder) => holder.address().port);
  await Promise.all(holders.map((holder) => new Promise((resolve) => holder.close(resolve))));
  return ports;
}

function startServer({ data, gatePort, adminPort }) {
  // Settings of the caller's own server must not reach this one.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_')));
  const { DATABASE_URL, NATS_URL, ...env } = own;
  return spawn(process.execPath, [join(root, 'packages', 'server', 'dist', 'main.js')], {
    env: {
      ...env,
      PARLEY_DATA: data,
      PARLEY_PROJECTS: `${PID}:${SECRET}`,
      ...FREE_PORTS,
      PARLEY_SERVER_GATE_PORT: String(gatePort),
      PARLEY_ADMIN_PORT: String(adminPort),
      PARLEY_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function untilReady(server, url, signal) {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (hasEnded(server)) throw new Error(`the server ended with ${server.exitCode ?? server.signalCode}`);
    if (await answersOk(url)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the server was not ready after ${READY_TIMEOUT_MS} ms`);
}

async function answersOk(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    // The port is not open yet.
    return false;
  }
}

async function runChecks(program, settings, signal) {
  const checks = spawn(program, [], { env: { ...process.env, ...settings }, stdio: 'inherit', signal });
  const [code] = await once(checks, 'exit');
  return code ?? 1;
}

async function stop(server) {
  if (hasEnded(server)) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}
