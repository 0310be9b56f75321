import { describe, expect, it } from 'vitest';
import { encodeQuest } from '../src/packet.ts';
import { type ListenerFixture, startListener } from './support/listener-fixture.ts';
import { encodeClientFrame, OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const QUEST = encodeQuest({ method: 'echo', params: {}, seq: 1 });

/** Connects over either transport; what it sends are copies of one quest. */
async function openClient(fixture: ListenerFixture, transport: 'tcp' | 'websocket') {
  if (transport === 'tcp') return { client: await fixture.connectRaw(), message: QUEST };
  const { client } = await RawWebSocket.connect(fixture.port);
  return { client, message: encodeClientFrame(OPCODES.binary, QUEST) };
}

function repeated(message: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => message));
}

/** Waits until the listener takes nothing more in, as far as one can tell. */
async function quiet(fixture: ListenerFixture): Promise<void> {
  let seen = -1;
  while (fixture.quests.length !== seen) {
    seen = fixture.quests.length;
    for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  }
}

describe.each(['tcp', 'websocket'] as const)('over %s', (transport) => {
  it('a client with inFlightMax unanswered quests is not read on, until one is answered', async () => {
    const fixture = await startListener({ inFlightMax: 10 }, () => {});
    const { client, message } = await openClient(fixture, transport);
    await client.write(repeated(message, 1000));
    await quiet(fixture);
    expect(fixture.quests).toHaveLength(10);
    fixture.quests[3]!.answer({});
    await fixture.until(() => fixture.quests.length === 11);
    await quiet(fixture);
    expect(fixture.quests).toHaveLength(11);
    while (fixture.quests.length < 1000) {
      for (const quest of fixture.quests) quest.answer({});
      await fixture.until(() => true);
      await new Promise(setImmediate);
    }
    expect(fixture.closed).toEqual([]);
  });

  it('one-way quests do not count as unanswered', async () => {
    const fixture = await startListener({ inFlightMax: 1 }, () => {});
    const { client } = await openClient(fixture, transport);
    const notice = encodeQuest({ method: 'notice', params: {} });
    await client.write(repeated(transport === 'tcp' ? notice : encodeClientFrame(OPCODES.binary, notice), 100));
    await fixture.until(() => fixture.quests.length === 100);
  });

  it('a client that asks without reading has to wait, and loses nothing', async () => {
    const text = 'x'.repeat(100_000);
    const fixture = await startListener({ outputMaxBytes: 4_000_000 }, (quest) => quest.answer({ text }));
    const { client, message } = await openClient(fixture, transport);
    client.socket.pause();
    const count = 500;
    await client.write(repeated(message, count));
    await quiet(fixture);
    // What is not read lies in the buffers of the system, which take a few megabytes, and in ours.
    expect(fixture.quests.length).toBeLessThan(200);
    expect(fixture.connections[0]!.peer.isClosed).toBe(false);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      client.socket.on('data', (chunk) => {
        received += chunk.length;
        if (received >= count * text.length) resolve();
      });
    });
    client.socket.resume();
    await all;
    expect(fixture.quests).toHaveLength(count);
    expect(fixture.closed).toEqual([]);
  });

  it('a slow reader is closed once outputMaxBytes wait for it', async () => {
    const fixture = await startListener({ outputMaxBytes: 1_000_000 });
    const { client, message } = await openClient(fixture, transport);
    await client.write(message);
    await fixture.until(() => fixture.quests.length === 1);
    client.socket.pause();
    const push = encodeQuest({ method: 'push', params: { text: 'x'.repeat(50_000) } });
    const [connection] = fixture.connections;
    let pushed = 0;
    while (fixture.closed.length === 0) {
      connection!.peer.sendEncoded(push);
      pushed += 1;
      await new Promise(setImmediate);
    }
    expect(fixture.closed).toEqual(['slow-reader']);
    expect(fixture.violations).toEqual([]);
    expect(pushed * push.length).toBeGreaterThan(1_000_000);
    expect(connection!.peer.isClosed).toBe(true);
    client.socket.destroy();
  });

  it('what the system takes at once does not count, however much is sent in one turn', async () => {
    const fixture = await startListener({ outputMaxBytes: 400_000 });
    const { client, message } = await openClient(fixture, transport);
    await client.write(message);
    await fixture.until(() => fixture.quests.length === 1);
    const push = encodeQuest({ method: 'push', params: { text: 'x'.repeat(10_000) } });
    for (let i = 0; i < 100; i++) fixture.connections[0]!.peer.sendEncoded(push);
    await client.take(100 * push.length);
    expect(fixture.closed).toEqual([]);
  });

  it('one answer may fill outputMaxBytes, but not exceed it', async () => {
    const fixture = await startListener({ outputMaxBytes: 10_000 }, (quest) => {
      quest.answer({ blob: new Uint8Array(fixture.quests.length === 1 ? 9_900 : 10_000) });
    });
    const { client, message } = await openClient(fixture, transport);
    await client.write(message);
    await client.take(9_900);
    expect(fixture.closed).toEqual([]);
    await client.write(message);
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['slow-reader']);
  });
});

it('a WebSocket client that pings without reading the pongs has to wait, and gets all of them', async () => {
  const fixture = await startListener({ outputMaxBytes: 1_000_000 });
  const { client } = await RawWebSocket.connect(fixture.port);
  client.socket.pause();
  const count = 100_000;
  client.socket.write(repeated(encodeClientFrame(OPCODES.ping, new Uint8Array(125)), count));
  await quiet(fixture);
  // What is not read lies in the buffers of the system, which take a few megabytes.
  expect(client.socket.writableLength).toBeGreaterThan(0);
  let received = 0;
  const all = new Promise<void>((resolve) => {
    client.socket.on('data', (chunk) => {
      received += chunk.length;
      if (received >= count * 127) resolve();
    });
  });
  client.socket.resume();
  await all;
  expect(fixture.closed).toEqual([]);
});
