import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authParams, ERROR_CODES } from '@parley/contract';
import { encodeQuest, FpnnError } from '@parley/fpnn';
import { createTestDatabase, RawCaller, signed, type TestDatabase } from '@parley/testkit/internal';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RawClient } from '../packages/fpnn/test/support/raw-client.ts';
import { cutIntoChunks, seededRandom } from '../packages/fpnn/test/wire-generators.ts';
import { foretellTcp } from './fuzz/foretell.ts';
import { fuzzSettings } from './fuzz/fuzz-settings.ts';
import { exchange, exchangeMessages, faultIn, packetsOf } from './fuzz/hostile-connections.ts';
import { faultInResponses, makeHttpInput } from './fuzz/http-inputs.ts';
import { badKeys, goodKey } from './fuzz/key-inputs.ts';
import { runInputs } from './fuzz/lanes.ts';
import { PacketInputs } from './fuzz/packet-inputs.ts';
import { authCases, type ParamCase, paramCases, plainCall, servedMethods } from './fuzz/param-cases.ts';
import { makeWebSocketInput } from './fuzz/websocket-inputs.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { ParleyProcess } from './support/parley-process.ts';
import { tableCounts } from './support/table-counts.ts';

const SIGNER = { pid: 80_000_001, secret: 'test-secret' };
/** For the tests of parameters: packets that get through ban users and fill rooms. */
const QUIET_SIGNER = { pid: 80_000_002, secret: 'quiet-secret' };
const MEMORY_MAX_BYTES = 512 * 2 ** 20;
const CONTROL_TIMEOUT_MS = 5000;
const IN_FLIGHT = 64;

let database: TestDatabase;
let directory: string;
let parley: ParleyProcess;
let port: number;
let control: RawCaller;
let inputs: PacketInputs;
/** How much of the log an earlier test has accounted for. */
let logSeen = 0;

beforeAll(async () => {
  const { seed, durationMs } = fuzzSettings();
  if (durationMs > 0) console.log(`PARLEY_FUZZ_SEED=${seed}`);
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'parley-fuzz-'));
  parley = await ParleyProcess.start({
    DATABASE_URL: database.url,
    PARLEY_DATA: directory,
    PARLEY_PROJECTS: [SIGNER, QUIET_SIGNER].map(({ pid, secret }) => `${pid}:${secret}`).join(),
  });
  port = parley.serverGate.port;
  control = await RawCaller.connect(parley.serverGate, SIGNER);
  inputs = new PacketInputs(SIGNER);
});

afterAll(async () => {
  control?.close();
  await parley?.stop();
  await database?.close();
  await rm(directory, { recursive: true, force: true });
});

describe('whatever comes on a connection', () => {
  let before: MetricsPage;
  let controlCalls = 0;
  let isDone = false;
  let controlling: Promise<void>;

  beforeEach(async () => {
    before = await MetricsPage.read(parley.admin);
    isDone = false;
    controlCalls = 0;
    // Somebody who behaves must be served all the time.
    controlling = (async () => {
      while (!isDone) {
        await control.peer.quest(
          'getgroupcount',
          { ...signed(SIGNER, 'getgroupcount'), gid: 1 },
          { timeoutMs: CONTROL_TIMEOUT_MS },
        );
        controlCalls += 1;
      }
    })();
    controlling.catch(() => {}); // Looked at after the test.
  });

  afterEach(async () => {
    isDone = true;
    await controlling;
    expect(controlCalls).toBeGreaterThan(0);
    await expectHealthy();
  });

  test('over TCP ends in answers or in a close, with the reason foretold', async () => {
    const foretold: Record<string, number> = {};
    let connections = 0;
    await runInputs(1500, async (seed) => {
      const random = seededRandom(seed);
      const { label, bytes } = inputs.make(seed);
      const outcome = foretellTcp(bytes);
      if (outcome === undefined) return;
      connections += 1;
      const chunks = cutIntoChunks(bytes, 1 + Math.ceil((2 * bytes.length) / (1 + random(8))), random);
      const fault = faultIn(packetsOf(await exchange(port, chunks)), outcome);
      if (fault !== undefined) throw new Error(`${label}: ${fault}; ${hex(bytes)}`);
      count(foretold, outcome.violation);
    });
    await expectCounts(connections, foretold);
    expect(Object.keys(foretold).sort()).toEqual([
      ...['bad-flag', 'bad-magic', 'bad-mtype', 'bad-payload'],
      ...['empty-method', 'empty-payload', 'oversize', 'root-not-map'],
    ]);
  });

  test('over WebSocket ends in answers or in a close, with the reason foretold', async () => {
    const foretold: Record<string, number> = {};
    let connections = 0;
    await runInputs(500, async (seed) => {
      const { label, frames, foretold: outcome } = makeWebSocketInput(seed, inputs);
      const wanted = outcome.violation === undefined ? outcome.asked.length : Number.POSITIVE_INFINITY;
      connections += 1;
      const { packets, closeCode } = await exchangeMessages(port, frames, wanted);
      const fault = faultIn(packets, outcome);
      if (fault !== undefined) throw new Error(`${label}: ${fault}; ${hex(Buffer.concat(frames))}`);
      if (outcome.violation === undefined) expect(closeCode, label).toBe(1000);
      count(foretold, outcome.violation);
    });
    await expectCounts(connections, foretold);
  });

  test('over HTTP ends in responses and a close', async () => {
    let connections = 0;
    await runInputs(500, async (seed) => {
      const input = makeHttpInput(seed, inputs);
      connections += 1;
      const received = await exchange(port, [input.bytes], { serverEndsFirst: input.requests !== undefined });
      const fault = faultInResponses(received, input);
      if (fault !== undefined) throw new Error(`${input.label}: ${fault}; ${input.bytes.toString().slice(0, 2000)}`);
    });
    await expectCounts(connections);
  });

  test.each(badKeys)('a *key with %s is a violation that is not answered', async (label, bytes) => {
    const received = packetsOf(await exchange(port, [bytes]));
    expect(received).toHaveLength(label === 'a second packet' ? 1 : 0);
    await expectCounts(1, { 'bad-key': 1 });
  });

  test('behind a good *key ends in a close', async () => {
    let connections = 0;
    await runInputs(100, async (seed) => {
      const random = seededRandom(seed);
      const bytes =
        random(2) === 0 ? inputs.make(seed).bytes : Uint8Array.from({ length: 1 + random(200) }, () => random(256));
      connections += 1;
      await exchange(port, [goodKey({ isStream: random(2) === 0 }), bytes]);
    });
    await expectCounts(connections);
  });

  test('takes no memory by what it only announces', async () => {
    const announced = Buffer.from(encodeQuest({ method: 'sendmsg', params: {}, seq: 1 }));
    announced.writeUInt32LE(8_388_000, 8);
    const clients = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(port)));
    for (const client of clients) await client.write(Buffer.concat([announced, Buffer.alloc(1000, 0x81)]));
    await control.call('getgroupcount', { gid: 1 });
    const now = await MetricsPage.read(parley.admin);
    // Memory that is reserved and not yet touched shows in the second only.
    for (const name of ['process_resident_memory_bytes', 'nodejs_external_memory_bytes']) {
      expect(now.sum(name) - before.sum(name), name).toBeLessThan(100 * 2 ** 20);
    }
    for (const client of clients) client.socket.destroy();
    await expectCounts(100, {});
  });

  /** Every connection was counted once when it ended, and every violation by its reason where that is known. */
  async function expectCounts(connections: number, violations?: Record<string, number>): Promise<void> {
    await expect
      .poll(async () => (await MetricsPage.read(parley.admin)).sum('parley_connections'), { timeout: 10_000 })
      .toBe(1);
    const after = await MetricsPage.read(parley.admin);
    const closes = after.addedByLabel(before, 'parley_connections_closed_total', 'reason');
    const violated = after.addedByLabel(before, 'parley_violations_total', 'reason');
    expect(Object.values(closes).reduce((sum, closed) => sum + closed, 0)).toBe(connections);
    expect(Object.keys(closes).filter((reason) => reason !== 'peer' && reason !== 'violation')).toEqual([]);
    if (violations === undefined) return;
    expect(violated).toEqual(violations);
    expect(closes['violation'] ?? 0).toBe(Object.values(violations).reduce((sum, each) => sum + each, 0));
  }
});

describe('whatever the parameters are', () => {
  let caller: RawCaller;

  beforeAll(async () => {
    caller = await RawCaller.connect(parley.serverGate, QUIET_SIGNER);
  });

  afterAll(async () => {
    caller?.close();
    await expectHealthy();
  });

  /** What a plain call meets on a server where nothing was done before. */
  const NOTHING_THERE = [0, ERROR_CODES.messageNotFound, ERROR_CODES.rtcRoomNotFound, ERROR_CODES.notInRtcRoom];

  test('plain ones are taken by every method', async () => {
    for (const declaration of servedMethods) {
      const code = await caller.codeOf(declaration.name, plainCall(declaration));
      expect(NOTHING_THERE, declaration.name).toContain(code);
    }
  });

  test('one that is not allowed is refused with its code, by name, and leaves no trace', async () => {
    const before = await tableCounts(database.url);
    await answer(servedMethods.flatMap(paramCases).filter(({ isRefused }) => isRefused));
    expect(await tableCounts(database.url)).toEqual(before);
  });

  test('one that is unusual but legal is taken', async () => {
    await answer(servedMethods.flatMap(paramCases).filter(({ isRefused }) => !isRefused));
  });

  test('one of the signature is refused with its code and by name', async () => {
    await answer(authCases(() => signed(QUIET_SIGNER, 'getroommembers')));
  });

  test('many at once are never an internal error', async () => {
    await runInputs(1000, async (seed) => {
      const random = seededRandom(seed);
      const declaration = servedMethods[random(servedMethods.length)]!;
      const params = { ...plainCall(declaration) };
      const cases = paramCases(declaration);
      for (let changes = 1 + random(4); changes > 0 && cases.length > 0; changes -= 1) {
        const { param, params: hostile } = cases[random(cases.length)]!;
        if (param in hostile) params[param] = hostile[param];
        else delete params[param];
      }
      const code = await caller.codeOf(declaration.name, params);
      if (![0, ...declaration.errors].includes(code as never)) throw new Error(`${declaration.name}: ${code}`);
    });
  });

  /** Makes the calls, many at a time, and compares their codes. */
  async function answer(cases: readonly ParamCase[]): Promise<void> {
    expect(cases.length).toBeGreaterThan(20);
    const faults: string[] = [];
    // Shared by the lanes: each takes the next one.
    const waiting = cases.values();
    const lane = async () => {
      for (const next of waiting) {
        const fault = await faultOf(next);
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
    expect(faults).toEqual([]);
  }

  async function faultOf({ method, title, params, codes, param, isRefused }: ParamCase): Promise<string | undefined> {
    const auth = isAuth(param) ? {} : signed(QUIET_SIGNER, method);
    const failure = await caller.peer.quest(method, { ...auth, ...params }).then(
      () => undefined,
      (error: unknown) => error as FpnnError,
    );
    if (failure !== undefined && !(failure instanceof FpnnError)) throw failure;
    const code = failure?.code ?? 0;
    if (!codes.includes(code)) return `${title}: ${code} ${failure?.message}, not ${codes}`;
    return isRefused && !failure?.message.includes(param)
      ? `${title}: "${failure?.message}" does not name it`
      : undefined;
  }
});

/** The process lives, has met no internal error, and holds no more memory than it may. */
async function expectHealthy(): Promise<void> {
  expect(parley.hasExited).toBe(false);
  const page = await MetricsPage.read(parley.admin);
  for (const code of [ERROR_CODES.fpnnUnknown, ERROR_CODES.unknownError]) {
    expect(page.sum('parley_refusals_total', { code: String(code) })).toBe(0);
  }
  const logged = parley.log.slice(logSeen);
  logSeen = parley.log.length;
  expect(logged).toBe('');
  expect(page.sum('process_resident_memory_bytes')).toBeLessThan(MEMORY_MAX_BYTES);
}

function isAuth(param: string): boolean {
  return param in authParams;
}

function count(counts: Record<string, number>, reason: string | undefined): void {
  if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').slice(0, 2000);
}
