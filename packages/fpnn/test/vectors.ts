import { readFileSync } from 'node:fs';
import { RawString } from '../src/raw-string.ts';
import type { WireMap, WireValue } from '../src/value.ts';

/** A captured packet; see `fixtures/README.md`. */
export interface Vector {
  readonly name: string;
  readonly producer: string;
  readonly hex: string;
  readonly decoded: {
    readonly version: number;
    readonly encoding: 'msgpack' | 'json';
    readonly mtypeName: 'oneway' | 'twoway' | 'answer';
    readonly seq?: number;
    readonly method?: string;
    readonly status?: number;
    readonly payloadHex: string;
    readonly payload: unknown;
    readonly packets?: readonly { readonly dir: string; readonly plain: string; readonly wire: string }[];
  };
}

/** All captured packets. */
export const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL('./fixtures/fpnn.json', import.meta.url), 'utf8'),
);

/** Bytes of a hex text, in a buffer of their own. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** Hex text of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The payload of a vector as our decoders should give it. */
export function expectedPayload(vector: Vector): WireMap {
  const value = toWireValue(vector.decoded.payload, vector.decoded.encoding);
  if (!(value instanceof Map)) throw new Error(`${vector.name}: the payload is not a map`);
  return value;
}

function toWireValue(value: unknown, encoding: 'msgpack' | 'json'): WireValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return toStringOrInt64(value, encoding);
  if (Array.isArray(value)) return value.map((element) => toWireValue(element, encoding));
  const record = value as Record<string, unknown>;
  if (typeof record['$bin'] === 'string') return fromHex(record['$bin']);
  if (typeof record['$rawstr'] === 'string') return new RawString(fromHex(record['$rawstr']));
  const float = record['$float64'] ?? record['$float32'];
  if (typeof float === 'number') return float;
  const entries = (record['$map'] as [unknown, unknown][] | undefined) ?? Object.entries(record);
  return new Map(entries.map(([key, element]) => [String(key), toWireValue(element, encoding)]));
}

/** In the MessagePack vectors a string of digits is a 64-bit integer, or a string: `payloadHex` has the difference. */
function toStringOrInt64(text: string, encoding: 'msgpack' | 'json'): WireValue {
  if (encoding === 'json' || !/^-?\d{10,}$/.test(text)) return new RawString(new TextEncoder().encode(text));
  const value = BigInt(text);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
