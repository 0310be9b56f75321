// Memory of the server per idle connection, against a bare node:net server that holds the same connections.
//   node bench/idle-memory.mjs [--connections 5000]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { encodeQuest } from '@parley/fpnn';
import { settledMemory } from './support/processes.mjs';
import { Report, round } from './support/report.mjs';
import { startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({ options: { connections: { type: 'string', default: '5000' } } });
const settings = { connections: Number(values.connections) };
const BARE = "const s=require('net').createServer(()=>{}).listen(0,'127.0.0.1',()=>console.log(s.address().port))";
const PING = encodeQuest({ method: '*ping', params: {}, seq: 1 });

const report = new Report('idle-memory', settings);
const databases = await startDatabases(['ours']);
const parley = await startParley(databases.urlOf('ours'), databases.directory);
const bare = spawn(process.execPath, ['-e', BARE], { stdio: ['ignore', 'pipe', 'inherit'] });
const barePort = Number((await once(bare.stdout, 'data'))[0].toString());
try {
  report.row({ server: 'node:net', ...(await measure(bare.pid, barePort, undefined)) });
  report.row({
    server: 'parley',
    ...(await measure(parley.pid, parley.port, PING)),
    wanted: 'kBPerConnection at most 15',
  });
  report.save();
} finally {
  bare.kill();
  await parley.close();
  await databases.close();
}

/** @param greeting sent once on each connection; its answer shows that the server has set the connection up */
async function measure(pid, port, greeting) {
  const before = await settledMemory(pid);
  const sockets = [];
  for (let opened = 0; opened < settings.connections; opened += 100) {
    sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(port, greeting)))));
  }
  const after = await settledMemory(pid);
  for (const socket of sockets) socket.destroy();
  return { connections: settings.connections, kBPerConnection: round((after - before) / settings.connections / 1000) };
}

async function open(port, greeting) {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  if (greeting !== undefined) {
    socket.write(greeting);
    await once(socket, 'data');
  }
  return socket;
}
