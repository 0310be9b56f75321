// What the fan-out benchmark compares. Each system has a `port`, the `pids` whose CPU time counts, `greet(index)` for its
// members, `publisher()` with the greeting of the one who publishes, and `publish(number)` with the bytes of a message.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RawString } from '@parley/fpnn';
import { familyOf } from '../processes.mjs';
import {
  createPushTaker,
  endsHeaders,
  frameMasked,
  greeting,
  quest,
  TCP,
  upgradeRequest,
  WEBSOCKET,
} from './parley-wire.mjs';

const SOCKET_IO_SERVER = fileURLToPath(new URL('socket-io-server.mjs', import.meta.url));
export const TEXT = 'x'.repeat(250);
/** The type that the bench's project stores, and one that it does not. */
export const STORED_MTYPE = 51;
export const UNSTORED_MTYPE = 52;
let lastUid = 1_000_000;
let lastMid = BigInt(Date.now()) << 20n;

/**
 * Parley over one transport, for members of one room.
 *
 * @param {{ name: string, server: object, database: object, rid: number, mtype: number, transport: 'tcp' | 'websocket' }} options
 */
export function parleySystem({ name, server, database, rid, mtype, transport }) {
  const wire = transport === 'tcp' ? TCP : WEBSOCKET;
  const mode = { answers: 'each chunk', owed: [] };
  return {
    name,
    port: server.clientPort,
    pids: () => [server.pid],
    storagePids: () => familyOf(database.pid),
    mode,
    mtype,
    greet: () => greeting(wire, (lastUid += 1), [rid]),
    createTaker: (socket) => createPushTaker(wire, socket, mode),
    publisher: () => greeting(wire, (lastUid += 1), [rid]),
    publish() {
      const text = new RawString(Buffer.from(TEXT));
      return quest(wire, 'sendroommsg', { rid, mid: (lastMid += 1n), mtype: this.mtype, msg: text, attrs: '' });
    },
    close: async () => {},
  };
}

export async function redisSystem() {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxclients',
    '15000',
  ];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  await reachable(port);
  return {
    name: 'redis',
    port,
    pids: () => [child.pid],
    greet: () => [{ send: 'SUBSCRIBE room\r\n', until: (received) => received.includes(':1\r\n') }],
    publisher: () => [{ send: 'PING\r\n', until: (received) => received.includes('PONG') }],
    publish: () => `PUBLISH room ${TEXT}\r\n`,
    close: () => stop(child),
  };
}

export async function natsSystem() {
  const port = await freePort();
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await reachable(port);
  const isAnswered = (received) => received.includes('PONG\r\n');
  return {
    name: 'nats',
    port,
    pids: () => [child.pid],
    greet: () => [{ send: 'CONNECT {"verbose":false}\r\nSUB room 1\r\nPING\r\n', until: isAnswered }],
    // A server that has just started asks each client once for its round trip time; the wait takes that out of the count.
    settleMs: 3000,
    publisher: () => [{ send: 'CONNECT {"verbose":false}\r\nPING\r\n', until: isAnswered }],
    publish: () => `PUB room ${TEXT.length}\r\n${TEXT}\r\n`,
    close: () => stop(child),
  };
}

export async function socketIoSystem() {
  const child = spawn(process.execPath, [SOCKET_IO_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const open = [
    {
      send: upgradeRequest('/socket.io/?EIO=4&transport=websocket'),
      until: (received) => received.includes('pingInterval') && endsHeaders(received),
    },
    { send: frameMasked(Buffer.from('40'), 0x1), until: (received) => received.includes('40{"sid"') },
  ];
  return {
    name: 'socket.io',
    // It is that much slower; a round should take as long as those of the others.
    share: 0.1,
    port: Number(line),
    pids: () => [child.pid],
    greet: () => [
      ...open,
      { send: frameMasked(Buffer.from('420["enter"]'), 0x1), until: (received) => received.includes('430') },
    ],
    publisher: () => open,
    publish: () => frameMasked(Buffer.from(`42["say","${TEXT}"]`), 0x1),
    close: () => stop(child),
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function reachable(port) {
  const { connect } = await import('node:net');
  for (let tries = 0; tries < 200; tries += 1) {
    const isUp = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => setTimeout(resolve, 25, false));
      socket.once('connect', () => socket.destroy());
    });
    if (isUp) return;
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
