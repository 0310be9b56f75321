// One publisher and the members of a room: Parley over TCP and WebSocket, stored and not, against redis pub/sub,
// nats-server and Socket.IO, alternating. Deliveries per second of server CPU is the figure to compare.
//   node bench/room-fanout.mjs [--members 1000] [--large 5000] [--rounds 5]
// A part of it, unsaved: [--only redis,parley] [--variants 1,16] [--profile DIRECTORY]
import { parseArgs } from 'node:util';
import { MemberSockets } from './support/fan-out/member-sockets.mjs';
import { GATHER_MS } from './support/fan-out/parley-wire.mjs';
import { Publisher } from './support/fan-out/publish.mjs';
import {
  natsSystem,
  parleySystem,
  redisSystem,
  STORED_MTYPE,
  socketIoSystem,
  UNSTORED_MTYPE,
} from './support/fan-out/systems.mjs';
import { cpuSeconds } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';
import { startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000' },
    large: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    variants: { type: 'string', default: '' },
    profile: { type: 'string' },
  },
});
const settings = {
  members: Number(values.members),
  large: Number(values.large),
  rounds: Number(values.rounds),
  textBytes: 250,
  /** Messages per round by messages in flight. */
  messages: { 1: 100, 16: 800 },
};
const TICKET_MIN_SECONDS = 0.01;

const report = new Report('room-fanout', settings);
const databases = await startDatabases(['ours'], { min_wal_size: '2GB' });
const server = await startParley(databases.urlOf('ours'), databases.directory, {
  settings: { storedMtypes: [STORED_MTYPE] },
  nodeFlags: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
});
const common = { server, database: databases };
const groups = [];
const runs = new Map();
try {
  const stored = { ...common, mtype: STORED_MTYPE };
  const candidates = [
    ['redis', settings.members, redisSystem],
    ['parley tcp', settings.members, () => parleySystem({ ...stored, name: 'parley tcp', rid: 1, transport: 'tcp' })],
    ['nats', settings.members, natsSystem],
    [
      'parley websocket',
      settings.members,
      () => parleySystem({ ...stored, name: 'parley websocket', rid: 2, transport: 'websocket' }),
    ],
    ['socket.io', settings.members, socketIoSystem],
    [
      'parley tcp large',
      settings.large,
      () => parleySystem({ ...stored, name: 'parley tcp large', rid: 3, transport: 'tcp' }),
    ],
  ];
  for (const [name, count, start] of candidates) {
    if (values.only !== '' && !values.only.split(',').some((wanted) => name.startsWith(wanted))) continue;
    if (count === 0) continue;
    const system = await start();
    const members = new MemberSockets(system);
    await members.open(count);
    const publisher = new Publisher(system, members);
    await publisher.open();
    groups.push({ system, members, publisher });
  }

  // The first round warms code, plans and log segments, and is not counted.
  for (let number = 0; number <= settings.rounds; number += 1) {
    for (const group of number % 2 === 0 ? groups : [...groups].reverse()) {
      for (const variant of variantsOf(group.system).filter(isWanted)) await runRound(group, variant, number);
    }
  }
  for (const [name, rows] of runs) {
    const of = (field) => round(median(rows.map((row) => row[field])));
    report.row({
      median: name,
      perServerCpuSecond: of('perServerCpuSecond'),
      perCpuSecondWithStorage: of('perCpuSecondWithStorage'),
      perSecond: of('perSecond'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
    });
  }
  compare('parley tcp, 16 in flight', 'redis, 16 in flight', 'perServerCpuSecond', 'at least 1.0');
  compare('parley tcp, 16 in flight', 'nats, 16 in flight', 'perServerCpuSecond', 'at least 1.5');
  compare('parley tcp not stored, 16 in flight', 'redis, 16 in flight', 'perServerCpuSecond', 'at least 1.0');
  compare('parley tcp not stored, 16 in flight', 'nats, 16 in flight', 'perServerCpuSecond', 'at least 1.5');
  compare('parley tcp gathered answers, 16 in flight', 'redis, 16 in flight', 'perServerCpuSecond', 'at least 1.0');
  compare('parley tcp gathered answers, 16 in flight', 'nats, 16 in flight', 'perServerCpuSecond', 'at least 1.5');
  compare('parley tcp unanswered, 16 in flight', 'redis, 16 in flight', 'perServerCpuSecond', 'for information');
  compare('parley tcp unanswered, 16 in flight', 'parley tcp, 16 in flight', 'perServerCpuSecond', 'what answers cost');
  compare('parley websocket, 16 in flight', 'socket.io, 16 in flight', 'perServerCpuSecond', 'at least 10');
  compare(
    'parley websocket gathered answers, 16 in flight',
    'socket.io, 16 in flight',
    'perServerCpuSecond',
    'at least 10',
  );
  compare('parley tcp, 1 in flight', 'redis, 1 in flight', 'p50Ms', 'at most 1.5');
  compare('parley tcp gathered answers, 1 in flight', 'redis, 1 in flight', 'p50Ms', 'at most 1.5');
  compare('parley tcp, 1 in flight', 'redis, 1 in flight', 'perServerCpuSecond', 'for information');
  compare('parley tcp large, 16 in flight', 'parley tcp, 16 in flight', 'perServerCpuSecond', 'at least 0.6');
  compare('parley tcp large, 1 in flight', 'parley tcp, 1 in flight', 'perServerCpuSecond', 'at least 0.6');
  if (values.only === '' && values.variants === '') report.save();
} finally {
  for (const { members, publisher, system } of groups) {
    members.close();
    publisher.close();
    await system.close();
  }
  await server.close();
  await databases.close();
}

function isWanted({ suffix, inFlight }) {
  return values.variants === '' || values.variants.split(',').includes(`${inFlight}${suffix}`);
}

function variantsOf(system) {
  const both = [
    { suffix: '', inFlight: 1 },
    { suffix: '', inFlight: 16 },
  ];
  if (!system.name.startsWith('parley')) return both;
  if (system.name.endsWith('large')) return both;
  return [
    ...both,
    { suffix: ' not stored', inFlight: 1, mtype: UNSTORED_MTYPE },
    { suffix: ' not stored', inFlight: 16, mtype: UNSTORED_MTYPE },
    { suffix: ' gathered answers', inFlight: 1, answers: 'gathered' },
    { suffix: ' gathered answers', inFlight: 16, answers: 'gathered' },
    { suffix: ' unanswered', inFlight: 16, answers: 'owed' },
  ];
}

async function runRound({ system, members, publisher }, variant, number) {
  const { suffix, inFlight, mtype = STORED_MTYPE, answers = 'each chunk' } = variant;
  system.mtype = mtype;
  if (system.mode !== undefined) system.mode.answers = answers;
  const share = Math.min(system.share ?? 1, (2 * settings.members) / members.sockets.length);
  const count = Math.max(Math.ceil(settings.messages[inFlight] * share), 4 * inFlight);
  const serverBefore = cpuSeconds(system.pids());
  const storageBefore = cpuSeconds(system.storagePids?.() ?? []);
  const { seconds, latencies } = await publisher.run(count, inFlight);
  // Answers that are still on their way, or being gathered, belong to the round.
  if (answers === 'gathered') await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  if (system.mode !== undefined) await settled(system);
  const serverCpu = Math.max(cpuSeconds(system.pids()) - serverBefore, TICKET_MIN_SECONDS);
  const storageCpu = cpuSeconds(system.storagePids?.() ?? []) - storageBefore;
  for (const answer of system.mode?.owed.splice(0) ?? []) answer();
  if (answers === 'owed') await settled(system);
  if (number === 0) return;
  const deliveries = count * members.sockets.length;
  latencies.sort((a, b) => a - b);
  const row = {
    round: number,
    system: `${system.name}${suffix}, ${inFlight} in flight`,
    members: members.sockets.length,
    perServerCpuSecond: Math.round(deliveries / serverCpu),
    perCpuSecondWithStorage: Math.round(deliveries / (serverCpu + storageCpu)),
    perSecond: Math.round(deliveries / seconds),
    p50Ms: round(latencies[Math.floor(latencies.length * 0.5)]),
    p99Ms: round(latencies[Math.floor(latencies.length * 0.99)]),
  };
  report.row(row);
  runs.set(row.system, [...(runs.get(row.system) ?? []), row]);
}

/** Waits until the server has nothing left to do. */
async function settled(system) {
  let last = -1;
  for (let tries = 0; tries < 100; tries += 1) {
    const now = cpuSeconds(system.pids());
    if (now - last < 0.02 && last >= 0) return;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function compare(ours, reference, field, wanted) {
  const [mine, other] = [runs.get(ours), runs.get(reference)];
  if (mine === undefined || other === undefined) return;
  const value = median(mine.map((row, index) => row[field] / other[index][field]));
  report.row({ ratio: `${ours} / ${reference}`, of: field, value: round(value), wanted });
}
