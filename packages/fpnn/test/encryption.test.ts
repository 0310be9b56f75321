import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { openKeyExchange } from '../src/node/encryption/key-exchange.ts';
import { createDecryptor, createEncryptor } from '../src/node/encryption/session-cipher.ts';
import { type Curve, connectTcp, ServerKey } from '../src/node/index.ts';
import { encodeQuest } from '../src/packet.ts';
import { PacketReader } from '../src/packet-reader.ts';
import type { Encodable } from '../src/value.ts';
import { cleanUp, closing, startListener } from './support/listener-fixture.ts';

const CURVES: readonly Curve[] = ['secp256k1', 'secp256r1'];
const MODES = ['package', 'stream'] as const;
const BITS = [128, 256] as const;
const COMBINATIONS = CURVES.flatMap((curve) => MODES.flatMap((mode) => BITS.map((bits) => ({ curve, mode, bits }))));
const MAX = 8 * 1024 * 1024;

describe.each(COMBINATIONS)('$curve, $mode mode, $bits bits', ({ curve, mode, bits }) => {
  it('carries quests, answers and pushes of all sizes', async () => {
    const key = ServerKey.generate(curve);
    const fixture = await startListener({ encryption: key });
    const pushed: string[] = [];
    const peer = closing(
      await connectTcp({
        host: '127.0.0.1',
        port: fixture.port,
        encryption: { publicKey: key.publicPem(), bits, mode },
        onQuest: (quest) => {
          pushed.push(quest.method);
          quest.answer({ ok: true });
        },
      }),
    );
    expect(fixture.connections[0]!.isEncrypted).toBe(true);
    for (const length of [0, 1, 15, 16, 17, 1000, 300_000]) {
      const blob = new Uint8Array(length).fill(length);
      const answer = await peer.quest('echo', { blob });
      expect(Buffer.compare(answer.get('blob') as Uint8Array, blob)).toBe(0);
    }
    const answers = await Promise.all([1, 2, 3].map((n) => fixture.connections[0]!.peer.quest(`push${n}`, {})));
    expect(answers.map((answer) => answer.get('ok'))).toEqual([true, true, true]);
    expect(pushed).toEqual(['push1', 'push2', 'push3']);
  });

  it.each(['in one segment', 'byte by byte'])('takes the key and the first quests %s', async (how) => {
    const key = ServerKey.generate(curve);
    const fixture = await startListener({ encryption: key });
    const client = await fixture.connectRaw();
    const { params, session } = openKeyExchange({ publicKey: key.publicBytes, curve, mode, bits });
    const encryptor = createEncryptor(session);
    const sent = Buffer.concat([
      encodeQuest({ method: '*key', params, seq: 2 }),
      encryptor.encrypt(encodeQuest({ method: 'first', params: { n: 1 }, seq: 1 })),
      encryptor.encrypt(encodeQuest({ method: 'second', params: { n: 2 }, seq: 3 })),
    ]);
    if (how === 'in one segment') await client.write(sent);
    else await client.writeBytewise(sent);
    const decryptor = createDecryptor(session, MAX);
    const reader = new PacketReader();
    const seqs: number[] = [];
    while (seqs.length < 3) {
      decryptor.append(await client.take(1));
      for (let plain = decryptor.next(); plain !== undefined; plain = decryptor.next()) {
        seqs.push(...reader.push(plain).map((packet) => packet.seq));
      }
    }
    expect(seqs).toEqual([2, 1, 3]);
  });
});

it('a push from onConnection comes encrypted, after the answer to *key', async () => {
  const key = ServerKey.generate();
  const fixture = await startListener({
    encryption: key,
    onConnection: (connection) => {
      connection.peer.notify('welcome', {});
      return { onQuest: () => {} };
    },
  });
  const methods: string[] = [];
  closing(
    await connectTcp({
      host: '127.0.0.1',
      port: fixture.port,
      encryption: { publicKey: key.publicBytes },
      onQuest: (quest) => void methods.push(quest.method),
    }),
  );
  expect(methods).toEqual(['welcome']);
});

it('a plain client is served beside encrypted ones', async () => {
  const fixture = await startListener({ encryption: ServerKey.generate() });
  const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
  await peer.quest('echo', {});
  expect(fixture.connections[0]!.isEncrypted).toBe(false);
});

const KEY = ServerKey.generate();
const GOOD = { publicKey: ServerKey.generate().publicBytes, streamMode: false, bits: 128 };

function keyQuest(params: Encodable): Uint8Array {
  return encodeQuest({ method: '*key', params, seq: 1 });
}

it.each([
  ['a point off the curve', keyQuest({ ...GOOD, publicKey: new Uint8Array(64).fill(1) })],
  ['a point of 63 bytes', keyQuest({ ...GOOD, publicKey: GOOD.publicKey.subarray(1) })],
  ['a point with a prefix', keyQuest({ ...GOOD, publicKey: Buffer.concat([Buffer.of(4), GOOD.publicKey]) })],
  ['no key', keyQuest({ streamMode: false })],
  ['a number for a key', keyQuest({ ...GOOD, publicKey: 5 })],
  ['192 bits', keyQuest({ ...GOOD, bits: 192 })],
  ['bits in a string', keyQuest({ ...GOOD, bits: '128' })],
  ['no boolean for streamMode', keyQuest({ ...GOOD, streamMode: 1 })],
  ['a one-way *key', encodeQuest({ method: '*key', params: GOOD })],
  ['a *key in JSON', encodeQuest({ method: '*key', params: GOOD, seq: 1, encoding: 'json' })],
])('%s closes the connection without an answer and is counted', async (_, packet) => {
  const fixture = await startListener({ encryption: KEY });
  const client = await fixture.connectRaw();
  await client.write(packet);
  expect(await client.takeAll()).toEqual(Buffer.alloc(0));
  expect(fixture.violations).toEqual(['bad-key']);
  await fixture.until(() => fixture.closed.length === 1);
  expect(fixture.closed).toEqual(['violation']);
  expect(fixture.connections).toEqual([]);
});

it('bits and streamMode may be absent', async () => {
  const fixture = await startListener({ encryption: KEY });
  const client = await fixture.connectRaw();
  await client.write(keyQuest({ publicKey: GOOD.publicKey }));
  // The length prefix of package mode: an empty answer has 17 bytes.
  expect((await client.take(21)).readUInt32LE(0)).toBe(17);
});

it('*key closes the connection when the listener has no key', async () => {
  const fixture = await startListener();
  const client = await fixture.connectRaw();
  await client.write(keyQuest(GOOD));
  expect(await client.takeAll()).toEqual(Buffer.alloc(0));
  expect(fixture.violations).toEqual(['bad-key']);
});

it('*key closes the connection when it is not the first packet', async () => {
  const fixture = await startListener({ encryption: KEY });
  const client = await fixture.connectRaw();
  await client.write(encodeQuest({ method: 'echo', params: {}, seq: 1 }));
  await client.takePackets(1);
  await client.write(keyQuest(GOOD));
  expect(await client.takeAll()).toEqual(Buffer.alloc(0));
  expect(fixture.violations).toEqual(['bad-key']);
});

it.each(MODES)('a second *key closes the connection in %s mode', async (mode) => {
  const fixture = await startListener({ encryption: KEY });
  const peer = await connectTcp({
    host: '127.0.0.1',
    port: fixture.port,
    encryption: { publicKey: KEY.publicBytes, mode },
  });
  await expect(peer.quest('*key', GOOD)).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
  expect(fixture.violations).toEqual(['bad-key']);
});

describe('in package mode', () => {
  async function sendEnvelopes(...plain: Uint8Array[]) {
    const fixture = await startListener({ encryption: KEY });
    const client = await fixture.connectRaw();
    const { params, session } = openKeyExchange({ publicKey: KEY.publicBytes });
    const encryptor = createEncryptor(session);
    await client.write(Buffer.concat([keyQuest(params), ...plain.map((bytes) => encryptor.encrypt(bytes))]));
    await client.takeAll();
    return fixture;
  }
  const quest = encodeQuest({ method: 'm', params: {}, seq: 7 });

  it('an envelope with two packets is a violation', async () => {
    expect((await sendEnvelopes(Buffer.concat([quest, quest]))).violations).toEqual(['extra-packet']);
  });

  it('an envelope with a part of a packet is a violation', async () => {
    const fixture = await sendEnvelopes(quest.subarray(0, 15), quest.subarray(15));
    expect(fixture.violations).toEqual(['partial-packet']);
  });

  it('garbage is a violation', async () => {
    expect((await sendEnvelopes(new Uint8Array(30))).violations).toEqual(['bad-magic']);
  });

  it('an envelope over the limit is refused by its length', async () => {
    const fixture = await startListener({ encryption: KEY, packetMaxBytes: 1000 });
    const client = await fixture.connectRaw();
    const { params } = openKeyExchange({ publicKey: KEY.publicBytes });
    await client.write(Buffer.concat([keyQuest(params), Buffer.of(0xe9, 3, 0, 0)]));
    await client.takeAll();
    expect(fixture.violations).toEqual(['oversize']);
  });
});

it('a client with the wrong server key cannot connect', async () => {
  const fixture = await startListener({ encryption: KEY });
  const connecting = connectTcp({
    host: '127.0.0.1',
    port: fixture.port,
    encryption: { publicKey: ServerKey.generate().publicBytes },
  });
  await expect(connecting).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
});

it('a client refuses unusable keys before it connects', async () => {
  const options = { host: '127.0.0.1', port: 1 };
  await expect(connectTcp({ ...options, encryption: { publicKey: 'no key' } })).rejects.toThrow(TypeError);
  const bits = 192 as 128;
  await expect(connectTcp({ ...options, encryption: { publicKey: KEY.publicBytes, bits } })).rejects.toThrow(
    RangeError,
  );
});

it('leaves nothing behind', async () => {
  const fixture = await startListener({ encryption: KEY });
  const peer = await connectTcp({ host: '127.0.0.1', port: fixture.port, encryption: { publicKey: KEY.publicDer() } });
  cleanUp(() => expect(fixture.listener.connectionCount).toBe(0));
  peer.close();
  await fixture.until(() => fixture.closed.length === 1);
  expect(fixture.closed).toEqual(['peer']);
});
