import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { FpnnError } from '../src/errors.ts';
import type { IncomingQuest } from '../src/incoming-quest.ts';
import { connectTcp } from '../src/node/index.ts';
import { decodePayload, encodeQuest, type Packet } from '../src/packet.ts';
import { closing, startListener } from './support/listener-fixture.ts';
import { fromHex } from './vectors.ts';

function quests(count: number): Uint8Array {
  const packets = Array.from({ length: count }, (_, i) => encodeQuest({ method: 'echo', params: { i }, seq: i + 1 }));
  return Buffer.concat(packets);
}

function numberIn(packet: Packet): unknown {
  return decodePayload(packet).get('i');
}

describe('a TCP connection', () => {
  it('answers 1000 quests of one write, in one segment or byte by byte', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(quests(1000));
    const packets = await client.takePackets(1000);
    expect(packets.map((packet) => [packet.seq, numberIn(packet)])).toEqual(
      Array.from({ length: 1000 }, (_, i) => [i + 1, i]),
    );
    const slow = await fixture.connectRaw();
    await slow.writeBytewise(quests(20));
    expect(await slow.takePackets(20)).toHaveLength(20);
  });

  it('writes the answers of one turn in one piece', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    const chunks: number[] = [];
    client.socket.on('data', (chunk) => chunks.push(chunk.length));
    await client.write(quests(100));
    await client.takePackets(100);
    expect(chunks).toHaveLength(1);
  });

  it('pushes to a client, while the client asks with the same numbers', async () => {
    const fixture = await startListener();
    const seen: string[] = [];
    const peer = closing(
      await connectTcp({
        host: '127.0.0.1',
        port: fixture.port,
        onQuest: (quest) => {
          seen.push(quest.method);
          quest.answer({ from: 'client' });
        },
      }),
    );
    await peer.quest('hello', {});
    const { peer: back } = fixture.connections[0]!;
    const [down, up] = await Promise.all([back.quest('down', {}), peer.quest('up', { a: 1 })]);
    back.notify('notice', {});
    await peer.quest('after', {});
    expect([String(down.get('from')), up.get('a')]).toEqual(['client', 1]);
    expect(seen).toEqual(['down', 'notice']);
  });

  it('sends one packet, encoded once, to many', async () => {
    const fixture = await startListener();
    const received: string[] = [];
    const connect = () =>
      connectTcp({ host: '127.0.0.1', port: fixture.port, onQuest: (quest) => void received.push(quest.method) });
    const peers = await Promise.all([connect(), connect(), connect()]);
    await Promise.all(peers.map((peer) => closing(peer).quest('hello', {})));
    const packet = encodeQuest({ method: 'shared', params: { x: 'y' } });
    for (const connection of fixture.connections) connection.peer.sendEncoded(packet);
    await Promise.all(peers.map((peer) => peer.quest('after', {})));
    expect(received).toEqual(['shared', 'shared', 'shared']);
  });

  it('answers *ping with the time, and unknown reserved methods with 20004', async () => {
    const fixture = await startListener({ now: () => 1_700_000_000_123 });
    const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
    expect((await peer.quest('*ping', {})).get('ts')).toBe(1_700_000_000_123);
    await expect(peer.quest('*unknown', {})).rejects.toMatchObject({ code: FPNN_CODES.unknownMethod });
    expect(fixture.quests).toEqual([]);
  });

  it('asks the hooks for *status, *infos and *tune of private addresses', async () => {
    const tuned: string[] = [];
    const builtins = { isHealthy: () => false, infos: () => ({ a: 1 }), tune: (key: string) => void tuned.push(key) };
    const fixture = await startListener({ builtins });
    const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
    expect((await peer.quest('*status', {})).get('status')).toBe(false);
    expect((await peer.quest('*infos', {})).get('a')).toBe(1);
    await peer.quest('*tune', { key: 'k', value: 'v' });
    expect(tuned).toEqual(['k']);
  });

  it('tells the handlers where the connection comes from', async () => {
    const fixture = await startListener();
    closing(await connectTcp({ host: '127.0.0.1', port: fixture.port })).notify('hello', {});
    await fixture.until(() => fixture.quests.length === 1);
    const [connection] = fixture.connections;
    expect(connection).toMatchObject({ transport: 'tcp', remoteAddress: '127.0.0.1', isEncrypted: false });
    expect(fixture.quests[0]).toMatchObject({ method: 'hello', isOneWay: true, encoding: 'msgpack' });
  });
});

describe('a handler', () => {
  async function ask(onQuest: (quest: IncomingQuest) => void | Promise<void>) {
    const fixture = await startListener({}, onQuest);
    const peer = closing(await connectTcp({ host: '127.0.0.1', port: fixture.port }));
    const error: FpnnError = await peer.quest('m', {}).catch((reason) => reason);
    return { fixture, error };
  }

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('secret');
      },
    ],
  ])('that %s gives 20001, and its cause goes to onError only', async (_, onQuest) => {
    const { fixture, error } = await ask(onQuest);
    expect(error).toBeInstanceOf(FpnnError);
    expect(error.code).toBe(FPNN_CODES.unknown);
    expect(error.message).not.toContain('secret');
    expect(fixture.errors).toEqual([new Error('secret')]);
    expect(fixture.closed).toEqual([]);
  });

  it('that fails a quest gives its own code', async () => {
    const { fixture, error } = await ask((quest) => quest.fail(200001, 'no such project'));
    expect([error.code, error.message]).toEqual([200001, 'no such project']);
    expect(fixture.errors).toEqual([]);
  });

  it('whose answer cannot be encoded gives 20001', async () => {
    const { fixture, error } = await ask((quest) => quest.answer(5));
    expect(error.code).toBe(FPNN_CODES.unknown);
    expect(fixture.errors).toHaveLength(1);
  });
});

it('an onConnection that throws closes the connection', async () => {
  const onConnection = () => {
    throw new Error('full');
  };
  const fixture = await startListener({ onConnection });
  const client = await fixture.connectRaw();
  await client.write(quests(3));
  expect(await client.takeAll()).toEqual(Buffer.alloc(0));
  await fixture.until(() => fixture.closed.length === 1);
  expect(fixture.errors).toEqual([new Error('full')]);
  expect(fixture.closed).toEqual(['error']);
});

it('an onClose that throws harms nobody', async () => {
  const onConnection = () => ({
    onQuest: (quest: IncomingQuest) => quest.answer({}),
    onClose: () => {
      throw new Error('in onClose');
    },
  });
  const fixture = await startListener({ onConnection });
  const peer = await connectTcp({ host: '127.0.0.1', port: fixture.port });
  await peer.quest('m', {});
  peer.close();
  await fixture.until(() => fixture.errors.length === 1);
  expect(fixture.listener.connectionCount).toBe(0);
});

describe('a protocol violation closes the connection, after the answers before it, and is counted', () => {
  const good = encodeQuest({ method: 'echo', params: {}, seq: 1 });
  it.each([
    ['bad-magic', '46504e4f 01800104 01000000 01000000 74657374 80'],
    ['bad-flag', '46504e4e 01c00104 01000000 01000000 74657374 80'],
    ['bad-flag', '46504e4e 01000104 01000000 01000000 74657374 80'],
    ['bad-mtype', '46504e4e 01800304 01000000 01000000 74657374 80'],
    ['empty-method', '46504e4e 01800100 01000000 01000000 80'],
    ['empty-payload', '46504e4e 01800104 00000000 01000000 74657374'],
    ['oversize', '46504e4e 01800104 ffffffff 01000000 74657374 80'],
    ['root-not-map', '46504e4e 01800104 01000000 01000000 74657374 90'],
    ['bad-payload', '46504e4e 01800104 01000000 01000000 74657374 c1'],
    ['bad-payload', '46504e4e 01400104 01000000 01000000 74657374 7b'],
  ])('%s: %s', async (reason, hex) => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(Buffer.concat([good, fromHex(hex)]));
    await client.takePackets(1);
    expect(await client.takeAll()).toEqual(Buffer.alloc(0));
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.violations).toEqual([reason]);
    expect(fixture.closed).toEqual(['violation']);
  });

  it('packets behind it are ignored', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(Buffer.concat([good, fromHex('46504e4e 01800104 01000000 01000000 74657374 90'), good]));
    await client.takeAll();
    expect(fixture.quests).toHaveLength(1);
  });

  it.each([
    [200, []],
    [199, ['oversize']],
  ])('a packet of 200 bytes under a limit of %i', async (packetMaxBytes, violations) => {
    const packet = encodeQuest({ method: 'echo', params: { blob: new Uint8Array(200 - 16 - 4 - 8) }, seq: 1 });
    expect(packet.length).toBe(200);
    const fixture = await startListener({ packetMaxBytes });
    const client = await fixture.connectRaw();
    await client.write(packet);
    if (violations.length === 0) await client.takePackets(1);
    else await client.takeAll();
    expect(fixture.violations).toEqual(violations);
  });
});

it('a client closes the connection when the server breaks the protocol', async () => {
  const fixture = await startListener();
  let reason: Error | undefined;
  const closed = new Promise<void>((resolve) => {
    void connectTcp({
      host: '127.0.0.1',
      port: fixture.port,
      onClose: (error) => {
        reason = error;
        resolve();
      },
    }).then((peer) => peer.notify('hello', {}));
  });
  await fixture.until(() => fixture.quests.length === 1);
  fixture.connections[0]!.peer.sendEncoded(Buffer.from('no packet at all'));
  await closed;
  expect(reason).toMatchObject({ reason: 'bad-magic' });
});
