import { type Encodable, RawString } from '@parley/fpnn';
import { encodePushBody } from './chat-body.ts';
import type { FieldDeclaration } from './fields.ts';
import {
  encodeHistoryUnit,
  encodeLastMessage,
  type HistoryUnitInput,
  type P2pHistoryUnitInput,
} from './history-unit.ts';
import { isInt64 } from './integers.ts';

/**
 * Gives the wire form of a value that a caller passed for a declared field. The project's limits are the server's
 * matter; here only what has no wire form is refused.
 *
 * @throws TypeError for a wrong type, RangeError for a number beyond 2^53-1 or a bigint outside int64.
 */
export function encodeField(name: string, field: FieldDeclaration, value: unknown): Encodable {
  switch (field.kind) {
    case 'id':
      return encodeId(name, value);
    case 'time':
    case 'int':
    case 'choice':
      return encodeInteger(name, value);
    case 'flag':
      return typeof value === 'boolean' ? value : refuseType(name, 'a boolean');
    case 'text':
      return encodeText(name, value);
    case 'word':
      return encodeWord(name, field.allowed, value);
    case 'body':
      return encodeBody(name, value);
    case 'bytes':
      return value instanceof Uint8Array ? value : refuseType(name, 'a Uint8Array');
    case 'idList':
      return encodeList(name, value, encodeId);
    case 'mtypeList':
      return encodeList(name, value, encodeInteger);
    case 'list':
      return encodeList(name, value, (item, each) => encodeField(item, field.item, each));
    case 'idMap':
      return encodeIdMap(name, value, (item, each) => encodeField(item, field.value, each));
    case 'textMap':
      return encodeTextMap(name, value);
    case 'attrs':
      return Array.isArray(value) ? encodeList(name, value, encodeTextMap) : encodeTextMap(name, value);
    case 'history':
    case 'p2pHistory':
      return (value as readonly (HistoryUnitInput | P2pHistoryUnitInput)[]).map(encodeHistoryUnit);
    case 'lastMessage':
    case 'p2pLastMessage':
      return encodeLastMessage(value as HistoryUnitInput | P2pHistoryUnitInput | null);
    case 'pushBody':
      return encodePushBody(value) ?? refuseType(name, 'a string, a Uint8Array or a chat body');
  }
}

function encodeId(name: string, value: unknown): Encodable {
  if (typeof value === 'bigint') return isInt64(value) ? value : refuseRange(name, 'must lie within int64');
  if (typeof value !== 'number') return refuseType(name, 'a number or bigint');
  return Number.isSafeInteger(value) ? value : refuseRange(name, 'is no safe integer; pass a bigint');
}

function encodeInteger(name: string, value: unknown): Encodable {
  if (typeof value !== 'number') return refuseType(name, 'a number');
  return Number.isSafeInteger(value) ? value : refuseRange(name, 'is no safe integer');
}

function encodeBody(name: string, value: unknown): Encodable {
  if (typeof value === 'string' || value instanceof RawString || value instanceof Uint8Array) return value;
  return refuseType(name, 'a string or Uint8Array');
}

function encodeList(name: string, value: unknown, encode: (name: string, item: unknown) => Encodable): Encodable {
  if (!Array.isArray(value)) return refuseType(name, 'an array');
  return value.map((item, index) => encode(`${name}[${index}]`, item));
}

function encodeText(name: string, value: unknown): Encodable {
  return typeof value === 'string' || value instanceof RawString ? value : refuseType(name, 'a string');
}

function encodeWord(name: string, allowed: readonly string[], value: unknown): Encodable {
  if (typeof value !== 'string') return refuseType(name, 'a string');
  return allowed.includes(value) ? value : refuseRange(name, `must be one of ${allowed.join(', ')}`);
}

function encodeIdMap(name: string, value: unknown, encode: (name: string, item: unknown) => Encodable): Encodable {
  if (!(value instanceof Map)) return refuseType(name, 'a Map');
  const encoded = new Map<string, Encodable>();
  for (const [id, item] of value as ReadonlyMap<unknown, unknown>) {
    if (typeof id !== 'bigint') return refuseType(`each key of ${name}`, 'a bigint');
    if (!isInt64(id)) return refuseRange(`each key of ${name}`, 'must lie within int64');
    encoded.set(id.toString(), encode(`${name}[${id}]`, item));
  }
  return encoded;
}

function encodeTextMap(name: string, value: unknown): Encodable {
  if (!(value instanceof Map)) return refuseType(name, 'a Map');
  const encoded = new Map<string, Encodable>();
  for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
    if (typeof key !== 'string') return refuseType(`each key of ${name}`, 'a string');
    encoded.set(key, encodeText(`${name}.${key}`, item));
  }
  return encoded;
}

function refuseType(name: string, wanted: string): never {
  throw new TypeError(`${name} must be ${wanted}`);
}

function refuseRange(name: string, problem: string): never {
  throw new RangeError(`${name} ${problem}`);
}
