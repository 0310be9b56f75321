// Durable P2P between users who are online: sent over the client gate, stored, answered, pushed to the receiver, and the
// push answered by it; against the bare path of durable-send.mjs, which only stores and answers. Alternating on one
// PostgreSQL.
//   node bench/p2p-online.mjs [--rounds 5] [--messages 60000] [--pairs 64] [--in-flight 8]
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { MemberSockets } from './support/fan-out/member-sockets.mjs';
import { createPushTaker, greeting, loginParams, quest, TCP } from './support/fan-out/parley-wire.mjs';
import { runLoad } from './support/load.mjs';
import { cpuSeconds, familyOf } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';
import { sendFrames } from './support/send-frames.mjs';
import { startBareServer, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '60000' },
    pairs: { type: 'string', default: '64' },
    'in-flight': { type: 'string', default: '8' },
  },
});
const settings = {
  rounds: Number(values.rounds),
  messages: Number(values.messages),
  pairs: Number(values.pairs),
  inFlight: Number(values['in-flight']),
  textBytes: 200,
};
const FIRST_SENDER = 1_000_000;
const FIRST_RECEIVER = 2_000_000;
const TEXT = 'x'.repeat(settings.textBytes);
let lastMid = BigInt(Date.now()) << 22n;

const report = new Report('p2p-online', settings);
const databases = await startDatabases(['ours', 'bare'], { min_wal_size: '2GB' });
const bare = await startBareServer(databases.urlOf('bare'));
const parley = await startParley(databases.urlOf('ours'), databases.directory);
const receivers = new MemberSockets({
  name: 'parley',
  port: parley.clientPort,
  greet: (index) => greeting(TCP, FIRST_RECEIVER + index, []),
  createTaker: (socket) => createPushTaker(TCP, socket, { answers: 'each chunk', owed: [] }),
});
const load = { connections: settings.pairs, inFlight: settings.inFlight };
const runs = { bare: [], parley: [] };
let senders = [];
try {
  await receivers.open(settings.pairs);
  senders = await Promise.all(Array.from({ length: settings.pairs }, (_, index) => logIn(FIRST_SENDER + index)));
  const runners = {
    bare: () => runLoad({ ...load, port: bare.port, frames: sendFrames(settings.messages, settings.pairs) }),
    parley: runOnline,
  };
  // The first round warms code, plans and log segments, and is not counted.
  for (let number = 0; number <= settings.rounds; number += 1) {
    for (const name of number % 2 === 0 ? ['bare', 'parley'] : ['parley', 'bare']) {
      const { pid } = name === 'bare' ? bare : parley;
      const serverBefore = cpuSeconds([pid]);
      const databaseBefore = cpuSeconds(familyOf(databases.pid));
      const result = await runners[name]();
      const perMessage = (seconds) => round((seconds * 1e6) / settings.messages);
      if (result.errors > 0) throw new Error(`${name} refused ${result.errors} messages`);
      if (number === 0) continue;
      const row = {
        round: number,
        server: name,
        messagesPerSecond: Math.round(result.perSecond),
        p50Ms: round(result.p50Ms),
        p99Ms: round(result.p99Ms),
        serverCpuUs: perMessage(cpuSeconds([pid]) - serverBefore),
        databaseCpuUs: perMessage(cpuSeconds(familyOf(databases.pid)) - databaseBefore),
      };
      runs[name].push(row);
      report.row(row);
    }
  }
  const ratio = (field) => round(median(runs.parley.map((row, index) => row[field] / runs.bare[index][field])));
  report.row({
    ratio: 'parley / bare, median of the rounds',
    messagesPerSecond: ratio('messagesPerSecond'),
    p99Ms: ratio('p99Ms'),
    serverCpuUs: ratio('serverCpuUs'),
    databaseCpuUs: ratio('databaseCpuUs'),
    wanted: 'messagesPerSecond at least 0.6',
  });
  report.save();
} finally {
  receivers.close();
  for (const socket of senders) socket.destroy();
  await bare.close();
  await parley.close();
  await databases.close();
}

/** Every sender writes to its receiver; the round ends when all messages are answered and have arrived. */
async function runOnline() {
  const frames = Array.from({ length: settings.messages }, (_, index) => {
    const to = FIRST_RECEIVER + (index % settings.pairs);
    return quest(TCP, 'sendmsg', { to, mid: (lastMid += 1n), mtype: 51, msg: TEXT, attrs: '' });
  });
  receivers.restart();
  const startedAt = performance.now();
  const result = await runLoad({ ...load, frames, sockets: senders });
  let last = -1;
  while (receivers.bytes !== last) {
    last = receivers.bytes;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const pushBytes = receivers.bytes / settings.messages;
  if (!Number.isInteger(pushBytes) || pushBytes < settings.textBytes) throw new Error('not every message was pushed');
  return {
    ...result,
    perSecond: Math.min(result.perSecond, (settings.messages * 1000) / (performance.now() - startedAt)),
  };
}

async function logIn(uid) {
  const socket = connect({ port: parley.clientPort, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.write(quest(TCP, 'auth', loginParams(uid)));
  await once(socket, 'data');
  return socket;
}
