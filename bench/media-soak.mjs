// Joins, leaves and deaths of viewers and publishers against one engine, for as long as is wanted, with an eye on memory.
//   npm run soak [-- --seconds 1800]
// Ends with 1 when a worker died, a join failed, or memory grew by more than a tenth after the warm-up.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createMediaEngine } from '@parley/media';
import { MediaLoad } from './support/media-load.mjs';
import { residentBytes } from './support/processes.mjs';
import { round } from './support/report.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1800' } } });
const durationMs = Number(values.seconds) * 1000;
const VIEWERS_PER_WAVE = 12;
const TRAFFIC = { audioPps: 50, videoPps: 100 };
/** The first part of the time fills caches and rings. */
const WARM_UP_PART = 0.25;
const GROWTH_MAX = 1.1;
/** Shorter runs cannot tell growth from warming up. */
const MEMORY_JUDGED_FROM_MS = 240_000;
/** Peers that vanish are kept until their consent runs out; so long after the last wave everything must be gone. */
const VANISHED_MAX_MS = 60_000;

const log = (message, fields) => console.error(message, JSON.stringify(fields));
const engine = await createMediaEngine({
  host: '127.0.0.1',
  connectTimeoutMs: 5000,
  log: { info: () => undefined, warn: log, error: log },
});
const steady = new MediaLoad(engine);
const counts = { waves: 0, joined: 0, left: 0, killed: 0, killedWhileJoining: 0, failed: 0 };
const samples = [];
const startedAt = performance.now();
const elapsed = () => performance.now() - startedAt;
try {
  await steady.call('publish', { room: 'soak', member: 'steady', ...TRAFFIC });
  for (let index = 0; index < 5; index += 1) {
    await steady.call('play', { room: 'soak', member: 'steady', viewer: `steady${index}` });
  }
  const traffic = steady.call('run', { ms: durationMs });
  while (elapsed() < durationMs) {
    await wave(counts.waves);
    counts.waves += 1;
    samples.push({ atMs: elapsed(), bytes: residentBytes(engine.workers()[0].pid) });
    if (counts.waves % 10 === 0) console.log(JSON.stringify({ ...counts, ...memory() }));
  }
  const { expected, received } = await traffic;
  const { restarts } = engine.workers()[0];
  const result = { ...counts, restarts, forwarded: received, lost: expected - received, ...memory() };
  if (durationMs >= MEMORY_JUDGED_FROM_MS) Object.assign(result, await leftovers());
  console.log(JSON.stringify(result));
  const hasGrown = durationMs >= MEMORY_JUDGED_FROM_MS && result.growth > GROWTH_MAX;
  process.exitCode =
    restarts > 0 || counts.failed > 0 || counts.joined === 0 || result.leftPeers > 0 || hasGrown ? 1 : 0;
} finally {
  await steady.close();
  await engine.close();
}

/** One process of peers: some leave properly, some are killed, now and then before they have joined. */
async function wave(number) {
  const load = new MediaLoad(engine);
  const isKilledWhileJoining = number % 3 === 2;
  await load.call('publish', { room: 'soak', member: 'coming-and-going', ...TRAFFIC });
  const joins = Array.from({ length: VIEWERS_PER_WAVE }, (_, index) =>
    load.call('play', { room: 'soak', member: index % 2 === 0 ? 'steady' : 'coming-and-going', viewer: `w${index}` }),
  );
  if (isKilledWhileJoining) {
    counts.killedWhileJoining += VIEWERS_PER_WAVE;
    const settled = Promise.allSettled(joins);
    await joins[0];
    await load.close();
    await settled;
    return;
  }
  for (const outcome of await Promise.allSettled(joins)) {
    if (outcome.status === 'fulfilled') counts.joined += 1;
    else counts.failed += 1;
  }
  await load.call('run', { ms: 300 });
  if (number % 3 === 0) {
    await load.call('closeAll');
    counts.left += VIEWERS_PER_WAVE;
  } else {
    counts.killed += VIEWERS_PER_WAVE;
  }
  await load.close();
}

/** Medians of resident memory: of the time right after the warm-up, and of the last part. */
function memory() {
  const warm = elapsed() * WARM_UP_PART;
  const part = elapsed() * 0.15;
  const before = medianOf(samples.filter(({ atMs }) => atMs >= warm && atMs < warm + part));
  const after = medianOf(samples.filter(({ atMs }) => atMs > elapsed() - part));
  return { warmMB: round(before / 1e6, 1), endMB: round(after / 1e6, 1), growth: round(after / before, 3) };
}

function medianOf(entries) {
  const sorted = entries.map(({ bytes }) => bytes).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Peers of the waves that are still held when all of them must have been found gone. */
async function leftovers() {
  const limit = performance.now() + VANISHED_MAX_MS;
  const count = () => engine.workers()[0].players + engine.workers()[0].publishers - 6;
  while (count() > 0 && performance.now() < limit) await delay(500);
  return { leftPeers: count() };
}
