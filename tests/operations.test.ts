import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@parley/server';
import { Database, silentLogger } from '@parley/server/internal';
import { createTestDatabase, RawCaller, type Signer, type TestDatabase } from '@parley/testkit/internal';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RawClient } from '../packages/fpnn/test/support/raw-client.ts';
import { DatabaseProxy } from './support/database-proxy.ts';
import { allMids, GID, message, startLoad } from './support/group-load.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { ParleyProcess } from './support/parley-process.ts';
import { processesOf } from './support/processes-of.ts';

const SIGNER: Signer = { pid: 80_000_001, secret: 'test-secret' };
const PROJECTS = `${SIGNER.pid}:${SIGNER.secret}`;

function get(admin: Address, path: string, method = 'GET'): Promise<Response> {
  return fetch(`http://${admin.host}:${admin.port}${path}`, { method });
}

async function readiness(admin: Address): Promise<[status: number, checks: unknown]> {
  const response = await get(admin, '/health/ready');
  return [response.status, ((await response.json()) as { checks: unknown }).checks];
}

describe('health', () => {
  const fixture = useParley();

  test('a server that is up is live and ready', async () => {
    const live = await get(fixture.parley.admin, '/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);
    const ready = await get(fixture.parley.admin, '/health/ready');
    expect(ready.headers.get('content-type')).toBe('application/json');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { database: true, accepting: true } },
    ]);
  });

  test('the port of health knows its pages and reads only', async () => {
    for (const path of ['/health/live', '/health/ready?now', '/metrics']) {
      const head = await get(fixture.parley.admin, path, 'HEAD');
      expect([head.status, await head.text()], path).toEqual([200, '']);
      expect((await get(fixture.parley.admin, path, 'POST')).status, path).toBe(405);
    }
    expect((await get(fixture.parley.admin, '/health')).status).toBe(404);
  });

  test('while the database is away the server is live and not ready, and afterwards it is ready by itself', async () => {
    const proxy = await DatabaseProxy.start(fixture.parley.databaseUrl!);
    try {
      const { parley, caller } = await fixture.startAnother({ databaseUrl: proxy.url });
      expect(await readiness(parley.admin)).toEqual([200, { database: true, accepting: true }]);
      await caller.call('sendgroupmsg', message());
      await proxy.takeAway();
      await expect.poll(() => readiness(parley.admin)).toEqual([503, { database: false, accepting: true }]);
      expect((await get(parley.admin, '/health/live')).status).toBe(200);
      expect(await caller.codeOf('getgroupmembers', { gid: GID })).toBe(20001);
      const sent = caller.call('sendgroupmsg', message());
      await expect
        .poll(async () => (await MetricsPage.read(parley.admin)).sum('parley_outage_retries_total'))
        .toBeGreaterThan(0);
      await proxy.giveBack();
      await expect
        .poll(() => readiness(parley.admin), { timeout: 15_000 })
        .toEqual([200, { database: true, accepting: true }]);
      expect((await sent).get('mtime')).toBeGreaterThan(0);
    } finally {
      await proxy.close();
    }
  });
});

describe('metrics', () => {
  const fixture = useParley();

  test('calls, refusals, violations and ended connections are counted by what they were', async () => {
    const { parley, caller } = await fixture.startAnother({});
    for (let n = 0; n < 3; n += 1) await caller.call('getgroupmembers', { gid: GID });
    expect(await caller.codeOf('getgroupmembers', { gid: 'x' })).toBe(10010);
    expect(await caller.codeOf('getgroupmembers')).toBe(10009);
    expect(await caller.codeOf('sendgroupmsg', { ...message(), sign: 'x' })).toBe(200002);
    expect(await caller.codeOf('nosuchmethod')).toBe(20004);
    await caller.call('sendgroupmsg', message());
    const [garbage, gone] = [
      await RawClient.connect(parley.serverGate.port),
      await RawClient.connect(parley.serverGate.port),
    ];
    await garbage.write('garbage');
    await garbage.takeAll();
    gone.socket.destroy();
    await expect.poll(async () => (await MetricsPage.read(parley.admin)).sum('parley_connections')).toBe(1);

    const page = await MetricsPage.read(parley.admin);
    expect(page.byLabel('parley_calls_total', 'method')).toEqual({ getgroupmembers: 5, sendgroupmsg: 2, unknown: 1 });
    expect(page.byLabel('parley_refusals_total', 'code')).toEqual({ 10009: 1, 10010: 1, 20004: 1, 200002: 1 });
    expect(page.byLabel('parley_refusals_total', 'method')).toEqual({
      getgroupmembers: 2,
      sendgroupmsg: 1,
      unknown: 1,
    });
    expect(page.byLabel('parley_violations_total', 'reason')).toEqual({ 'bad-magic': 1 });
    expect(page.byLabel('parley_connections_closed_total', 'reason')).toEqual({ violation: 1, peer: 1 });
    expect(page.sum('parley_calls_in_progress')).toBe(0);
    expect(page.sum('parley_commit_batches_total')).toBe(1);
    expect(page.sum('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('a page for Prometheus: text, and each metric with its help and type', async () => {
    const response = await get(fixture.parley.admin, '/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const name of [
      ...['parley_connections', 'parley_calls_in_progress', 'parley_calls_total', 'parley_refusals_total'],
      ...['parley_violations_total', 'parley_connections_closed_total', 'parley_commit_queue'],
      ...['parley_commit_batches_total', 'parley_outage_retries_total', 'parley_replays_forgotten_early_total'],
    ]) {
      expect(text).toMatch(new RegExp(`# HELP ${name} .+\n# TYPE ${name} (gauge|counter)\n`));
    }
  });
});

describe('a process', () => {
  let database: TestDatabase;
  let directory: string;
  const started: ParleyProcess[] = [];

  /** On the database of these tests. */
  const start = async (env: Record<string, string> = {}) => {
    const settings = { DATABASE_URL: database.url, PARLEY_DATA: directory, PARLEY_PROJECTS: PROJECTS };
    const parley = await ParleyProcess.start({ ...settings, ...env });
    started.push(parley);
    return parley;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'parley-operations-'));
  });

  afterEach(async () => {
    for (const parley of started.splice(0)) await parley.stop();
  });

  afterAll(async () => {
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('makes sure that the projects of PARLEY_PROJECTS exist with those secrets', async () => {
    const first = await start({ PARLEY_PROJECTS: `${PROJECTS},80000002:other:secret` });
    expect(first.greeting).toContain('pid 80000002   secret other:secret');
    await expectServed(first, { pid: 80_000_002, secret: 'other:secret' });
    await first.stop();
    const second = await start({ PARLEY_PROJECTS: '80000002:changed' });
    await expectServed(second, { pid: 80_000_002, secret: 'changed' });
    await expectServed(second, SIGNER);
    const wrong = await RawCaller.connect(second.serverGate, { pid: 80_000_002, secret: 'other:secret' });
    expect(await wrong.codeOf('getgroupmembers', { gid: 1 })).toBe(200002);
    wrong.close();
  });

  test('says every fault of its settings at once, and ends with 1', async () => {
    const env = {
      PARLEY_PROJECTS: 'no-colon',
      PARLEY_ADMIN_PORT: '70000',
      PARLEY_ADMIN_PROT: '1',
      PARLEY_LOG_LEVEL: 'loud',
    };
    const { code, logged } = await ParleyProcess.runToEnd(env);
    expect(code).toBe(1);
    for (const name of ['PARLEY_PROJECTS', 'admin.port', 'PARLEY_ADMIN_PROT', 'logLevel'])
      expect(logged).toContain(name);
  });

  test('whose port is taken ends with 1 and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const settings = { DATABASE_URL: database.url, PARLEY_DATA: directory, PARLEY_PROJECTS: PROJECTS };
    const { code, logged } = await ParleyProcess.runToEnd({ ...settings, PARLEY_SERVER_GATE_PORT: port });
    other.close();
    expect([code, logged]).toEqual([1, expect.stringContaining(`EADDRINUSE`)]);
    expect(logged).toContain(port);
  });

  test('that is told to stop refuses connections first, answers every call in progress, and ends with 0', async () => {
    const parley = await start();
    const caller = await RawCaller.connect(parley.serverGate, SIGNER);
    const lock = await lockMessages(database.url);
    let answers = 0;
    const sent = Array.from({ length: 50 }, async () => {
      const answer = await caller.call('sendgroupmsg', message());
      answers += 1;
      return answer;
    });
    await expect
      .poll(async () => (await MetricsPage.read(parley.admin)).sum('parley_calls_in_progress'))
      .toBe(sent.length);

    parley.signal('SIGTERM');
    await expect.poll(() => canConnect(parley.serverGate)).toBe(false);
    expect(await readiness(parley.admin)).toEqual([503, { database: true, accepting: false }]);
    parley.signal('SIGTERM');
    expect([answers, parley.hasExited]).toEqual([0, false]);

    await lock.release();
    for (const answer of await Promise.all(sent)) expect(answer.get('mtime')).toBeGreaterThan(0);
    expect(await parley.exited).toEqual({ code: 0, signal: null });
    expect(await canConnect(parley.admin)).toBe(false);
    expect(parley.log).toBe('');
  });

  test('that is told to stop waits for a call no longer than its drain timeout', async () => {
    const parley = await start({ PARLEY_DRAIN_TIMEOUT_MS: '200' });
    const caller = await RawCaller.connect(parley.serverGate, SIGNER);
    const lock = await lockMessages(database.url);
    try {
      const sent = caller.codeOf('sendgroupmsg', message());
      await expect.poll(async () => (await MetricsPage.read(parley.admin)).sum('parley_calls_in_progress')).toBe(1);
      parley.signal('SIGTERM');
      expect(await sent).toBe(20002);
      await expect.poll(() => parley.hasExited, { timeout: 5000 }).toBe(true);
      expect((await parley.exited).code).toBe(0);
    } finally {
      await lock.release();
    }
  });
});

describe('a process with nothing but a data folder', () => {
  let directory: string;
  const env = () => ({ PARLEY_DATA: directory });
  const started: ParleyProcess[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parley-operations-'));
  });

  afterAll(async () => {
    for (const parley of started) await parley.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('makes a project, stops under load without losing an answer, leaves nothing running, and starts again on its data', async () => {
    const first = await ParleyProcess.start(env());
    started.push(first);
    const project = projectIn(first.greeting);
    const load = await startLoad(first.serverGate, project);
    await load.hasAcknowledged(300);
    first.signal('SIGTERM');
    expect(await first.exited).toEqual({ code: 0, signal: null });
    await load.ended;
    expect([...load.codes]).toEqual([20002]);
    expect(first.log).toBe('');
    expect(processesOf(directory)).toEqual([]);

    const second = await ParleyProcess.start(env());
    started.push(second);
    expect(projectIn(second.greeting)).toEqual(project);
    // What was acknowledged is there, and whatever call had begun was answered, else there would be more.
    const found = await allMids(second.serverGate, project);
    expect([...found].sort((a, b) => a - b)).toEqual(load.acknowledged.sort((a, b) => a - b));
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    expect(processesOf(directory)).toEqual([]);
  });

  test('that is told to stop while it starts comes up, ends with 0 and leaves nothing running', async () => {
    const stopAt = /started PostgreSQL/;
    const { code, logged } = await ParleyProcess.runToEnd({ ...env(), PARLEY_LOG_LEVEL: 'info' }, { stopAt });
    expect([code, logged]).toEqual([0, expect.stringMatching(stopAt)]);
    expect(processesOf(directory)).toEqual([]);
  });
});

async function expectServed({ serverGate }: ParleyProcess, signer: Signer): Promise<void> {
  const caller = await RawCaller.connect(serverGate, signer);
  expect(await caller.codeOf('getgroupmembers', { gid: 1 })).toBe(0);
  caller.close();
}

/** Keeps every write of messages waiting until it is released. */
async function lockMessages(url: string): Promise<{ release(): Promise<void> }> {
  const db = await Database.open({ url, writers: 2, readers: 1, log: silentLogger });
  let release = () => {};
  let transaction: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    transaction = db.transaction(async (tx) => {
      await tx.query({ name: 'lock-messages', text: 'lock table messages in exclusive mode' }, []);
      resolve();
      await new Promise<void>((unlock) => {
        release = unlock;
      });
    });
    transaction.catch(reject);
  });
  return {
    release: async () => {
      release();
      await transaction;
      await db.close();
    },
  };
}

function canConnect({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function projectIn(greeting: string): Signer {
  const match = /project\s+pid (\d{8})\s+secret (\S{20,})\n/.exec(greeting);
  expect(greeting.match(/project /g)).toHaveLength(1);
  return { pid: Number(match?.[1]), secret: String(match?.[2]) };
}
