import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { INT64_MIN, NESTING_MAX, UINT64_MAX } from '../limits.ts';
import { assertPlainObject } from '../plain-object.ts';
import { RawString } from '../raw-string.ts';
import { decodeUtf8Strictly } from '../utf8.ts';
import type { Encodable } from '../value.ts';

const LONE_SURROGATES = /\p{Surrogate}/gu;
const TWO_64 = 2 ** 64;
/** Bytes per call of `String.fromCharCode`, whose arguments live on the stack. */
const BINARY_STRING_STEP = 8192;

/**
 * Formats a value as JSON text. Bigints are bare digits. Binary and strings kept as bytes are text when they are UTF-8,
 * else the text of their base64. Integral numbers below 2^64 are written with all digits. Lone surrogates become U+FFFD.
 *
 * @throws WireError `not-encodable` for integers outside -2^63..2^64-1, NaN, infinities, extensions, class instances, functions and symbols, and past
 * 64 levels.
 */
export function stringifyJson(value: Encodable): string {
  return formatValue(value, 0);
}

function formatValue(value: Encodable, depth: number): string {
  switch (typeof value) {
    case 'string':
      return formatText(value);
    case 'number':
      return formatNumber(value);
    case 'bigint':
      return formatBigInt(value);
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : formatObject(value, depth);
    default:
      throw new WireError(`a ${typeof value} has no wire form`, 'not-encodable');
  }
}

function formatText(text: string): string {
  return JSON.stringify(text.replace(LONE_SURROGATES, '\ufffd'));
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new WireError(`${value} has no JSON form`, 'not-encodable');
  // String() rounds the last digits of integers beyond 2^53, which a reader of exact integers would take as they are.
  if (Number.isInteger(value) && Math.abs(value) < TWO_64) return String(BigInt(value));
  return String(value);
}

function formatBigInt(value: bigint): string {
  if (value >= INT64_MIN && value <= UINT64_MAX) return String(value);
  throw new WireError('an integer is outside -2^63..2^64-1', 'not-encodable');
}

function formatObject(value: object & Encodable, depth: number): string {
  if (value instanceof RawString) return formatBytes(value.bytes);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (value instanceof Ext) throw new WireError('an extension has no wire form here', 'not-encodable');
  if (depth >= NESTING_MAX) throw new WireError(`deeper than ${NESTING_MAX} levels`, 'not-encodable');
  if (Array.isArray(value)) return formatArray(value, depth + 1);
  if (value instanceof Map) return formatEntries(value, depth + 1);
  assertPlainObject(value);
  return formatEntries(Object.entries(value as Record<string, Encodable>), depth + 1);
}

function formatArray(array: readonly Encodable[], depth: number): string {
  return `[${Array.from(array, (value) => formatValue(value, depth)).join(',')}]`;
}

function formatEntries(entries: Iterable<readonly [string, Encodable]>, depth: number): string {
  const parts: string[] = [];
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    if (typeof key !== 'string') throw new WireError('a map key is not a string', 'not-encodable');
    parts.push(`${formatText(key)}:${formatValue(value, depth)}`);
  }
  return `{${parts.join(',')}}`;
}

function formatBytes(bytes: Uint8Array): string {
  const text = decodeUtf8Strictly(bytes, 0, bytes.length);
  return text === undefined ? `"${formatBase64(bytes)}"` : JSON.stringify(text);
}

function formatBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += BINARY_STRING_STEP) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BINARY_STRING_STEP));
  }
  return btoa(binary);
}
