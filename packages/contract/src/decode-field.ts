import type { WireValue } from '@parley/fpnn';
import { decodePushBody } from './chat-body.ts';
import type { FieldDeclaration } from './fields.ts';
import { decodeHistoryUnit, decodeLastMessage, decodeP2pHistoryUnit, decodeP2pLastMessage } from './history-unit.ts';
import { parseInt64, toInt64, toNumber } from './integers.ts';
import { toBody, toBytes, toText } from './raw-values.ts';

/** The value as SDKs give it; undefined when it has the wrong type. */
export function decodeField(field: FieldDeclaration, value: WireValue): unknown {
  switch (field.kind) {
    case 'id':
      return toInt64(value);
    case 'time':
    case 'int':
    case 'choice':
      return toNumber(value);
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'text':
    case 'word':
      return toText(value);
    case 'body':
      return toBody(value);
    case 'bytes':
      return toBytes(value);
    case 'idList':
      return decodeList(value, toInt64);
    case 'mtypeList':
      return decodeList(value, toNumber);
    case 'list':
      return decodeList(value, (item) => decodeField(field.item, item));
    case 'idMap':
      return decodeIdMap(value, (item) => decodeField(field.value, item));
    case 'textMap':
      return decodeTextMap(value);
    case 'history':
      return decodeList(value, decodeHistoryUnit);
    case 'p2pHistory':
      return decodeList(value, decodeP2pHistoryUnit);
    case 'lastMessage':
      return decodeLastMessage(value);
    case 'p2pLastMessage':
      return decodeP2pLastMessage(value);
    case 'attrs':
      return Array.isArray(value) ? decodeList(value, decodeTextMap) : decodeTextMap(value);
    case 'pushBody':
      return decodePushBody(value);
  }
}

function decodeList<T>(value: WireValue, decode: (item: WireValue) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (const item of value) {
    const decoded = decode(item);
    if (decoded === undefined) return undefined;
    items.push(decoded);
  }
  return items;
}

function decodeIdMap<T>(value: WireValue, decode: (item: WireValue) => T | undefined): Map<bigint, T> | undefined {
  if (!(value instanceof Map)) return undefined;
  const found = new Map<bigint, T>();
  for (const [key, item] of value) {
    const id = parseInt64(key);
    const decoded = decode(item);
    if (id === undefined || decoded === undefined) return undefined;
    found.set(id, decoded);
  }
  return found;
}

function decodeTextMap(value: WireValue): Map<string, string> | undefined {
  if (!(value instanceof Map)) return undefined;
  const found = new Map<string, string>();
  for (const [name, item] of value) {
    const text = toText(item);
    if (text === undefined) return undefined;
    found.set(name, text);
  }
  return found;
}
