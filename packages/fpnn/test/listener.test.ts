import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { connectTcp, FpnnListener } from '../src/node/index.ts';
import { encodeQuest } from '../src/packet.ts';
import { closing, echo, startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';
import { OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const TLS = {
  key: readFileSync(new URL('./fixtures/tls-key.pem', import.meta.url)),
  cert: readFileSync(new URL('./fixtures/tls-cert.pem', import.meta.url)),
};
const QUEST = encodeQuest({ method: 'echo', params: {}, seq: 1 });

/** Connects as an SDK does that tries again after a refused connection. */
async function retried<T>(connect: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await connect();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

describe('FpnnListener', () => {
  it('keeps connections when it stops accepting', async () => {
    const fixture = await startListener();
    const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
    await peer.quest('echo', {});
    const http = await fixture.connectRaw();
    await http.write('GET /service/a HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await http.takeThrough('{}')).not.toContain('Connection: close');
    await fixture.listener.stopAccepting();
    await expect(connectTcp({ host: '127.0.0.1', port: fixture.port })).rejects.toMatchObject({
      code: FPNN_CODES.connectionClosed,
    });
    expect((await peer.quest('echo', { still: 1 })).get('still')).toBe(1);
    await http.write('GET /service/a HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await http.takeThrough('{}')).toContain('Connection: close');
    await http.takeAll();
    expect(fixture.listener.connectionCount).toBe(1);
  });

  it('closes all kinds of connections, with what is queued', async () => {
    const fixture = await startListener();
    const silent = await fixture.connectRaw();
    const tcp = await fixture.connectRaw();
    await tcp.write(QUEST);
    await tcp.takePackets(1);
    const webSocket = await RawWebSocket.connect(fixture.port);
    const http = await fixture.connectRaw();
    await http.write('GET /service/a HTTP/1.1\r\nHost: x\r\n\r\n');
    await http.takeThrough('{}');
    expect(fixture.listener.connectionCount).toBe(4);
    fixture.connections[0]!.peer.notify('bye', {});
    await Promise.all([fixture.listener.close(), fixture.listener.close()]);
    expect(await tcp.takePackets(1)).toMatchObject([{ method: 'bye' }]);
    expect(await webSocket.take()).toMatchObject({ opcode: OPCODES.close, payload: Buffer.of(0x03, 0xe9) });
    await Promise.all([silent, tcp, webSocket.client, http].map((client) => client.takeAll()));
    expect(fixture.closed).toEqual(['shutdown', 'shutdown', 'shutdown', 'shutdown']);
    expect(fixture.listener.connectionCount).toBe(0);
    await fixture.listener.close();
  });

  it('breaks off connections that do not take what is queued', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock, outputMaxBytes: 100_000_000 });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    client.socket.pause();
    const big = encodeQuest({ method: 'big', params: { blob: new Uint8Array(8_000_000) } });
    for (let i = 0; i < 5; i++) fixture.connections[0]!.peer.sendEncoded(big);
    const closed = fixture.listener.close();
    await new Promise(setImmediate);
    expect(fixture.listener.connectionCount).toBe(1);
    clock.advance(10_000);
    await closed;
    expect(fixture.closed).toEqual(['shutdown']);
    client.socket.destroy();
  });

  it.each(['tcp', 'tls'] as const)('with connectionsMax refuses connections until there is room: %s', async (kind) => {
    const tls = kind === 'tls' ? { tls: TLS } : {};
    const clientTls = kind === 'tls' ? { tls: { rejectUnauthorized: false } } : {};
    let timesFull = 0;
    const onFull = () => void (timesFull += 1);
    const fixture = await startListener({ connectionsMax: 2, onFull, ...tls });
    const connect = () => connectTcp({ host: '127.0.0.1', port: fixture.port, ...clientTls });
    const peers = [closing(await connect()), closing(await connect())];
    for (const peer of peers) await peer.quest('echo', {});
    expect(timesFull).toBe(1);
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(connect()).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
    }
    expect((await peers[1]!.quest('echo', { still: 1 })).get('still')).toBe(1);
    peers[0]!.close();
    const third = closing(await retried(connect));
    await third.quest('echo', {});
    expect(timesFull).toBe(2);
    await expect(connect()).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
    // Nobody was accepted and dropped.
    expect(fixture.closed).toEqual(['peer']);
  });

  it('stays closed when room comes after it has stopped accepting', async () => {
    const fixture = await startListener({ connectionsMax: 1 });
    const connect = () => connectTcp({ host: '127.0.0.1', port: fixture.port });
    const peer = closing(await connect());
    await peer.quest('echo', {});
    await fixture.listener.stopAccepting();
    peer.close();
    await fixture.until(() => fixture.closed.length === 1);
    await new Promise(setImmediate);
    await expect(connect()).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
  });

  it('reports a port that is taken', async () => {
    const fixture = await startListener();
    await expect(startListener({ port: fixture.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('can be closed without ever having listened', async () => {
    const listener = new FpnnListener({ host: '127.0.0.1', port: 0, onConnection: () => ({ onQuest: echo }) });
    await listener.close();
    await listener.close();
  });
});
