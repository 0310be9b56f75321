// Memory of a listener per idle connection. The listener runs in a process of its own, connections come over loopback.
//
//   npx tsc -b packages/fpnn && node packages/fpnn/bench/idle-connections.mjs [connections] [tcp|websocket|encrypted]
//
// Prints one JSON object. Every connection has asked one *ping before it falls silent. The kernel's part is not counted.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { encodeQuest } from '../dist/index.js';
import { connectTcp, FpnnListener, ServerKey } from '../dist/node/index.js';

const HOST = '127.0.0.1';
const AT_ONCE = 50;
const PING = encodeQuest({ method: '*ping', params: {}, seq: 1 });

if (process.send === undefined) await measure(Number(process.argv[2] ?? 5000), process.argv[3] ?? 'tcp');
else await serve();

async function serve() {
  const key = ServerKey.generate();
  const listener = new FpnnListener({
    host: HOST,
    port: 0,
    idleTimeoutMs: 600_000,
    encryption: key,
    onConnection: () => ({ onQuest: (quest) => quest.answer({}) }),
  });
  const { port } = await listener.listen();
  process.on('message', () => {
    for (let i = 0; i < 5; i++) globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heapUsed, external, connections: listener.connectionCount });
  });
  process.on('disconnect', () => process.exit());
  process.send({ port, pem: key.publicPem() });
}

async function measure(count, kind) {
  const server = fork(new URL(import.meta.url), { execArgv: ['--expose-gc'] });
  const [address] = await once(server, 'message');
  const open = () => Promise.all(Array.from({ length: AT_ONCE }, () => openOne(kind, address)));
  // Code is compiled and pools are filled before the first look.
  for (const close of await open()) close();
  await sleep(200);
  const before = await memoryOf(server);
  const closers = [];
  while (closers.length < count) closers.push(...(await open()));
  await sleep(1000);
  const after = await memoryOf(server);
  const perConnection = (field) => Math.round((after[field] - before[field]) / closers.length);
  console.log(
    JSON.stringify({
      bench: 'idle-connections',
      kind,
      connections: after.connections,
      rssBytesPerConnection: perConnection('rss'),
      heapBytesPerConnection: perConnection('heapUsed'),
      externalBytesPerConnection: perConnection('external'),
      rssBytes: after.rss,
    }),
  );
  server.disconnect();
  for (const close of closers) close();
}

async function memoryOf(server) {
  server.send('memory');
  const [memory] = await once(server, 'message');
  return memory;
}

async function openOne(kind, { port, pem }) {
  if (kind === 'encrypted') {
    const peer = await connectTcp({ host: HOST, port, encryption: { publicKey: pem } });
    await peer.quest('*ping', {});
    return () => peer.close();
  }
  if (kind === 'websocket') {
    const socket = new WebSocket(`ws://${HOST}:${port}/service/websocket`);
    await once(socket, 'open');
    socket.send(PING);
    await once(socket, 'message');
    return () => socket.terminate();
  }
  const socket = connect({ host: HOST, port });
  await once(socket, 'connect');
  socket.write(PING);
  await once(socket, 'data');
  return () => socket.destroy();
}
