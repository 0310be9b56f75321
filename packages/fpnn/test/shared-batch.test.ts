import { expect, it } from 'vitest';
import { connectTcp, ServerKey } from '../src/node/index.ts';
import { encodeAnswer, encodeErrorAnswer, encodeQuest } from '../src/packet.ts';
import { PacketReader } from '../src/packet-reader.ts';
import { QuestBatch } from '../src/quest-batch.ts';
import { closing, type ListenerFixture, startListener } from './support/listener-fixture.ts';
import { encodeClientFrame, OPCODES, RawWebSocket } from './support/raw-websocket.ts';

const FIRST_SEQ = 0x8000_0000;
const METHODS = ['a', 'bb', 'ccc'];
const batch = () =>
  QuestBatch.of(
    METHODS.map((method) => encodeQuest({ method, params: { text: method.repeat(50) }, seq: 0 })),
    FIRST_SEQ,
  );

/** Every number that was told, in order. */
function answered(fixture: ListenerFixture): number[] {
  return fixture.strayAnswers.flatMap(({ firstSeq, count }) =>
    Array.from({ length: count }, (_, index) => firstSeq + index),
  );
}

it('one batch goes to connections over TCP, plain and encrypted, and over WebSocket; all answers come back', async () => {
  const key = ServerKey.generate('secp256k1');
  const fixture = await startListener({ encryption: key });
  const received: string[][] = [];
  const connect = async (mode?: 'package' | 'stream') => {
    const methods: string[] = [];
    received.push(methods);
    const peer = await connectTcp({
      host: '127.0.0.1',
      port: fixture.port,
      ...(mode && { encryption: { publicKey: key.publicPem(), bits: 128, mode } }),
      onQuest: (quest) => {
        methods.push(`${quest.method} ${quest.params.get('text')}`);
        quest.answer({});
      },
    });
    await closing(peer).quest('hello', {});
  };
  await connect();
  await connect();
  await connect('package');
  await connect('stream');
  const socket = await RawWebSocket.connect(fixture.port);
  await fixture.until(({ connections }) => connections.length === 5);
  const shared = batch();
  for (const { peer } of fixture.connections) peer.sendBatch(shared);
  const frames = [await socket.take(), await socket.take(), await socket.take()];
  const seen = frames.map(({ payload }) => new PacketReader().push(payload)[0]!);
  expect(seen.map(({ seq }) => seq)).toEqual([FIRST_SEQ, FIRST_SEQ + 1, FIRST_SEQ + 2]);
  await socket.client.write(Buffer.concat(seen.map(({ seq }) => frameOf(encodeAnswer(seq, {})))));
  await fixture.until(() => answered(fixture).length === 5 * METHODS.length);
  const wanted = METHODS.map((method) => `${method} ${method.repeat(50)}`);
  expect(received).toEqual([wanted, wanted, wanted, wanted]);
  expect(fixture.violations).toEqual([]);
});

const frameOf = (packet: Uint8Array) => encodeClientFrame(OPCODES.binary, packet);
const TOLD = [5, 6, 7, 9, 11, 10, 12];
/** Bare answers in rows and out of order, with an error answer and a quest between them. */
const MIXED = [
  ...TOLD.slice(0, 4).map((seq) => encodeAnswer(seq, {})),
  encodeErrorAnswer(TOLD[4]!, 20004, 'no such method'),
  encodeQuest({ method: 'echo', params: {}, seq: 1 }),
  ...TOLD.slice(5).map((seq) => encodeAnswer(seq, {})),
];

it.each(['tcp', 'websocket'])('answers over %s are told in their order, however they are cut', async (transport) => {
  const fixture = await startListener();
  const client = transport === 'tcp' ? await fixture.connectRaw() : (await RawWebSocket.connect(fixture.port)).client;
  const bytes = Buffer.concat(transport === 'tcp' ? MIXED : MIXED.map(frameOf));
  // The connection is open from its first packet on.
  const hello = encodeQuest({ method: 'hello', params: {}, seq: 2 });
  await client.write(transport === 'tcp' ? hello : frameOf(hello));
  await fixture.until(() => fixture.quests.length === 1);
  await client.write(bytes);
  await client.writeBytewise(bytes);
  await fixture.until(() => answered(fixture).length === 2 * TOLD.length);
  expect(answered(fixture)).toEqual([...TOLD, ...TOLD]);
  expect(fixture.quests.map(({ method }) => method)).toEqual(['hello', 'echo', 'echo']);
  expect(fixture.violations).toEqual([]);
});

it('a row of answers over WebSocket is told as one', async () => {
  const fixture = await startListener();
  const socket = await RawWebSocket.connect(fixture.port);
  const seqs = Array.from({ length: 20 }, (_, index) => FIRST_SEQ + index);
  await socket.client.write(Buffer.concat(seqs.map((seq) => frameOf(encodeAnswer(seq, {})))));
  await fixture.until(() => answered(fixture).length === 20);
  expect(fixture.strayAnswers).toEqual([{ firstSeq: FIRST_SEQ, count: 20 }]);
});
