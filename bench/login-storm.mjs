// Many users who connect and log in at the same moment, each with a token from the server gate, in two groups and one room
// that the back end gave them.
//   node bench/login-storm.mjs [--users 5000]
import { parseArgs } from 'node:util';
import { RawCaller } from '@parley/testkit/internal';
import { openSocket } from './support/fan-out/member-sockets.mjs';
import { quest, TCP } from './support/fan-out/parley-wire.mjs';
import { cpuSeconds, familyOf } from './support/processes.mjs';
import { Report, round } from './support/report.mjs';
import { metricOf, PROJECT, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({ options: { users: { type: 'string', default: '5000' } } });
const settings = { users: Number(values.users), groupsPerUser: 2, roomsPerUser: 1 };
const MEMBERS_PER_CALL = 100;
/** `ok: true` in MessagePack. */
const ACCEPTED = Buffer.from([0xa2, 0x6f, 0x6b, 0xc3]);

const report = new Report('login-storm', settings);
const databases = await startDatabases(['ours']);
const server = await startParley(databases.urlOf('ours'), databases.directory);
const sockets = [];
try {
  const uids = Array.from({ length: settings.users }, (_, index) => 1 + index);
  const tokens = await prepare(uids);
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const serverBefore = cpuSeconds([server.pid]);
  const databaseBefore = cpuSeconds(familyOf(databases.pid));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const outcomes = await Promise.all(uids.map((uid, index) => logIn(uid, tokens[index], buffer)));
  const seconds = (performance.now() - startedAt) / 1000;
  const serverCpu = cpuSeconds([server.pid]) - serverBefore;
  const databaseCpu = cpuSeconds(familyOf(databases.pid)) - databaseBefore;
  const latencies = outcomes.filter(({ isOnline }) => isOnline).map(({ ms }) => ms);
  latencies.sort((a, b) => a - b);
  report.row({
    users: settings.users,
    errors: settings.users - latencies.length,
    online: await metricOf(server, 'parley_sessions'),
    seconds: round(seconds),
    clientCpuSeconds: round(process.cpuUsage(cpuBefore).user / 1e6 + process.cpuUsage(cpuBefore).system / 1e6),
    p50Ms: round(latencies[Math.floor(latencies.length * 0.5)]),
    p99Ms: round(latencies[Math.floor(latencies.length * 0.99)]),
    serverCpuUs: round((serverCpu * 1e6) / settings.users),
    databaseCpuUs: round((databaseCpu * 1e6) / settings.users),
    wanted: 'no errors, p99Ms below 5000',
  });
  report.save();
} finally {
  for (const socket of sockets) socket.destroy();
  await server.close();
  await databases.close();
}

/** Fills groups and rooms. @returns a token for each user. */
async function prepare(uids) {
  const caller = await RawCaller.connect({ host: '127.0.0.1', port: server.port }, PROJECT);
  for (let first = 0; first < uids.length; first += MEMBERS_PER_CALL) {
    const some = uids.slice(first, first + MEMBERS_PER_CALL);
    await caller.call('addgroupmembers', { gid: 1 + first, uids: some });
    await caller.call('addgroupmembers', { gid: 1_000_000 + first, uids: some });
    await caller.call('addroommembers', { rid: 1 + first, uids: some });
  }
  const tokens = await Promise.all(uids.map(async (uid) => (await caller.call('gettoken', { uid })).get('token')));
  caller.close();
  return tokens;
}

/** The time from the first packet of the connection attempt to the answer of the login. */
async function logIn(uid, token, buffer) {
  const startedAt = performance.now();
  let isOnline = false;
  const until = (received) => {
    isOnline = received.includes(ACCEPTED);
    return received.length >= 16;
  };
  const params = { pid: PROJECT.pid, uid, token, version: 'WebSocket_2.7.6' };
  try {
    sockets.push(
      await openSocket(server.clientPort, buffer, [{ send: quest(TCP, 'auth', params), until }], () => () => {}),
    );
  } catch {
    isOnline = false;
  }
  return { isOnline, ms: performance.now() - startedAt };
}
