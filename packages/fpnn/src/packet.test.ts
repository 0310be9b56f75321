import { describe, expect, it } from 'vitest';
import { expectedPayload, fromHex, toHex, VECTORS } from '../test/vectors.ts';
import { WireError } from './errors.ts';
import { decodePayload, encodeAnswer, encodeErrorAnswer, encodeQuest, type Packet } from './packet.ts';
import { PacketReader } from './packet-reader.ts';
import { RawString } from './raw-string.ts';
import type { Encodable, WireMap } from './value.ts';

const PLAIN = VECTORS.filter(({ name }) => !name.includes('/encrypted-'));

/** What our encoder writes otherwise, each for a rule of its own. */
const NOT_CANONICAL: ReadonlyMap<string, string> = new Map([
  ['py/quest-int64', '-1 as a negative fixint'],
  ['node/quest-int64', '-1 as a negative fixint, integers as floats, signed form of a positive integer'],
  ['cpp/quest-int64', '-1 as a negative fixint'],
  ['java/quest-int64', '-1 as a negative fixint'],
  ['wsjs/quest-int64', '-1 as a negative fixint, integers as floats, signed form of a positive integer'],
  ['go/quest-int64', 'signed form of a positive integer'],
  ['go/quest-minus-one', '-1 as a negative fixint'],
  ['go/quest-plus-200', 'signed form of a positive integer'],
  ['go/quest-float32', 'float32'],
  ['go/quest-int-key-map', 'integer keys'],
  ['cpp/quest-int-key-map', 'integer keys'],
  ['java/quest-int-key-map', 'integer keys'],
  ['java/quest-twoway-msgpack-scalars', 'float32'],
  ['server/answer-error-unknown-method-json', 'spaces in the JSON'],
]);

function readOne(bytes: Uint8Array): Packet {
  const packets = new PacketReader().push(bytes);
  expect(packets).toHaveLength(1);
  return packets[0]!;
}

function reencode(packet: Packet, params: WireMap): Uint8Array {
  const { seq, encoding } = packet;
  if (packet.kind === 'answer') {
    const answer = encodeAnswer(seq, params as Encodable, encoding);
    answer[7] = packet.status;
    return answer;
  }
  const { method } = packet;
  return encodeQuest({ method, params: params as Encodable, encoding, ...(!packet.isOneWay && { seq }) });
}

describe('captured packets', () => {
  it('are there in number', () => {
    expect(PLAIN.length).toBeGreaterThan(55);
  });

  it.each(PLAIN.map((vector) => [vector.name, vector] as const))('%s decodes', (_name, vector) => {
    const { decoded } = vector;
    const packet = readOne(fromHex(vector.hex));
    expect(packet).toMatchObject({ seq: decoded.seq ?? 0, encoding: decoded.encoding });
    expect(toHex(packet.payload)).toBe(decoded.payloadHex);
    if (packet.kind === 'answer') expect(packet.status).toBe(decoded.status);
    else expect(packet).toMatchObject({ method: decoded.method, isOneWay: decoded.mtypeName === 'oneway' });
    expect(decodePayload(packet)).toEqual(expectedPayload(vector));
  });

  it.each(PLAIN.map((vector) => [vector.name, vector] as const))('%s encodes to the same bytes', (name, vector) => {
    const bytes = fromHex(vector.hex);
    const packet = readOne(bytes);
    const again = reencode(packet, decodePayload(packet));
    bytes[4] = 1;
    if (NOT_CANONICAL.has(name)) expect(toHex(again)).not.toBe(toHex(bytes));
    else expect(toHex(again)).toBe(toHex(bytes));
    const oncemore = readOne(again);
    expect(toHex(reencode(oncemore, decodePayload(oncemore)))).toBe(toHex(again));
  });

  it('of encrypted connections decode, in plain, with the key as it came', () => {
    const encrypted = VECTORS.filter(({ name }) => name.includes('/encrypted-'));
    expect(encrypted.length).toBeGreaterThan(10);
    for (const { hex, decoded } of encrypted) {
      const packets = (decoded.packets ?? []).map(({ plain }) => readOne(fromHex(plain)));
      for (const packet of packets) expect(() => decodePayload(packet)).not.toThrow();
      const key = decodePayload(readOne(fromHex(hex))).get('publicKey');
      const bytes = key instanceof RawString ? key.bytes : (key as Uint8Array);
      expect(toHex(bytes)).toBe(
        (decoded as unknown as { handshake: { clientPublicKey: string } }).handshake.clientPublicKey,
      );
    }
  });
});

describe('encodeQuest', () => {
  it('writes a two-way quest', () => {
    const packet = encodeQuest({ method: 'test', params: { a: 1 }, seq: 1271 });
    expect(toHex(packet)).toBe('46504e4e0180010404000000f70400007465737481a16101');
  });

  it('writes a one-way quest without a sequence number', () => {
    const packet = encodeQuest({ method: 'oneway', params: { x: 1 } });
    expect(toHex(packet)).toBe('46504e4e01800006040000006f6e6577617981a17801');
  });

  it('writes JSON with the flag 40', () => {
    const packet = encodeQuest({ method: 'onewayJson', params: { x: 1 }, encoding: 'json' });
    expect(toHex(packet)).toBe('46504e4e0140000a070000006f6e657761794a736f6e7b2278223a317d');
    const long = encodeQuest({ method: 'm', params: { x: 'é'.repeat(5000) }, seq: 1, encoding: 'json' });
    expect(decodePayload(readOne(long)).get('x')).toEqual(new RawString(new TextEncoder().encode('é'.repeat(5000))));
  });

  it('writes an empty map as one byte, never an empty payload', () => {
    expect(toHex(encodeQuest({ method: '*ping', params: {}, seq: 3006 }))).toBe(
      '46504e4e0180010501000000be0b00002a70696e6780',
    );
    expect(toHex(encodeQuest({ method: 'm', params: { a: undefined } }))).toBe('46504e4e01800001010000006d80');
  });

  it('takes methods of 1 to 255 bytes', () => {
    const sizeOf = (method: string): number => encodeQuest({ method, params: {} }).length;
    expect(sizeOf('m')).toBe(14);
    expect(sizeOf('m'.repeat(255))).toBe(268);
    expect(sizeOf('é'.repeat(127))).toBe(267);
    for (const method of ['', 'm'.repeat(256), 'é'.repeat(128)]) expect(() => sizeOf(method)).toThrow(RangeError);
  });

  it('takes any u32 as the sequence number and nothing else', () => {
    for (const seq of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
      expect(readOne(encodeQuest({ method: 'm', params: {}, seq })).seq).toBe(seq);
    }
    for (const seq of [-1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => encodeQuest({ method: 'm', params: {}, seq })).toThrow(RangeError);
    }
  });

  it.each([null, undefined, 1, 'text', [], new Uint8Array(1), new RawString(new Uint8Array(1))])(
    'refuses a root that is no map: %s',
    (params) => {
      expect(() => encodeQuest({ method: 'm', params })).toThrow(WireError);
      expect(() => encodeQuest({ method: 'm', params, encoding: 'json' })).toThrow(WireError);
    },
  );
});

describe('answers', () => {
  it('repeat the sequence number, with status 0', () => {
    expect(toHex(encodeAnswer(1, { m: 'echo', n: 5 }))).toBe('46504e4e018002000b0000000100000082a16da46563686fa16e05');
    expect(toHex(encodeAnswer(1, { ts: 1795239918532 }, 'json'))).toBe(
      '46504e4e0140020014000000010000007b227473223a313739353233393931383533327d',
    );
  });

  it('with errors have status 1, code and ex', () => {
    expect(toHex(encodeErrorAnswer(1, 20013, 'Forbidden Operation'))).toBe(
      '46504e4e01800201200000000100000082a4636f6465cd4e2da26578b3466f7262696464656e204f7065726174696f6e',
    );
    const json = readOne(encodeErrorAnswer(7, 200001, 'é', 'json'));
    expect(new TextDecoder().decode(json.payload)).toBe('{"code":200001,"ex":"é"}');
  });
});

describe('decodePayload', () => {
  const packet = (encoding: 'msgpack' | 'json', payload: Uint8Array): Packet => {
    return { kind: 'answer', seq: 1, status: 0, encoding, payload };
  };

  it('refuses a root that is no map', () => {
    for (const hex of ['c0', '01', 'a161', '90', 'c400', 'd40500', 'cb3ff8000000000000']) {
      expect(() => decodePayload(packet('msgpack', fromHex(hex)))).toThrow(
        expect.objectContaining({ reason: 'root-not-map' }),
      );
    }
    for (const json of ['null', '1', '"a"', '[]']) {
      const payload = new TextEncoder().encode(json);
      expect(() => decodePayload(packet('json', payload))).toThrow(expect.objectContaining({ reason: 'root-not-map' }));
    }
  });

  it('tells a payload that does not parse from a wrong root', () => {
    for (const [encoding, hex] of [
      ['msgpack', '81'],
      ['msgpack', '8000'],
      ['json', '7b'],
      ['json', '80'],
    ] as const) {
      const error = expect.objectContaining({ name: 'WireError', reason: 'bad-payload' });
      expect(() => decodePayload(packet(encoding, fromHex(hex)))).toThrow(error);
    }
  });
});
