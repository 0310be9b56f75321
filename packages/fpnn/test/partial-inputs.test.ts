import { describe, expect, it } from 'vitest';
import { encodeQuest } from '../src/packet.ts';
import { type ListenerFixture, startListener } from './support/listener-fixture.ts';
import type { RawClient } from './support/raw-client.ts';
import { encodeClientFrame, OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const PART_BYTES = 300_000;
const LIMITS = { packetMaxBytes: 500_000, partialInputMaxBytes: 1_450_000 };
const TEXT = 'x'.repeat(400_000);
const QUEST = encodeQuest({ method: 'echo', params: { text: TEXT }, seq: 1 });
const SMALL = encodeQuest({ method: 'echo', params: {}, seq: 2 });
const HALF_FRAMES = [
  encodeClientFrame(OPCODES.binary, QUEST.subarray(0, PART_BYTES), { isFinal: false }),
  encodeClientFrame(OPCODES.continuation, QUEST.subarray(PART_BYTES)),
];
const BODY = JSON.stringify({ text: TEXT });
const REQUEST = Buffer.from(`POST /service/echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);

type Client = { raw: RawClient; message: Uint8Array };

const openTcp = async (fixture: ListenerFixture) => ({ raw: await fixture.connectRaw(), message: QUEST });
const openWebSocket = (message: Uint8Array) => async (fixture: ListenerFixture) => ({
  raw: (await RawWebSocket.connect(fixture.port)).client,
  message,
});

/** Sends the first part of a message, and waits until it is kept or some connection was closed. */
async function sendPart(fixture: ListenerFixture, { raw, message }: Client): Promise<void> {
  const { listener, closed } = fixture;
  const wanted = listener.partialInputBytes + PART_BYTES;
  const closedBefore = closed.length;
  await raw.write(message.subarray(0, PART_BYTES + 1000));
  while (listener.partialInputBytes < wanted && closed.length === closedBefore) await new Promise(setImmediate);
}

describe.each<[string, (fixture: ListenerFixture) => Promise<Client>]>([
  ['a packet over TCP', openTcp],
  ['a WebSocket frame', openWebSocket(encodeClientFrame(OPCODES.binary, QUEST))],
  ['a WebSocket message in fragments', openWebSocket(Buffer.concat(HALF_FRAMES))],
  ['an HTTP body', async (fixture) => ({ raw: await fixture.connectRaw(), message: REQUEST })],
])('the part of %s', (_, open) => {
  it('is kept within the limit, and served when it is whole', async () => {
    const fixture = await startListener(LIMITS);
    const clients = [await open(fixture), await open(fixture)];
    for (const client of clients) await sendPart(fixture, client);
    expect(fixture.listener.partialInputBytes).toBeGreaterThanOrEqual(2 * PART_BYTES);
    for (const { raw, message } of clients) await raw.write(message.subarray(PART_BYTES + 1000));
    for (const { raw } of clients) await raw.takeThrough(TEXT);
    expect([fixture.quests.length, fixture.closed, fixture.listener.partialInputBytes]).toEqual([2, [], 0]);
  });

  it('goes with its connection when there is no room and it is the oldest', async () => {
    const fixture = await startListener(LIMITS);
    const clients: Client[] = [];
    while (fixture.closed.length === 0) {
      clients.push(await open(fixture));
      await sendPart(fixture, clients.at(-1)!);
      expect(fixture.listener.partialInputBytes).toBeLessThanOrEqual(LIMITS.partialInputMaxBytes);
    }
    expect(fixture.closed).toEqual(['input-full']);
    await clients.shift()!.raw.takeAll();
    // One after the other: the rest takes room as well.
    for (const { raw, message } of clients) {
      await raw.write(message.subarray(PART_BYTES + 1000));
      await raw.takeThrough(TEXT);
    }
    expect([fixture.closed, fixture.violations, fixture.listener.partialInputBytes]).toEqual([['input-full'], [], 0]);
  });

  it('is let go with a connection that ends', async () => {
    const fixture = await startListener(LIMITS);
    const client = await open(fixture);
    await sendPart(fixture, client);
    client.raw.socket.destroy();
    await fixture.until(({ closed }) => closed.length === 1);
    expect(fixture.listener.partialInputBytes).toBe(0);
  });
});

it('a connection that brings packet after packet is younger than one that never ends its first', async () => {
  const fixture = await startListener(LIMITS);
  const [busy, lazy] = [await openTcp(fixture), await openTcp(fixture)];
  await sendPart(fixture, busy);
  await sendPart(fixture, lazy);
  // The end of its packet and the start of the next come together.
  await busy.raw.write(Buffer.concat([QUEST.subarray(PART_BYTES + 1000), SMALL, QUEST.subarray(0, PART_BYTES)]));
  await fixture.until(({ quests }) => quests.length === 2);
  const others: Client[] = [];
  while (fixture.closed.length === 0) {
    others.push(await openTcp(fixture));
    await sendPart(fixture, others.at(-1)!);
  }
  await lazy.raw.takeAll();
  await busy.raw.write(QUEST.subarray(PART_BYTES));
  await fixture.until(({ quests }) => quests.length === 3);
  expect(fixture.closed).toEqual(['input-full']);
});

it('packets that come whole are served while there is no room for parts', async () => {
  const fixture = await startListener(LIMITS);
  while (fixture.closed.length === 0) await sendPart(fixture, await openTcp(fixture));
  const raw = await fixture.connectRaw();
  await raw.write(SMALL);
  expect(await raw.takePackets(1)).toMatchObject([{ seq: 2 }]);
});

it('a violation behind a part leaves nothing counted', async () => {
  const fixture = await startListener(LIMITS);
  const client = await openTcp(fixture);
  await sendPart(fixture, client);
  await client.raw.write(Buffer.concat([QUEST.subarray(PART_BYTES + 1000), Buffer.alloc(100)]));
  await client.raw.takeAll();
  await fixture.until(({ closed }) => closed.length === 1);
  expect([fixture.violations, fixture.listener.partialInputBytes]).toEqual([['bad-magic'], 0]);
});
