// CPU, loss and delay of forwarded media, with synthetic publishers and viewers in a process of their own.
//   node bench/media-forward.mjs [--seconds 5] [--rounds 3] [--only fan-out]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createMediaEngine } from '@parley/media';
import { MediaLoad } from './support/media-load.mjs';
import { cpuSeconds, residentBytes } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const settings = { seconds: Number(values.seconds), rounds: Number(values.rounds) };
const FAN_OUT = { viewers: 100, audioPps: 50, videoPps: 400 };
const VOICE = { audioPps: 50, videoPps: 0 };
/** Latencies are taken of so many viewers: taking them costs the generator time. */
const SAMPLED = 5;
/** So many peers join at a time. */
const JOINS_AT_ONCE = 4;

const report = new Report('media-forward', settings);
const scenarios = { 'fan-out': fanOut, talkers, rooms };
for (const [name, scenario] of Object.entries(scenarios)) {
  if (values.only === undefined || values.only === name) await scenario(name);
}
if (values.only === undefined) report.save();

/** 1 publisher to 100 viewers: ours, the bare forwarder and no forwarder, in turns. */
async function fanOut(name) {
  const ours = await startOurs(1);
  const bare = await startBare();
  const loads = { ours: new MediaLoad(ours), bare: new MediaLoad(bare), direct: new MediaLoad(undefined) };
  try {
    await loads.direct.call('direct', FAN_OUT);
    for (const load of [loads.ours, loads.bare]) {
      await load.call('publish', { room: name, member: 'ada', ...FAN_OUT });
      await joinAll(load, players(name, ['ada'], viewers(FAN_OUT.viewers)));
    }
    const runs = { ours: [], bare: [], direct: [] };
    for (let turn = 0; turn < settings.rounds; turn += 1) {
      runs.direct.push(await measure(loads.direct, []));
      runs.bare.push(await measure(loads.bare, bare.pids()));
      runs.ours.push(await measure(loads.ours, ours.pids()));
    }
    const direct = summary(runs.direct);
    report.row({ scenario: name, forwarder: 'none', ...direct, microsPerPacket: undefined });
    const floor = summary(runs.bare);
    report.row({ scenario: name, forwarder: 'bare', ...floor });
    const result = summary(runs.ours);
    report.row({
      scenario: name,
      forwarder: 'parley',
      ...result,
      ratioToBare: round(result.microsPerPacket / floor.microsPerPacket),
      addedP99Ms: round(result.p99Ms - direct.p99Ms),
      ...answers(loads.ours),
      residentMB: round(residentBytes(ours.pids()[0]) / 1e6, 1),
      wanted: 'microsPerPacket at most 9, lost 0, addedP99Ms below 10, answerP95Ms below 150',
    });
  } finally {
    await Promise.all([...Object.values(loads), ours, bare].map((part) => part.close()));
  }
}

/** 50 members of a room hear 8 who talk. */
async function talkers(name) {
  const talking = Array.from({ length: 8 }, (_, index) => `talker${index}`);
  await voiceScenario(name, 1, [{ room: name, talking, listening: [...talking, ...viewers(42)] }]);
}

/** 20 rooms in which each of 8 members hears the 7 others, on two workers. */
async function rooms(name) {
  const all = Array.from({ length: 20 }, (_, index) => {
    const members = Array.from({ length: 8 }, (_unused, place) => `member${place}`);
    return { room: `${name}${index}`, talking: members, listening: members };
  });
  await voiceScenario(name, 2, all);
}

async function voiceScenario(name, workers, all) {
  const ours = await startOurs(workers);
  const load = new MediaLoad(ours);
  try {
    for (const { room, talking, listening } of all) {
      for (const member of talking) await load.call('publish', { room, member, ...VOICE });
      await joinAll(load, players(room, talking, listening));
    }
    const runs = [];
    for (let turn = 0; turn < settings.rounds; turn += 1) runs.push(await measure(load, ours.pids()));
    report.row({ scenario: name, forwarder: 'parley', ...summary(runs), ...answers(load), wanted: 'lost 0' });
  } finally {
    await load.close();
    await ours.close();
  }
}

function players(room, talking, listening) {
  return listening.flatMap((viewer, index) =>
    talking
      .filter((member) => member !== viewer)
      .map((member) => ({ room, member, viewer, isSampled: index < SAMPLED })),
  );
}

function viewers(count) {
  return Array.from({ length: count }, (_, index) => `viewer${index}`);
}

async function joinAll(load, requests) {
  const queue = [...requests];
  await Promise.all(
    Array.from({ length: JOINS_AT_ONCE }, async () => {
      for (let request = queue.shift(); request !== undefined; request = queue.shift())
        await load.call('play', request);
    }),
  );
}

async function measure(load, pids) {
  const before = cpuSeconds(pids);
  const run = await load.call('run', { ms: settings.seconds * 1000 });
  return { ...run, cpuSeconds: cpuSeconds(pids) - before };
}

function summary(runs) {
  const of = (value) => round(median(runs.map(value)));
  return {
    packetsPerSecond: Math.round(median(runs.map((run) => (run.received * 1000) / run.elapsedMs))),
    lost: runs.reduce((sum, run) => sum + run.expected - run.received, 0),
    microsPerPacket: of((run) => (run.cpuSeconds * 1e6) / run.received),
    cpuCores: of((run) => (run.cpuSeconds * 1000) / run.elapsedMs),
    p50Ms: of((run) => run.p50Ms),
    p95Ms: of((run) => run.p95Ms),
    p99Ms: of((run) => run.p99Ms),
    generatorCores: of((run) => run.generatorCpu),
  };
}

function answers({ answerMs }) {
  const sorted = [...answerMs].sort((a, b) => a - b);
  return { joins: sorted.length, answerP95Ms: round(sorted[Math.floor(sorted.length * 0.95)], 1) };
}

async function startOurs(workers) {
  const engine = await createMediaEngine({ workers, host: '127.0.0.1' });
  return {
    publish: (request) => engine.publish(request),
    play: (request) => engine.play(request),
    pids: () => engine.workers().map(({ pid }) => pid),
    close: () => engine.close(),
  };
}

async function startBare() {
  const child = fork(fileURLToPath(new URL('./support/bare-forwarder.mjs', import.meta.url)));
  await once(child, 'message');
  let count = 0;
  const call = (name, params) =>
    new Promise((resolve) => {
      count += 1;
      const id = count;
      const listen = (message) => {
        if (message.id !== id) return;
        child.off('message', listen);
        resolve(message);
      };
      child.on('message', listen);
      child.send({ id, name, params });
    });
  return {
    publish: (params) => call('publish', params),
    play: (params) => call('play', params),
    pids: () => [child.pid],
    close: () => void child.kill('SIGKILL'),
  };
}
