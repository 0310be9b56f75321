import fc from 'fast-check';
import { RawString } from '../src/raw-string.ts';
import { encodeUtf8 } from '../src/utf8.ts';
import type { Encodable, WireValue } from '../src/value.ts';

const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Integers around every change of width, and any other that the wire can carry. */
export const wireIntegers: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.constantFrom(-1, -32, -33, -128, -129, -32768, -32769, -(2 ** 31), -(2 ** 31) - 1, Number.MIN_SAFE_INTEGER),
  fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, 2n ** 63n, INT64_MIN, UINT64_MAX),
  fc.maxSafeInteger(),
  fc.bigInt({ min: INT64_MIN, max: UINT64_MAX }),
);

/** Texts of every length class, with every kind of character. */
export const wireTexts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom(
    '',
    'a'.repeat(31),
    'a'.repeat(32),
    'é'.repeat(16),
    'x'.repeat(255),
    'x'.repeat(256),
    '你'.repeat(11),
  ),
);

/** Map keys, usual and odd ones. */
export const wireKeys: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('pid', 'from', 'to', 'mid', 'mtype', 'msg', 'attrs', 'constructor', '0', '-1', 'k'.repeat(40)),
);

/** What to leave out of {@link encodables}. */
export interface EncodableOptions {
  /** Without binary, which JSON turns into text. */
  readonly isJson?: boolean;
}

/** Any value that has a wire form. */
export function encodables(options: EncodableOptions = {}): fc.Arbitrary<Encodable> {
  const floats = fc.double({ noNaN: options.isJson === true, noDefaultInfinity: options.isJson === true });
  const leaves: fc.Arbitrary<Encodable>[] = [fc.constant(null), fc.boolean(), wireIntegers, floats, wireTexts];
  if (options.isJson !== true) {
    leaves.push(fc.uint8Array({ maxLength: 300 }));
    leaves.push(fc.uint8Array({ maxLength: 40 }).map((bytes) => new RawString(bytes)));
  }
  const { value } = fc.letrec<{ value: Encodable }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      ...leaves,
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(wireKeys, tie('value'), { maxKeys: 20 }),
      fc.array(fc.tuple(wireKeys, tie('value')), { maxLength: 20 }).map((entries) => new Map(entries)),
    ),
  }));
  return value;
}

/** Any root of a payload. */
export function encodableMaps(options: EncodableOptions = {}): fc.Arbitrary<Encodable> {
  return fc.dictionary(wireKeys, encodables(options), { maxKeys: 20 });
}

/** What a value becomes by encoding and decoding. */
export function asDecoded(value: Encodable): WireValue {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
  if (typeof value === 'number') return asDecodedNumber(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'string') return new RawString(encodeUtf8(value));
  if (value instanceof RawString || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(asDecoded);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(entries.filter(([, entry]) => entry !== undefined).map(([key, entry]) => [key, asDecoded(entry)]));
}

/** Integral numbers are integers on the wire: exact beyond 2^53, and without a minus zero. */
function asDecodedNumber(value: number): number | bigint {
  if (!Number.isInteger(value) || Math.abs(value) < 2 ** 53) return value === 0 ? 0 : value;
  return value >= -(2 ** 63) && value < 2 ** 64 ? BigInt(value) : value;
}

/** A small seeded generator (mulberry32): the same seed gives the same run. */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const MUTATION_BYTES = [
  0x00, 0x01, 0x7f, 0x80, 0x8f, 0x9f, 0xa0, 0xc1, 0xc6, 0xd3, 0xdb, 0xdd, 0xdf, 0xff, 0x22, 0x5c, 0x7b,
];

/** A copy of `bytes` with one to four bytes changed, removed, repeated or put in. */
export function mutate(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
  const copy = Array.from(bytes);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(copy.length + 1);
    const kind = random(5);
    if (kind === 0) copy[at] = random(256);
    else if (kind === 1) copy[at] = MUTATION_BYTES[random(MUTATION_BYTES.length)]!;
    else if (kind === 2) copy.splice(at, 1 + random(8));
    else if (kind === 3) copy.splice(at, 0, ...copy.slice(at, at + 1 + random(16)));
    else copy.splice(at, 0, MUTATION_BYTES[random(MUTATION_BYTES.length)]!);
  }
  return Uint8Array.from(copy);
}

/** Cuts bytes into chunks of 1 to `chunkMaxBytes`. */
export function cutIntoChunks(
  bytes: Uint8Array,
  chunkMaxBytes: number,
  random: (limit: number) => number,
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random(chunkMaxBytes));
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}
