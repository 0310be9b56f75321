// Durable send and answer: Parley against the bare path, alternating on one PostgreSQL.
//   node bench/durable-send.mjs [--rounds 5] [--messages 100000] [--connections 64] [--in-flight 8]
import { parseArgs } from 'node:util';
import { runLoad } from './support/load.mjs';
import { cpuSeconds, familyOf } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';
import { sendFrames } from './support/send-frames.mjs';
import { startBareServer, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '64' },
    'in-flight': { type: 'string', default: '8' },
  },
});
const settings = {
  rounds: Number(values.rounds),
  messages: Number(values.messages),
  connections: Number(values.connections),
  inFlight: Number(values['in-flight']),
  conversations: 2000,
  textBytes: 200,
};

const report = new Report('durable-send', settings);
const databases = await startDatabases(['ours', 'bare'], { min_wal_size: '2GB' });
const servers = [
  await startBareServer(databases.urlOf('bare')),
  await startParley(databases.urlOf('ours'), databases.directory),
];
const runs = { bare: [], parley: [] };
try {
  // The first round warms code, plans and log segments, and is not counted.
  for (let number = 0; number <= settings.rounds; number += 1) {
    for (const server of number % 2 === 0 ? servers : [...servers].reverse()) {
      const frames = sendFrames(settings.messages, settings.conversations);
      const serverBefore = cpuSeconds([server.pid]);
      const databaseBefore = cpuSeconds(familyOf(databases.pid));
      const result = await runLoad({ ...settings, port: server.port, frames });
      const perMessage = (seconds) => round((seconds * 1e6) / settings.messages);
      if (result.errors > 0) throw new Error(`${server.name} refused ${result.errors} messages`);
      if (number === 0) continue;
      const row = {
        round: number,
        server: server.name,
        messagesPerSecond: Math.round(result.perSecond),
        p50Ms: round(result.p50Ms),
        p99Ms: round(result.p99Ms),
        serverCpuUs: perMessage(cpuSeconds([server.pid]) - serverBefore),
        databaseCpuUs: perMessage(cpuSeconds(familyOf(databases.pid)) - databaseBefore),
      };
      runs[server.name].push(row);
      report.row(row);
    }
  }
  const ratio = (field) => round(median(runs.parley.map((row, i) => row[field] / runs.bare[i][field])));
  report.row({
    ratio: 'parley / bare, median of the rounds',
    messagesPerSecond: ratio('messagesPerSecond'),
    p99Ms: ratio('p99Ms'),
    serverCpuUs: ratio('serverCpuUs'),
    databaseCpuUs: ratio('databaseCpuUs'),
    wanted: 'messagesPerSecond at least 0.75, p99Ms below 4',
  });
  report.save();
} finally {
  for (const server of servers) await server.close();
  await databases.close();
}
