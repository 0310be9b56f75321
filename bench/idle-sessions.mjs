// Memory of the server per idle connection that is logged in, over WebSocket.
//   node bench/idle-sessions.mjs [--connections 10000]
import { parseArgs } from 'node:util';
import { MemberSockets } from './support/fan-out/member-sockets.mjs';
import { createPushTaker, greeting, WEBSOCKET } from './support/fan-out/parley-wire.mjs';
import { settledMemory } from './support/processes.mjs';
import { Report, round } from './support/report.mjs';
import { metricOf, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({ options: { connections: { type: 'string', default: '10000' } } });
const settings = { connections: Number(values.connections) };

const report = new Report('idle-sessions', settings);
const databases = await startDatabases(['ours']);
const server = await startParley(databases.urlOf('ours'), databases.directory);
const sessions = new MemberSockets({
  name: 'parley websocket',
  port: server.clientPort,
  greet: (index) => greeting(WEBSOCKET, 1 + index, []),
  // Pings are answered, or the sessions would be closed.
  createTaker: (socket) => createPushTaker(WEBSOCKET, socket, { answers: 'each chunk', owed: [] }),
});
try {
  const before = await settledMemory(server.pid);
  await sessions.open(settings.connections);
  const after = await settledMemory(server.pid);
  const online = await metricOf(server, 'parley_sessions');
  if (online !== settings.connections) throw new Error(`only ${online} sessions are online`);
  report.row({
    connections: settings.connections,
    kBPerSession: round((after - before) / settings.connections / 1000),
    wanted: 'at most 20',
  });
  report.save();
} finally {
  sessions.close();
  await server.close();
  await databases.close();
}
