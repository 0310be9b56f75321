import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectWebSocket } from '../src/browser/index.ts';
import { encodeQuest, type Packet } from '../src/packet.ts';
import { PacketReader } from '../src/packet-reader.ts';
import { closing, type ListenerFixture, startListener } from './support/listener-fixture.ts';
import { encodeClientFrame, type Frame, OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const QUEST = encodeQuest({ method: 'echo', params: { a: 1 }, seq: 5 });

function packetIn(frame: Frame): Packet {
  expect(frame).toMatchObject({ opcode: OPCODES.binary, isFinal: true });
  const packets = new PacketReader().push(frame.payload);
  expect(packets).toHaveLength(1);
  return packets[0]!;
}

/** A quest of exactly so many bytes, and its echo is as long: the answer has no method but the same payload. */
function questOf(length: number): Uint8Array {
  const overhead = encodeQuest({ method: 'm', params: { b: new Uint8Array(0) }, seq: 1 }).length;
  for (let guess = length - overhead; guess >= 0; guess--) {
    const packet = encodeQuest({ method: 'm', params: { b: new Uint8Array(guess) }, seq: 1 });
    if (packet.length === length) return packet;
  }
  throw new Error(`no quest of ${length} bytes`);
}

function urlOf(fixture: ListenerFixture, path = '/service/websocket'): string {
  return `ws://127.0.0.1:${fixture.port}${path}`;
}

describe('a WebSocket connection', () => {
  it.each(['binary', 'text'] as const)('takes %s messages and answers in binary', async (type) => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES[type], QUEST);
    expect(packetIn(await socket.take())).toMatchObject({ kind: 'answer', seq: 5, status: 0 });
    expect(fixture.connections[0]).toMatchObject({ transport: 'websocket', isEncrypted: false });
  });

  it('takes a text message that is not UTF-8, as a packet need not be', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.text, encodeQuest({ method: 'echo', params: { b: Uint8Array.of(0xff, 0x80) }, seq: 1 }));
    packetIn(await socket.take());
  });

  it.each([125, 126, 127, 65535, 65536, 1_000_000])('carries packets of %i bytes both ways', async (length) => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.binary, questOf(length));
    expect(packetIn(await socket.take())).toMatchObject({ kind: 'answer', status: 0 });
    fixture.connections[0]!.peer.sendEncoded(questOf(length));
    expect((await socket.take()).payload.length).toBe(length);
  });

  it('takes frames byte by byte, and many in one segment', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.client.writeBytewise(encodeClientFrame(OPCODES.binary, QUEST));
    packetIn(await socket.take());
    await socket.client.write(
      Buffer.concat(Array.from({ length: 50 }, () => encodeClientFrame(OPCODES.binary, QUEST))),
    );
    for (let i = 0; i < 50; i++) packetIn(await socket.take());
  });

  it('takes frames that come in one segment with the upgrade', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(
      Buffer.concat([
        Buffer.from(
          'GET /service/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n' +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        ),
        encodeClientFrame(OPCODES.binary, QUEST),
      ]),
    );
    expect(await client.takeThrough('\r\n\r\n')).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    await fixture.until(() => fixture.quests.length === 1);
  });

  it('joins fragments, with a ping between them', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.binary, QUEST.subarray(0, 3), { isFinal: false });
    await socket.send(OPCODES.ping, Buffer.from('between'));
    await socket.send(OPCODES.continuation, QUEST.subarray(3, 4), { isFinal: false });
    await socket.send(OPCODES.continuation, QUEST.subarray(4));
    expect(await socket.take()).toMatchObject({ opcode: OPCODES.pong, payload: Buffer.from('between') });
    packetIn(await socket.take());
  });

  it.each(['', 'hello', 'x'.repeat(125)])('echoes the payload %j of a ping', async (text) => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.ping, Buffer.from(text));
    expect(await socket.take()).toMatchObject({ opcode: OPCODES.pong, payload: Buffer.from(text) });
  });

  it('sends pongs and answers of one turn in one piece and in order', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    const chunks: number[] = [];
    socket.client.socket.on('data', (chunk) => chunks.push(chunk.length));
    const frames = [OPCODES.binary, OPCODES.ping, OPCODES.binary].map((opcode) => encodeClientFrame(opcode, QUEST));
    await socket.client.write(Buffer.concat(frames));
    const opcodes = [await socket.take(), await socket.take(), await socket.take()].map(({ opcode }) => opcode);
    expect(opcodes).toEqual([OPCODES.binary, OPCODES.pong, OPCODES.binary]);
    expect(chunks).toHaveLength(1);
  });

  it.each(['/service/websocket', '/service/x?a=b', '/service/%2Aany'])('is served at %s', async (path) => {
    const fixture = await startListener();
    expect((await RawWebSocket.connect(fixture.port, path)).head).toContain('HTTP/1.1 101');
  });

  it.each(['/', '/service', '/service/a/b', '/other/a'])('is not served at %s', async (path) => {
    const fixture = await startListener();
    expect((await RawWebSocket.connect(fixture.port, path)).head).toContain('HTTP/1.1 404');
  });

  it('selects the subprotocol that a client asks for, and no compression', async () => {
    const fixture = await startListener();
    const headers = 'Sec-WebSocket-Protocol: arraybuffer\r\nSec-WebSocket-Extensions: permessage-deflate\r\n';
    const { head } = await RawWebSocket.connect(fixture.port, '/service/websocket', headers);
    expect(head).toContain('Sec-WebSocket-Protocol: arraybuffer\r\n');
    expect(head).not.toContain('Sec-WebSocket-Extensions');
    expect((await RawWebSocket.connect(fixture.port)).head).not.toContain('Sec-WebSocket-Protocol');
  });

  it('answers the close frame of its client', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.close, Buffer.of(0x03, 0xe8));
    expect(await socket.take()).toMatchObject({ opcode: OPCODES.close, payload: Buffer.of(0x03, 0xe8) });
    await socket.client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['peer']);
  });

  it('sends nothing after a close frame', async () => {
    const fixture = await startListener({}, () => {});
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.binary, QUEST);
    await fixture.until(() => fixture.quests.length === 1);
    await socket.send(OPCODES.close, Buffer.of(0x03, 0xe8));
    expect((await socket.take()).opcode).toBe(OPCODES.close);
    fixture.quests[0]!.answer({});
    fixture.connections[0]!.peer.notify('late', {});
    expect(await socket.client.takeAll()).toEqual(Buffer.alloc(0));
  });

  it('sends nothing after a close frame that came right behind a quest', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    const close = encodeClientFrame(OPCODES.close, Buffer.of(0x03, 0xe8));
    await socket.client.write(Buffer.concat([encodeClientFrame(OPCODES.binary, QUEST), close]));
    expect((await socket.take()).opcode).toBe(OPCODES.close);
    expect(await socket.client.takeAll()).toEqual(Buffer.alloc(0));
  });

  it('is closed by its owner with what was queued before', async () => {
    const fixture = await startListener();
    const socket = await RawWebSocket.connect(fixture.port);
    await fixture.until(() => true);
    fixture.connections[0]!.peer.notify('last', {});
    fixture.connections[0]!.close();
    fixture.connections[0]!.close();
    expect(packetIn(await socket.take())).toMatchObject({ method: 'last' });
    expect(await socket.take()).toMatchObject({ opcode: OPCODES.close, payload: Buffer.of(0x03, 0xe8) });
    await socket.send(OPCODES.close, Buffer.of(0x03, 0xe8));
    await socket.client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['local']);
  });
});

describe('a violation over WebSocket is answered with a close frame and counted', () => {
  const oneWay = encodeQuest({ method: 'm', params: {} });
  it.each([
    [
      'two packets in a message',
      'extra-packet',
      1002,
      encodeClientFrame(OPCODES.binary, Buffer.concat([QUEST, oneWay])),
    ],
    ['a part of a packet', 'partial-packet', 1002, encodeClientFrame(OPCODES.binary, QUEST.subarray(0, 14))],
    ['a message without packet', 'partial-packet', 1002, encodeClientFrame(OPCODES.binary, new Uint8Array(0))],
    ['bare JSON', 'bad-magic', 1002, encodeClientFrame(OPCODES.text, Buffer.from('{"a":1,"b":2}'))],
    ['*key', 'bad-key', 1002, encodeClientFrame(OPCODES.binary, encodeQuest({ method: '*key', params: {}, seq: 1 }))],
    ['an unmasked frame', 'bad-websocket', 1002, encodeClientFrame(OPCODES.binary, QUEST, { isMasked: false })],
    ['an unknown opcode', 'bad-websocket', 1002, encodeClientFrame(3, QUEST)],
    ['a stray continuation', 'bad-websocket', 1002, encodeClientFrame(OPCODES.continuation, QUEST)],
    ['a message over the limit', 'oversize', 1009, encodeClientFrame(OPCODES.binary, new Uint8Array(1001))],
  ])('%s: %s', async (_, reason, code, bytes) => {
    const fixture = await startListener({ packetMaxBytes: 1000 });
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.client.write(bytes);
    const { opcode, payload } = await socket.take();
    expect([opcode, payload.readUInt16BE(0)]).toEqual([OPCODES.close, code]);
    socket.client.socket.end();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.violations).toEqual([reason]);
    expect(fixture.closed).toEqual(['violation']);
  });

  it('fragments that add up to more than the limit: oversize', async () => {
    const fixture = await startListener({ packetMaxBytes: 1000 });
    const socket = await RawWebSocket.connect(fixture.port);
    await socket.send(OPCODES.binary, new Uint8Array(600), { isFinal: false });
    await socket.send(OPCODES.continuation, new Uint8Array(600), { isFinal: false });
    expect((await socket.take()).payload.readUInt16BE(0)).toBe(1009);
    expect(fixture.violations).toEqual(['oversize']);
  });
});

describe('connectWebSocket', () => {
  const connect = (fixture: ListenerFixture, options = {}) =>
    connectWebSocket({ url: urlOf(fixture), WebSocket, ...options });

  it('asks, answers and gets pushes', async () => {
    const fixture = await startListener();
    const methods: string[] = [];
    const peer = closing(
      await connect(fixture, {
        onQuest: (quest: { method: string; answer(a: object): void }) => {
          methods.push(quest.method);
          quest.answer({ ok: 1 });
        },
      }),
    );
    expect((await peer.quest('echo', { a: 'b' })).get('a')?.toString()).toBe('b');
    expect((await fixture.connections[0]!.peer.quest('push', {})).get('ok')).toBe(1);
    expect(methods).toEqual(['push']);
  });

  it('works with the ws of many quests at once, in JSON too', async () => {
    const fixture = await startListener();
    const peer = closing(await connect(fixture));
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => peer.quest('echo', { i }, { encoding: i % 2 === 0 ? 'json' : 'msgpack' })),
    );
    expect(answers.map((answer) => answer.get('i'))).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  it('passes protocols on', async () => {
    const fixture = await startListener();
    closing(await connect(fixture, { protocols: 'arraybuffer' }));
    closing(await connect(fixture, { protocols: ['arraybuffer'] }));
    expect(fixture.connections).toHaveLength(2);
  });
});
