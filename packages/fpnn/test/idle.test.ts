import { describe, expect, it } from 'vitest';
import { connectTcp } from '../src/node/index.ts';
import { encodeQuest } from '../src/packet.ts';
import { closing, startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';
import { OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const QUEST = encodeQuest({ method: 'echo', params: {}, seq: 1 });

describe('an idle connection', () => {
  it('is closed between 60 and 65 seconds after its last traffic', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    clock.advance(60_000);
    expect(fixture.closed).toEqual([]);
    clock.advance(5000);
    expect(await client.takeAll()).toEqual(Buffer.alloc(0));
    expect(fixture.closed).toEqual(['idle']);
  });

  it('stays as long as the client sends, or the server does', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    for (let i = 0; i < 5; i++) {
      clock.advance(50_000);
      await client.write(encodeQuest({ method: 'notice', params: {} }));
      await fixture.until(() => fixture.quests.length === i + 2);
      clock.advance(50_000);
      fixture.connections[0]!.peer.notify('ping', {});
      await client.takePackets(1);
    }
    expect(fixture.closed).toEqual([]);
  });

  it('over WebSocket gets a close frame', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const socket = await RawWebSocket.connect(fixture.port);
    clock.advance(59_000);
    await socket.send(OPCODES.ping, new Uint8Array(0));
    expect((await socket.take()).opcode).toBe(OPCODES.pong);
    clock.advance(59_000);
    expect(fixture.closed).toEqual([]);
    clock.advance(6000);
    expect(await socket.take()).toMatchObject({ opcode: OPCODES.close, payload: Buffer.of(0x03, 0xe9) });
    await socket.client.takeAll();
    expect(fixture.closed).toEqual(['idle']);
  });

  it('is not one that still takes a long write, however slowly', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock, outputMaxBytes: 100_000_000 });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    client.socket.pause();
    fixture.connections[0]!.peer.sendEncoded(new Uint8Array(50_000_000));
    for (let i = 1; i <= 4; i++) {
      await new Promise(setImmediate);
      clock.advance(65_000);
      expect(fixture.closed).toEqual([]);
      client.socket.resume();
      await client.take(5_000_000);
      client.socket.pause();
    }
    await new Promise(setImmediate);
    clock.advance(200_000);
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['idle']);
    client.socket.destroy();
  });

  it('is never closed with a timeout of 0', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock, idleTimeoutMs: 0 });
    const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
    await peer.quest('echo', {});
    clock.advance(86_400_000);
    await peer.quest('echo', {});
    expect(fixture.closed).toEqual([]);
  });
});
