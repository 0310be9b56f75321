import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ConnectionEnd, RtmServerClient } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

let client: RtmServerClient | undefined;

afterEach(async () => {
  await client?.close();
});

test('pings of the gate are answered', async () => {
  const gate = await RecordingGate.start();
  client = gate.createClient();
  await client.addRoomMember(1, 2);
  const { peer } = gate.connections[0]!;
  expect(await peer.quest('ping', {})).toEqual(new Map());
  await expect(peer.quest('pushmsg', {})).rejects.toMatchObject({ code: 20004 });
  await client.close();
  await gate.close();
});

test('pings keep an idle connection', async () => {
  const gate = await RecordingGate.start({ idleTimeoutMs: 200 });
  const ends: ConnectionEnd[] = [];
  client = gate.createClient({ keepAliveMs: 50, onClosed: (end) => ends.push(end) });
  await client.connect();
  // A second client that does not ping is closed as idle meanwhile: the measure of time in this test.
  await new Promise<void>((resolve) => {
    const idle = gate.createClient({ keepAliveMs: 0, onClosed: () => resolve(idle.close()) });
    idle.addRoomMember(1, 2).catch(() => {});
  });
  expect(ends).toEqual([]);
  await client.close();
  await gate.close();
});

test('a connection whose other side fell silent is closed and opened again', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const gate = await RecordingGate.start();
  await new Promise<void>((resolve) => {
    client = gate.createClient({ endpoint: `127.0.0.1:${port}`, keepAliveMs: 20, onClosed: () => resolve() });
    client.connect().catch(() => {});
  });
  await client!.close();
  expect(sockets.length).toBeGreaterThanOrEqual(1);
  for (const socket of sockets) socket.destroy();
  await Promise.all([gate.close(), new Promise((resolve) => server.close(resolve))]);
});
