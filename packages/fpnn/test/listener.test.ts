import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { connectTcp, FpnnListener } from '../src/node/index.ts';
import { encodeQuest } from '../src/packet.ts';
import { closing, echo, startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';
import { OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const QUEST = encodeQuest({ method: 'echo', params: {}, seq: 1 });

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

  it('refuses more than connectionsMax', async () => {
    const fixture = await startListener({ connectionsMax: 2 });
    const clients = [await fixture.connectRaw(), await fixture.connectRaw()];
    for (const client of clients) {
      await client.write(QUEST);
      await client.takePackets(1);
    }
    const third = await fixture.connectRaw();
    expect(await third.takeAll()).toEqual(Buffer.alloc(0));
    expect(fixture.closed).toEqual(['too-many']);
    clients[0]!.socket.destroy();
    await fixture.until(() => fixture.closed.length === 2);
    const fourth = await fixture.connectRaw();
    await fourth.write(QUEST);
    await fourth.takePackets(1);
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
