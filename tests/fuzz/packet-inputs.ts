import { decodePayload, type Encodable, encodeAnswer, encodeQuest } from '@parley/fpnn';
import type { Signer } from '@parley/testkit/internal';
import { mutate, seededRandom } from '../../packages/fpnn/test/wire-generators.ts';
import { type CapturedCall, capturedCalls, signAnew } from '../support/captures.ts';
import { type Outline, outlineOf } from '../support/msgpack-outline.ts';

/** Bytes to send on one connection, and how they came about. */
export type PacketInput = { readonly label: string; readonly bytes: Uint8Array };

type Random = (limit: number) => number;
type Source = { readonly random: Random; readonly good: () => Uint8Array };

const HEADER_BYTES = 12;
const SIZE_OFFSET = 8;

/**
 * Makes input for a connection that speaks FPNN: whole and broken packets, most of them from calls of official SDKs that
 * are rightly signed, so that they get past the gate.
 */
export class PacketInputs {
  readonly #signer: Signer;

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /** The same seed gives the same input, but for the times and signatures of its calls. */
  make(seed: number): PacketInput {
    const random = seededRandom(seed);
    const source: Source = { random, good: () => this.goodPacket(random) };
    const [label, make] = pick(KINDS, random);
    const parts = [make(source)];
    // What stands around a broken packet must be served, or lost with its connection.
    for (let before = random(3); before > 0; before -= 1) parts.unshift(source.good());
    if (random(2) === 0) parts.push(source.good());
    return { label, bytes: Buffer.concat(parts) };
  }

  /** A captured call, signed for the project. */
  goodPacket(random: Random): Uint8Array {
    const call: CapturedCall = pick(capturedCalls, random);
    return signAnew(call, this.#signer, Math.floor(Date.now() / 1000));
  }
}

/** Each kind of input, by its label. */
const KINDS: readonly (readonly [label: string, make: (source: Source) => Uint8Array])[] = [
  ['a good packet', ({ good }) => good()],
  ['a mutated packet', ({ random, good }) => mutate(good(), random)],
  ['a mutated payload in a right frame', ({ random, good }) => inRightFrame(good(), (part) => mutate(part, random))],
  ['a replaced value', ({ random, good }) => inRightFrame(good(), (payload) => replaceValue(payload, random))],
  ['two replaced values', ({ random, good }) => inRightFrame(good(), (payload) => twice(payload, random))],
  ['a doubled key', ({ random, good }) => inRightFrame(good(), (payload) => doubleKey(payload, random))],
  ['JSON', ({ random, good }) => asJson(good(), random)],
  ['mutated JSON', ({ random, good }) => inRightFrame(asJson(good(), random), (part) => mutate(part, random))],
  ['half a packet', ({ random, good }) => half(good(), random)],
  ['random bytes', ({ random }) => randomBytes(random(300), random)],
  ['a packet of random bytes', ({ random }) => packetOf(randomBytes(1 + random(300), random), random)],
  ['a root that is another value', ({ random }) => packetOf(pick(VALUES, random), random)],
  ['another header', ({ random, good }) => withOtherHeader(good(), random)],
  ['a wrong size', ({ random, good }) => withSize(good(), pick(SIZES, random))],
  ['deep nesting', ({ random, good }) => inRightFrame(good(), (payload) => nest(payload, random))],
  ['many values', ({ random }) => packetOf(manyValues(pick([10, 100, 1000, 1000, 1000, 262_143], random)), random)],
  ['an answer that nobody waits for', ({ random }) => strayAnswer(random)],
  ['a built-in method', ({ random }) => builtIn(random)],
  ['a one-way quest', ({ random, good }) => oneWay(good(), random)],
];

const SIZES = [0, 1, 11, 4096, 8_388_575, 8_388_600, 8_388_608, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const BUILT_INS = ['*ping', '*status', '*infos', '*tune', '*', '*nothing', '*ping\0', '*PING'];

/** Values as bytes: unusual ones that a decoder takes, and some that it must not take. */
const VALUES: readonly Uint8Array[] = [
  ...['c0', 'c2', 'c3', '00', '7f', 'e0', 'ff', 'a0', '90', '80', 'c400', 'dc0000', 'de0000', 'd900', 'db00000000'],
  ...['d0ff', 'd18000', 'd280000000', 'd38000000000000000', 'd37fffffffffffffff', 'cf8000000000000000'],
  ...['cfffffffffffffffff', 'cf0000000000000001', 'cb7ff8000000000000', 'cb7ff0000000000000', 'cb3ff8000000000000'],
  ...['cb4340000000000001', 'cb8000000000000000', 'cb7fe1ccf385ebc8a0', 'ca3f800000', 'ca7fc00000'],
  ...['a2c328', 'a3eda080', 'a100', 'c404ff00c328', 'a178', '9101', '92c001', '91a131', '81a13101', '810102', '81c001'],
  ...[
    'd40100',
    'c70501aabbccddee',
    'c70000',
    'c1',
    'ddffffffff',
    'dfffffffff',
    'dbffffffff',
    'c67fffffff',
    'c9ffffffff01',
  ],
  ...['94cfffffffffffffffffd3800000000000000001cb4340000000000001', '8205c006c0', '9f', 'd9', 'cb00'],
].map((hex) => Buffer.from(hex, 'hex'));

function pick<T>(from: readonly T[], random: Random): T {
  return from[random(from.length)]!;
}

function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

/** Where the payload of a good two-way packet begins. */
function payloadAt(packet: Uint8Array): number {
  return HEADER_BYTES + 4 + packet[7]!;
}

/** The packet with its payload changed and the announced size put right. */
function inRightFrame(packet: Uint8Array, change: (payload: Uint8Array) => Uint8Array): Uint8Array {
  const at = payloadAt(packet);
  const payload = change(packet.subarray(at));
  return withSize(Buffer.concat([packet.subarray(0, at), payload]), payload.length);
}

function withSize(packet: Uint8Array, size: number): Uint8Array {
  const copy = Buffer.from(packet);
  copy.writeUInt32LE(size, SIZE_OFFSET);
  return copy;
}

function withOtherHeader(packet: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(packet);
  // Version, flag, type, length of the method.
  copy[pick([4, 5, 5, 6, 7], random)] = pick([0, 1, 2, 3, 0x40, 0x80, 0xc0, 0xc1, 0xff], random);
  return copy;
}

function packetOf(payload: Uint8Array, random: Random): Uint8Array {
  const header = encodeQuest({ method: 'getroommembers', params: {}, seq: random(2 ** 32 - 1) });
  return inRightFrame(header, () => payload);
}

/** Every value inside the payload, keys and the root left out. */
function valuesIn(payload: Uint8Array): Outline[] {
  const found: Outline[] = [];
  const visit = (node: Outline) => {
    node.items.forEach((item, index) => {
      if (node.kind === 'map' && index % 2 === 0) return;
      found.push(item);
      visit(item);
    });
  };
  visit(outlineOf(payload));
  return found;
}

function replaceValue(payload: Uint8Array, random: Random): Uint8Array {
  const { start, end } = pick(valuesIn(payload), random);
  return Buffer.concat([payload.subarray(0, start), pick(VALUES, random), payload.subarray(end)]);
}

function twice(payload: Uint8Array, random: Random): Uint8Array {
  const [first, second] = [pick(valuesIn(payload), random), pick(valuesIn(payload), random)].sort(
    (a, b) => a.start - b.start,
  );
  if (second!.start < first!.end) return replaceValue(payload, random);
  const between = payload.subarray(first!.end, second!.start);
  const values = [pick(VALUES, random), pick(VALUES, random)] as const;
  return Buffer.concat([
    payload.subarray(0, first!.start),
    values[0],
    between,
    values[1],
    payload.subarray(second!.end),
  ]);
}

/** The last of equal keys counts. */
function doubleKey(payload: Uint8Array, random: Random): Uint8Array {
  const { items, contentStart } = outlineOf(payload);
  const key = items[2 * random(items.length / 2)]!;
  const entry = Buffer.concat([payload.subarray(key.start, key.end), pick(VALUES, random)]);
  const head = Buffer.from([0xde, 0, items.length / 2 + 1]);
  return Buffer.concat([head, payload.subarray(contentStart), entry]);
}

/** A value inside so many lists or maps that the limit of 64 lies between them. */
function nest(payload: Uint8Array, random: Random): Uint8Array {
  const { start, end } = pick(valuesIn(payload), random);
  const levels = pick([40, 61, 62, 63, 64, 1000, 20_000], random);
  const level = random(2) === 0 ? Buffer.of(0x91) : Buffer.of(0x81, 0xa1, 0x31);
  const lists = Buffer.concat(Array.from({ length: levels }, () => level));
  return Buffer.concat([payload.subarray(0, start), lists, payload.subarray(start, end), payload.subarray(end)]);
}

/** A map with a list of so many empty maps, which are small on the wire only. */
function manyValues(count: number): Uint8Array {
  const head = Buffer.from([0x81, 0xa3, ...Buffer.from('rid'), 0xdd, 0, 0, 0, 0]);
  head.writeUInt32BE(count, head.length - 4);
  return Buffer.concat([head, Buffer.alloc(count, 0x80)]);
}

function half(packet: Uint8Array, random: Random): Uint8Array {
  return packet.subarray(0, 1 + random(packet.length - 1));
}

/** What a good packet asks for. */
export function paramsOf(packet: Uint8Array): { method: string; params: Encodable } {
  const method = Buffer.from(packet.subarray(HEADER_BYTES + 4, payloadAt(packet))).toString();
  const payload = packet.subarray(payloadAt(packet));
  const params = decodePayload({ kind: 'quest', isOneWay: false, seq: 0, method, encoding: 'msgpack', payload });
  return { method, params: params as Encodable };
}

function asJson(packet: Uint8Array, random: Random): Uint8Array {
  return encodeQuest({ ...paramsOf(packet), seq: random(2 ** 32 - 1), encoding: 'json' });
}

function oneWay(packet: Uint8Array, random: Random): Uint8Array {
  return encodeQuest({ ...paramsOf(packet), encoding: pick(['msgpack', 'json'], random) });
}

function strayAnswer(random: Random): Uint8Array {
  const answer = encodeAnswer(random(2 ** 32 - 1), { mtime: 1 }, pick(['msgpack', 'json'], random));
  return random(2) === 0 ? answer : withSize(Buffer.concat([answer.subarray(0, 16), randomBytes(9, random)]), 9);
}

function builtIn(random: Random): Uint8Array {
  const method = pick(BUILT_INS, random);
  const params = pick<Encodable>([{}, { key: 1, value: [] }, { key: 'x', value: 'y' }, { ts: null }], random);
  return encodeQuest({ method, params, seq: random(2 ** 32 - 1), encoding: pick(['msgpack', 'json'], random) });
}
