import { setImmediate as nextTurn } from 'node:timers/promises';
import { RawCaller, type Signer } from '@parley/testkit/internal';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CrashSite } from './crash/crash-site.ts';
import { Ledger, type LedgerEntry } from './crash/ledger.ts';
import { attempt, Load } from './crash/load.ts';
import { freshId } from './paging/fresh-ids.ts';
import { type Place, pageCall, readPage, type Unit } from './paging/wire-conversation.ts';

const SIGNER: Signer = { pid: 80_000_001, secret: 'test-secret' };
/** Answered messages between one event and the next. */
const ACKS = 700;
/** Turns of the event loop: more than it takes to store and answer a batch. */
const TURNS_MAX = 100;
/** A send waits 10 s for a database that comes back; its refusal says more than a poll that gave up. */
const RECOVERY_MAX_MS = 25_000;
const SPOT_CHECKS = 25;

const one = freshId();
const places: readonly Place[] = [
  ...[freshId(), freshId(), freshId()].map((id): Place => ({ kind: 'group', id })),
  ...[freshId(), freshId(), freshId()].map((id): Place => ({ kind: 'room', id })),
  ...[freshId(), freshId(), freshId()].map((other): Place => ({ kind: 'p2p', users: [one, other] })),
];
const ledger = new Ledger();

describe.skipIf(process.platform !== 'linux')('no answered message is lost or doubled', () => {
  let site: CrashSite;

  beforeAll(async () => {
    site = await CrashSite.open(SIGNER);
    await site.start();
  });

  afterAll(() => site?.close());

  const startLoad = async () => {
    const load = await Load.start(ledger, places, site.server.serverGate, SIGNER);
    onTestFinished(() => load.close());
    return load;
  };
  /** Resolves at another point of the batches that are on their way each time. */
  const underWay = async () => {
    await ledger.moreAcks(ACKS);
    for (let turns = Math.random() * TURNS_MAX; turns > 1; turns -= 1) await nextTurn();
  };

  test.each([1, 2, 3])('when the server and its database are killed at the same time, %d', async () => {
    const load = await startLoad();
    await underWay();
    site.killEverything();
    await load.broken();
    await site.start();
    await expectKept(site);
  });

  test('when they are killed once more while the database recovers', async () => {
    const load = await startLoad();
    await underWay();
    site.killEverything();
    await load.broken();
    await site.killWhileStarting();
    await site.start();
    await expectKept(site);
  });

  test('when the database dies alone: the server stays, tells, and goes on by itself', async () => {
    const load = await startLoad();
    await underWay();
    const { postmaster } = site;
    expect(await readiness(site)).toBe(200);
    site.killPostmaster();
    await reachReadiness(site, 503);
    const acked = ledger.moreAcks(ACKS);
    await reachReadiness(site, 200);
    await acked;
    expect(load.isConnected).toBe(true);
    // Throws when a send that met the outage was refused.
    await load.stop();
    expect(site.server.hasExited).toBe(false);
    expect(site.postmaster).not.toEqual(postmaster);
    await expectKept(site);
  });

  test('when the server dies alone: the next one takes over the database that still runs', async () => {
    const load = await startLoad();
    await underWay();
    const { postmaster } = site;
    site.killServer();
    await load.broken();
    await site.start();
    expect(site.postmaster).toEqual(postmaster);
    await expectKept(site);
  });

  test('a server that is asked to stop leaves no process behind', async () => {
    expect(await site.server.stop()).toEqual({ code: 0, signal: null });
    expect(site.processes).toEqual([]);
  });
});

/** Compares what is there with the ledger, repeats what was not answered, and compares again. */
async function expectKept(site: CrashSite): Promise<void> {
  const caller = await RawCaller.connect(site.server.serverGate, SIGNER);
  const shown = await walkAll(caller, false);
  expect(ledger.faultsIn(shown).slice(0, 10)).toEqual([]);

  // How many of these had been stored nevertheless is another number each time.
  const unanswered = ledger.unanswered;
  const stored = unanswered.map((entry) => timeIn(shown, entry));
  await Promise.all(unanswered.map((entry) => attempt(ledger, caller, entry)));
  expect(ledger.unanswered).toEqual([]);
  const times = unanswered.map(({ mtime }, index) => (stored[index] === undefined ? undefined : mtime));
  expect(times).toEqual(stored);
  await expectRecognised(caller);

  const forward = await walkAll(caller, false);
  expect(ledger.faultsIn(forward).slice(0, 10)).toEqual([]);
  const backward = await walkAll(caller, true);
  for (const place of places) expect(backward.get(place)!.toReversed()).toEqual(forward.get(place));
  caller.close();
}

/** A repeat gets the time of the first, and the mid stays taken. */
async function expectRecognised(caller: RawCaller): Promise<void> {
  for (const { call, mtime } of ledger.entries.slice(-SPOT_CHECKS)) {
    const [method, params] = call;
    expect((await caller.call(method, params)).get('mtime')).toBe(mtime);
    expect(await caller.codeOf(method, { ...params, attrs: 'changed' })).toBe(200_053);
  }
}

/** The time of a message that nobody was told about; undefined when it is not there. */
function timeIn(
  shown: ReadonlyMap<Place, readonly Unit[]>,
  { places: wanted, message }: LedgerEntry,
): number | undefined {
  const units = wanted.flatMap((place) =>
    shown.get(place)!.filter(({ from, mid }) => from === message.from && mid === message.mid),
  );
  return units.length === 0 ? undefined : Math.max(...units.map(({ mtime }) => mtime));
}

async function walkAll(caller: RawCaller, desc: boolean): Promise<Map<Place, Unit[]>> {
  const walks = places.map(async (place): Promise<[Place, Unit[]]> => [place, await walk(caller, place, desc)]);
  return new Map(await Promise.all(walks));
}

async function walk(caller: RawCaller, place: Place, desc: boolean): Promise<Unit[]> {
  const viewer = place.kind === 'p2p' ? place.users[1] : one;
  const units: Unit[] = [];
  for (let cursor = {}; ; ) {
    const answer = await caller.call(...pageCall(place, viewer, { desc, num: 20, ...cursor }));
    const page = readPage(place, viewer, answer);
    if (page.units.length === 0) return units;
    units.push(...page.units);
    cursor = { lastid: page.lastid, begin: page.begin, end: page.end };
  }
}

async function readiness({ server: { admin } }: CrashSite): Promise<number> {
  const response = await fetch(`http://${admin.host}:${admin.port}/health/ready`);
  await response.arrayBuffer();
  return response.status;
}

async function reachReadiness(site: CrashSite, status: number): Promise<void> {
  await expect.poll(() => readiness(site), { timeout: RECOVERY_MAX_MS, interval: 5 }).toBe(status);
}
