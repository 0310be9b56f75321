import { describe, expect, it, vi } from 'vitest';
import { linkPeers, RecordingStream } from '../test/linked-peers.ts';
import { fromHex, toHex } from '../test/vectors.ts';
import { FpnnError, ProtocolViolation, WireError } from './errors.ts';
import type { IncomingQuest } from './incoming-quest.ts';
import { decodePayload, encodeAnswer, encodeErrorAnswer, encodeQuest, type Packet } from './packet.ts';
import { PacketReader } from './packet-reader.ts';
import { Peer, type PeerOptions } from './peer.ts';
import type { Encodable, WireMap } from './value.ts';

function packetOf(bytes: Uint8Array): Packet {
  return new PacketReader().push(bytes)[0]!;
}

function recorded(options: PeerOptions = {}): { peer: Peer; stream: RecordingStream } {
  const stream = new RecordingStream();
  return { peer: new Peer(stream, options), stream };
}

function questPacket(method: string, params: Encodable = {}, seq: number | null = 1): Packet {
  return packetOf(encodeQuest({ method, params, ...(seq !== null && { seq }) }));
}

/** The packets written, read back. */
function writtenPackets(stream: RecordingStream): Packet[] {
  const reader = new PacketReader();
  return stream.written.flatMap((bytes) => reader.push(bytes));
}

/** The only answer written, as status and params. */
function answerOf(stream: RecordingStream): { status: number; params: Record<string, unknown> } {
  const packets = writtenPackets(stream);
  expect(packets).toHaveLength(1);
  const [packet] = packets;
  if (packet?.kind !== 'answer') throw new Error('no answer');
  const params = [...decodePayload(packet)].map(([key, value]) => [
    key,
    typeof value === 'object' ? `${value}` : value,
  ]);
  return { status: packet.status, params: Object.fromEntries(params) };
}

function rejection(promise: Promise<unknown>): Promise<FpnnError> {
  return promise.then(
    () => Promise.reject(new Error('it was answered')),
    (error: FpnnError) => error,
  );
}

describe('Peer.quest', () => {
  it('gives the answer of the other side', async () => {
    const [left] = linkPeers({}, { onQuest: (quest) => quest.answer({ doubled: Number(quest.params.get('n')) * 2 }) });
    expect(await left.quest('double', { n: 21 })).toEqual(new Map([['doubled', 42]]));
  });

  it('works in both directions at once with equal sequence numbers', async () => {
    const echo = (name: string) => (quest: IncomingQuest) =>
      quest.answer({ by: name, n: Number(quest.params.get('n')) });
    const [left, right] = linkPeers({ onQuest: echo('left') }, { onQuest: echo('right') });
    const answers = await Promise.all([
      left.quest('a', { n: 1 }),
      right.quest('b', { n: 2 }),
      left.quest('c', { n: 3 }),
    ]);
    expect(answers.map((answer) => `${answer.get('by')} ${answer.get('n')}`)).toEqual(['right 1', 'left 2', 'right 3']);
  });

  it('matches answers by number, in any order', async () => {
    const { peer, stream } = recorded();
    const answers = [peer.quest('a', {}), peer.quest('b', {}), peer.quest('c', {})];
    expect(writtenPackets(stream).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    for (const seq of [2, 3, 1]) peer.handlePacket(packetOf(encodeAnswer(seq, { seq })));
    expect((await Promise.all(answers)).map((answer) => answer.get('seq'))).toEqual([1, 2, 3]);
  });

  it('sends MessagePack unless told otherwise', () => {
    const { peer, stream } = recorded();
    void peer.quest('a', { x: 1 }).catch(() => {});
    void peer.quest('a', { x: 1 }, { encoding: 'json' }).catch(() => {});
    expect(stream.written.map(toHex)).toEqual([
      '46504e4e01800101040000000100000061' + '81a17801',
      '46504e4e01400101070000000200000061' + '7b2278223a317d',
    ]);
  });

  it('decodes an answer by its own encoding', async () => {
    const { peer } = recorded();
    const answer = peer.quest('a', {});
    peer.handlePacket(packetOf(encodeAnswer(1, { x: 1 }, 'json')));
    expect(await answer).toEqual(new Map([['x', 1]]));
  });

  it('rejects with the code and text of an error answer', async () => {
    const { peer } = recorded();
    const error = rejection(peer.quest('a', {}));
    peer.handlePacket(packetOf(encodeErrorAnswer(1, 200010, 'no such group')));
    expect(await error).toMatchObject({ name: 'FpnnError', code: 200010, message: 'no such group' });
    expect(await error).toBeInstanceOf(FpnnError);
  });

  it.each<[string, Encodable, number, string]>([
    ['without a text', { code: 5 }, 5, ''],
    ['without a code', { ex: 'x' }, 20001, 'x'],
    ['with a number as the text', { code: 20004, ex: 20004 }, 20004, '20004'],
    ['with binary as the text', { code: 5, ex: new TextEncoder().encode('b') }, 5, 'b'],
    ['with a text as the code', { code: '5', ex: 'x' }, 20001, 'x'],
    ['that is empty', {}, 20001, ''],
    ['with a list as the text', { code: 5, ex: [1] }, 5, ''],
  ])('accepts an error answer %s', async (_name, params, code, message) => {
    const { peer } = recorded();
    const error = rejection(peer.quest('a', {}));
    const bytes = encodeAnswer(1, params);
    bytes[7] = 1;
    peer.handlePacket(packetOf(bytes));
    expect(await error).toMatchObject({ code, message });
  });

  it('ignores answers that nobody waits for, even undecodable ones', async () => {
    const { peer, stream } = recorded();
    const answer = peer.quest('a', {});
    peer.handlePacket(packetOf(encodeAnswer(77, {})));
    peer.handlePacket(packetOf(encodeAnswer(0, {})));
    peer.handlePacket({ kind: 'answer', seq: 9, status: 0, encoding: 'msgpack', payload: fromHex('c1') });
    peer.handlePacket(packetOf(encodeAnswer(1, { x: 1 })));
    peer.handlePacket(packetOf(encodeAnswer(1, { x: 2 })));
    peer.handlePacket(packetOf(encodeErrorAnswer(1, 5, 'late')));
    expect(await answer).toEqual(new Map([['x', 1]]));
    expect(stream.written).toHaveLength(1);
  });

  it('rejects with 20003 after its time, and ignores the answer that comes later', async () => {
    vi.useFakeTimers();
    try {
      const { peer } = recorded({ questTimeoutMs: 500 });
      const outcomes = [rejection(peer.quest('a', {})), rejection(peer.quest('b', {}, { timeoutMs: 100 }))];
      const forever = peer.quest('c', {}, { timeoutMs: 0 });
      await vi.advanceTimersByTimeAsync(120);
      expect(await outcomes[1]).toMatchObject({ code: 20003 });
      await vi.advanceTimersByTimeAsync(400);
      expect(await outcomes[0]).toMatchObject({ code: 20003, message: 'a: no answer in time' });
      peer.handlePacket(packetOf(encodeAnswer(1, {})));
      await vi.advanceTimersByTimeAsync(10 ** 8);
      peer.handlePacket(packetOf(encodeAnswer(3, { x: 1 })));
      expect(await forever).toEqual(new Map([['x', 1]]));
    } finally {
      vi.useRealTimers();
    }
  });

  it('rejects with 20015 when its signal is aborted, before or after sending', async () => {
    const { peer, stream } = recorded();
    const controller = new AbortController();
    const waiting = rejection(peer.quest('a', {}, { signal: controller.signal }));
    const reason = new Error('user left');
    controller.abort(reason);
    expect(await waiting).toMatchObject({ code: 20015, cause: reason });
    expect(await rejection(peer.quest('b', {}, { signal: controller.signal }))).toMatchObject({ code: 20015 });
    expect(stream.written).toHaveLength(1);
    peer.handlePacket(packetOf(encodeAnswer(1, {})));
  });

  it('rejects with 20011 at the limit of waiting quests, and works again below it', async () => {
    const { peer, stream } = recorded({ pendingMax: 2 });
    const first = peer.quest('a', {});
    const second = rejection(peer.quest('b', {}));
    expect(await rejection(peer.quest('c', {}))).toMatchObject({ code: 20011 });
    expect(stream.written).toHaveLength(2);
    peer.handlePacket(packetOf(encodeAnswer(1, {})));
    await first;
    const third = rejection(peer.quest('d', {}));
    expect(stream.written).toHaveLength(3);
    peer.close();
    expect(await second).toMatchObject({ code: 20002 });
    expect(await third).toMatchObject({ code: 20002 });
  });

  it('rejects and waits no longer when the parameters cannot be sent', async () => {
    const { peer, stream } = recorded({ packetMaxBytes: 100, pendingMax: 1 });
    expect(await rejection(peer.quest('a', [] as unknown as Encodable))).toBeInstanceOf(WireError);
    expect(await rejection(peer.quest('a', { x: 2n ** 70n }))).toBeInstanceOf(WireError);
    expect(await rejection(peer.quest('', {}))).toBeInstanceOf(RangeError);
    expect(await rejection(peer.quest('a', {}, { timeoutMs: -1 }))).toBeInstanceOf(RangeError);
    expect(await rejection(peer.quest('a', { x: 'y'.repeat(100) }))).toBeInstanceOf(WireError);
    expect(stream.written).toHaveLength(0);
    void peer.quest('a', {}).catch(() => {});
    expect(stream.written).toHaveLength(1);
  });

  it('rejects when the stream throws', async () => {
    const { peer, stream } = recorded({ pendingMax: 1 });
    stream.write = () => {
      throw new Error('broken');
    };
    expect(await rejection(peer.quest('a', {}))).toMatchObject({ message: 'broken' });
    expect(await rejection(peer.quest('a', {}))).toMatchObject({ message: 'broken' });
  });
});

describe('Peer, towards quests of the other side', () => {
  it('gives the handler all of the quest', () => {
    const quests: IncomingQuest[] = [];
    const { peer } = recorded({ onQuest: (quest) => void quests.push(quest) });
    peer.handlePacket(questPacket('m', { a: 1 }, 5));
    peer.handlePacket(packetOf(encodeQuest({ method: 'n', params: { a: 2 }, encoding: 'json' })));
    const [first, second] = quests;
    expect(first).toMatchObject({ method: 'm', encoding: 'msgpack', isOneWay: false, params: new Map([['a', 1]]) });
    expect(toHex(first!.payload)).toBe('81a16101');
    expect(second).toMatchObject({ method: 'n', encoding: 'json', isOneWay: true, params: new Map([['a', 2]]) });
  });

  it('answers in the encoding and with the number of the quest, version 01 and one flag', () => {
    const { peer, stream } = recorded({ onQuest: (quest) => quest.answer({ x: 1 }) });
    peer.handlePacket(packetOf(fromHex('46504e4e00970101010000000a0b0c0d6d80')));
    peer.handlePacket(packetOf(fromHex('46504e4e09400101020000000a0b0c0d6d7b7d')));
    expect(stream.written.map(toHex)).toEqual([
      '46504e4e01800200040000000a0b0c0d81a17801',
      '46504e4e01400200070000000a0b0c0d7b2278223a317d',
    ]);
  });

  it('answers once, whatever the handler calls', () => {
    for (const first of ['answer', 'fail'] as const) {
      const { peer, stream } = recorded({
        onQuest: (quest) => {
          if (first === 'answer') quest.answer({ x: 1 });
          quest.fail(5, 'no');
          quest.answer({ x: 2 });
          quest.fail(6, 'no');
        },
      });
      peer.handlePacket(questPacket('m'));
      expect(answerOf(stream)).toEqual(
        first === 'answer' ? { status: 0, params: { x: 1 } } : { status: 1, params: { code: 5, ex: 'no' } },
      );
    }
  });

  it('never answers a one-way quest', () => {
    const handlers: ((quest: IncomingQuest) => void)[] = [
      (quest) => quest.answer({}),
      (quest) => quest.fail(5, 'no'),
      () => {
        throw new Error('failed');
      },
      () => {
        throw new FpnnError(5, 'no');
      },
    ];
    for (const onQuest of handlers) {
      const { peer, stream } = recorded({ onQuest });
      peer.handlePacket(questPacket('m', {}, null));
      expect(stream.written).toEqual([]);
    }
    const { peer, stream } = recorded({ isPrivatePeer: true });
    for (const method of ['m', '*ping', '*status', '*nothing']) peer.handlePacket(questPacket(method, {}, null));
    expect(stream.written).toEqual([]);
  });

  it('answers long after, and repeated numbers each for itself', () => {
    const quests: IncomingQuest[] = [];
    const { peer, stream } = recorded({ onQuest: (quest) => void quests.push(quest) });
    for (let i = 0; i < 3; i++) peer.handlePacket(questPacket('m', { i }, 7));
    for (const quest of quests) quest.answer({ i: quest.params.get('i') as number });
    expect(writtenPackets(stream).map((packet) => [packet.seq, decodePayload(packet).get('i')])).toEqual([
      [7, 0],
      [7, 1],
      [7, 2],
    ]);
  });

  it('answers 20004 without a handler', () => {
    const { peer, stream } = recorded();
    peer.handlePacket(questPacket('nope'));
    expect(answerOf(stream)).toEqual({ status: 1, params: { code: 20004, ex: 'Unknown method: nope' } });
  });

  it('answers 20001 for a failed handler, without its text, and tells the owner', () => {
    const errors: unknown[] = [];
    const failure = new Error('secret path');
    const { peer, stream } = recorded({
      onQuest: () => {
        throw failure;
      },
      onHandlerError: (error) => errors.push(error),
    });
    peer.handlePacket(questPacket('m'));
    expect(answerOf(stream)).toEqual({ status: 1, params: { code: 20001, ex: 'Internal error' } });
    expect(errors).toEqual([failure]);
  });

  it('answers 20001 for a failed promise of the handler', async () => {
    const told = new Promise<unknown>((resolve) => {
      const { peer, stream } = recorded({
        onQuest: async () => {
          throw new Error('later');
        },
        onHandlerError: () => resolve(answerOf(stream)),
      });
      peer.handlePacket(questPacket('m'));
    });
    expect(await told).toEqual({ status: 1, params: { code: 20001, ex: 'Internal error' } });
  });

  it('answers with the code of a thrown FpnnError and tells nobody', () => {
    const onHandlerError = vi.fn();
    const { peer, stream } = recorded({
      onQuest: () => {
        throw new FpnnError(200030, 'msg is too long');
      },
      onHandlerError,
    });
    peer.handlePacket(questPacket('m'));
    expect(answerOf(stream)).toEqual({ status: 1, params: { code: 200030, ex: 'msg is too long' } });
    expect(onHandlerError).not.toHaveBeenCalled();
  });

  it('lets the handler answer otherwise when the answer cannot be sent', () => {
    const { peer, stream } = recorded({
      packetMaxBytes: 100,
      onQuest: (quest) => {
        expect(() => quest.answer([] as unknown as Encodable)).toThrow(WireError);
        expect(() => quest.answer({ x: Number.NaN, y: Symbol('s') as unknown as Encodable })).toThrow(WireError);
        expect(() => quest.answer({ x: 'y'.repeat(100) })).toThrow(WireError);
        quest.answer({ x: 1 });
      },
    });
    peer.handlePacket(questPacket('m'));
    expect(answerOf(stream)).toEqual({ status: 0, params: { x: 1 } });
  });

  it.each([
    ['bad-payload', 'msgpack', 'c1'],
    ['bad-payload', 'msgpack', '81a161'],
    ['bad-payload', 'msgpack', '8000'],
    ['root-not-map', 'msgpack', '90'],
    ['bad-payload', 'json', '7b'],
    ['root-not-map', 'json', '5b5d'],
  ] as const)(
    'throws the violation %s for the %s payload %s, of a quest and of an answer',
    async (reason, encoding, hex) => {
      const onQuest = vi.fn();
      const { peer, stream } = recorded({ onQuest });
      const answer = rejection(peer.quest('a', {}));
      const payload = fromHex(hex);
      const violation = expect.objectContaining({ name: 'ProtocolViolation', reason });
      for (const method of ['m', '*ping']) {
        const quest: Packet = { kind: 'quest', isOneWay: false, seq: 1, method, encoding, payload };
        expect(() => peer.handlePacket(quest)).toThrow(violation);
      }
      expect(() => peer.handlePacket({ kind: 'answer', seq: 1, status: 0, encoding, payload })).toThrow(violation);
      expect(onQuest).not.toHaveBeenCalled();
      expect(stream.written).toHaveLength(1);
      peer.handleClose();
      expect(await answer).toMatchObject({ code: 20002 });
    },
  );
});

describe('built-in methods', () => {
  it('answer *ping with the time, also in JSON', () => {
    const { peer, stream } = recorded({ now: () => 1795239918027 });
    peer.handlePacket(packetOf(fromHex('46504e4e0180010501000000be0b00002a70696e6780')));
    expect(stream.written.map(toHex)).toEqual(['46504e4e018002000d000000be0b000081a27473cf000001a1fca339cb']);
  });

  it('never reach the handler', () => {
    const onQuest = vi.fn();
    const { peer } = recorded({ onQuest });
    for (const method of ['*ping', '*status', '*infos', '*tune', '*other', '*']) peer.handlePacket(questPacket(method));
    expect(onQuest).not.toHaveBeenCalled();
  });

  it('answer 20004 for unknown names, from any address', () => {
    for (const isPrivatePeer of [true, false]) {
      const { peer, stream } = recorded({ isPrivatePeer });
      peer.handlePacket(questPacket('*other'));
      expect(answerOf(stream)).toEqual({ status: 1, params: { code: 20004, ex: 'Unknown method: *other' } });
    }
  });

  it.each(['*status', '*infos', '*tune'])('answer 20013 for %s from a public address', (method) => {
    const tune = vi.fn();
    const { peer, stream } = recorded({ builtins: { tune } });
    peer.handlePacket(questPacket(method, { key: 'a', value: 'b' }));
    expect(toHex(stream.written[0]!)).toBe(
      '46504e4e01800201200000000100000082a4636f6465cd4e2da26578b3466f7262696464656e204f7065726174696f6e',
    );
    expect(tune).not.toHaveBeenCalled();
  });

  it.each([
    ['*status', {}, { status: true }],
    ['*infos', {}, {}],
    ['*tune', { key: 'a' }, { return: true }],
  ] as const)('answer %s from a private address', (method, params, answer) => {
    const { peer, stream } = recorded({ isPrivatePeer: true });
    peer.handlePacket(questPacket(method, params));
    expect(answerOf(stream)).toEqual({ status: 0, params: answer });
  });

  it('use the hooks', () => {
    const tuned: string[] = [];
    const builtins = {
      isHealthy: () => false,
      infos: () => ({ connections: 3 }),
      tune: (key: string, value: string) => void tuned.push(`${key}=${value}`),
    };
    const { peer, stream } = recorded({ isPrivatePeer: true, builtins });
    peer.handlePacket(questPacket('*status'));
    peer.handlePacket(questPacket('*infos'));
    peer.handlePacket(questPacket('*tune', { key: 'k', value: 'v' }));
    expect(writtenPackets(stream).map((packet) => decodePayload(packet))).toEqual([
      new Map([['status', false]]),
      new Map([['connections', 3]]),
      new Map([['return', true]]),
    ]);
    expect(tuned).toEqual(['k=v']);
  });

  it('let a hook refuse', () => {
    const tune = (): never => {
      throw new FpnnError(20013, 'needs encryption');
    };
    const { peer, stream } = recorded({ isPrivatePeer: true, builtins: { tune } });
    peer.handlePacket(questPacket('*tune'));
    expect(answerOf(stream)).toEqual({ status: 1, params: { code: 20013, ex: 'needs encryption' } });
  });

  it('treat a late *key as a violation', () => {
    const { peer, stream } = recorded();
    expect(() => peer.handlePacket(questPacket('*key'))).toThrow(ProtocolViolation);
    expect(() => peer.handlePacket(questPacket('*key', {}, null))).toThrow(
      expect.objectContaining({ reason: 'bad-key' }),
    );
    expect(stream.written).toEqual([]);
  });
});

describe('Peer.notify and sendEncoded', () => {
  it('send one-way quests and ready packets', () => {
    const { peer, stream } = recorded();
    peer.notify('oneway', { x: 1 });
    const ready = fromHex('46504e4e0180010604000000010000006475706c657881a17107');
    peer.sendEncoded(ready);
    expect(toHex(stream.written[0]!)).toBe('46504e4e01800006040000006f6e6577617981a17801');
    expect(stream.written[1]).toBe(ready);
  });

  it('throw for what cannot be sent', () => {
    const { peer } = recorded({ packetMaxBytes: 50 });
    expect(() => peer.notify('', {})).toThrow(RangeError);
    expect(() => peer.notify('m', { x: 'y'.repeat(50) })).toThrow(WireError);
  });
});

describe('the end of a Peer', () => {
  it('by handleClose rejects what waits, with the reason, and tells once', async () => {
    const onClose = vi.fn();
    const { peer, stream } = recorded({ onClose });
    const outcomes = [rejection(peer.quest('a', {})), rejection(peer.quest('b', {}, { timeoutMs: 0 }))];
    const reason = new Error('reset');
    expect(peer.isClosed).toBe(false);
    peer.handleClose(reason);
    peer.handleClose();
    peer.close();
    expect(peer.isClosed).toBe(true);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ code: 20002, cause: reason });
    expect(onClose.mock.calls).toEqual([[reason]]);
    expect(stream.state).toBe('open');
  });

  it('by close ends the stream, and tells when the stream has ended', async () => {
    const onClose = vi.fn();
    const { peer, stream } = recorded({ onClose });
    const outcome = rejection(peer.quest('a', {}));
    peer.close();
    peer.close();
    expect(await outcome).toMatchObject({ code: 20002 });
    expect(stream.state).toBe('closed');
    expect(peer.isClosed).toBe(true);
    expect(onClose).not.toHaveBeenCalled();
    peer.handleClose();
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('makes every call harmless', async () => {
    const quests: IncomingQuest[] = [];
    const { peer, stream } = recorded({ onQuest: (quest) => void quests.push(quest) });
    peer.handlePacket(questPacket('m'));
    peer.handlePacket(questPacket('m'));
    peer.close();
    quests[0]!.answer({});
    quests[1]!.fail(5, 'no');
    peer.notify('n', {});
    peer.sendEncoded(new Uint8Array(1));
    peer.handlePacket(questPacket('m'));
    peer.handlePacket({ kind: 'answer', seq: 1, status: 0, encoding: 'msgpack', payload: fromHex('c1') });
    expect(quests).toHaveLength(2);
    expect(stream.written).toEqual([]);
    expect(await rejection(peer.quest('q', {}))).toMatchObject({ code: 20002 });
  });

  it('reaches both sides of a link', async () => {
    const ended: string[] = [];
    const [left, right] = linkPeers({ onClose: () => ended.push('left') }, { onClose: () => ended.push('right') });
    const waiting: Promise<WireMap> = right.quest('m', {});
    expect(await rejection(waiting)).toMatchObject({ code: 20004 });
    left.close();
    expect(ended.sort()).toEqual(['left', 'right']);
    expect(right.isClosed).toBe(true);
  });
});

describe('Peer.sendEncoded', () => {
  it('tells the numbers of answers that no quest waits for', () => {
    const seqs: number[] = [];
    const onStrayAnswers = (first: number, count: number) => {
      for (let seq = first; seq < first + count; seq += 1) seqs.push(seq);
    };
    const { peer } = recorded({ onStrayAnswers });
    void peer.quest('asked', {}, { timeoutMs: 0 }).catch(() => {});
    peer.sendEncoded(encodeQuest({ method: 'shared', params: {}, seq: 0x8000_0000 }));
    peer.handlePacket(packetOf(encodeAnswer(1, {})));
    peer.handlePacket(packetOf(encodeErrorAnswer(0x8000_0000, 20004, 'no such method')));
    peer.handleBareAnswers(0x8000_0001, 3);
    expect(seqs).toEqual([0x8000_0000, 0x8000_0001, 0x8000_0002, 0x8000_0003]);
  });

  it('tells answers to its quests from others in one row', async () => {
    const strays: [number, number][] = [];
    const { peer } = recorded({ onStrayAnswers: (...row) => strays.push(row) });
    const asked = [peer.quest('a', {}, { timeoutMs: 0 }), peer.quest('b', {}, { timeoutMs: 0 })];
    peer.handleBareAnswers(1, 3);
    expect(await Promise.all(asked)).toEqual([new Map(), new Map()]);
    expect(strays).toEqual([[3, 1]]);
    peer.handleBareAnswers(7, 4);
    expect(strays).toEqual([
      [3, 1],
      [7, 4],
    ]);
  });
});
