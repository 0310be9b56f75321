import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { INT64_MIN, NESTING_MAX, UINT64_MAX } from '../limits.ts';
import { assertPlainObject } from '../plain-object.ts';
import { RawString } from '../raw-string.ts';
import type { Encodable } from '../value.ts';
import { acquireWriter, type MsgpackWriter, releaseWriter } from './writer.ts';

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

/**
 * Encodes a value in the forms that every official SDK reads: shortest integers, unsigned forms from 0 up, -1..-32 as
 * int8, strings with str8, floats as float64, no extensions. Integral numbers of -2^63..2^64-1 are integers; `-0` is 0.
 * Lone surrogates become U+FFFD.
 *
 * @returns Bytes that belong to the caller. Small results share an `ArrayBuffer`: never transfer theirs.
 * @throws WireError `not-encodable` for integers outside -2^63..2^64-1, extensions, class instances, functions and
 * symbols, and past 64 levels.
 */
export function encodeMsgpack(value: Encodable): Uint8Array {
  const writer = acquireWriter();
  try {
    writeMsgpack(writer, value);
    return writer.copy();
  } finally {
    releaseWriter(writer);
  }
}

/** As `encodeMsgpack`, appending to a writer. */
export function writeMsgpack(writer: MsgpackWriter, value: Encodable): void {
  writeValue(writer, value, 0);
}

function writeValue(writer: MsgpackWriter, value: Encodable, depth: number): void {
  switch (typeof value) {
    case 'string':
      writer.writeString(value);
      return;
    case 'number':
      writeNumber(writer, value);
      return;
    case 'object':
      if (value === null) writer.writeByte(0xc0);
      else writeObject(writer, value, depth);
      return;
    case 'bigint':
      writeBigInt(writer, value);
      return;
    case 'boolean':
      writer.writeByte(value ? 0xc3 : 0xc2);
      return;
    case 'undefined':
      writer.writeByte(0xc0);
      return;
    default:
      throw new WireError(`a ${typeof value} has no wire form`, 'not-encodable');
  }
}

function writeNumber(writer: MsgpackWriter, value: number): void {
  if (!Number.isInteger(value)) writer.writeFloat64(value);
  else if (value >= -0x8000_0000 && value <= 0xffff_ffff) writer.writeInt32Range(value);
  else if (value >= -TWO_63 && value < TWO_64) writer.writeInt64(value);
  else writer.writeFloat64(value);
}

function writeBigInt(writer: MsgpackWriter, value: bigint): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) writeNumber(writer, number);
  else if (value >= INT64_MIN && value <= UINT64_MAX) writer.writeBigInt64(value);
  else throw new WireError('an integer is outside -2^63..2^64-1', 'not-encodable');
}

function writeObject(writer: MsgpackWriter, value: object & Encodable, depth: number): void {
  if (value instanceof RawString) writer.writeStringBytes(value.bytes);
  else if (value instanceof Uint8Array) writer.writeBinary(value);
  else if (value instanceof Ext) throw new WireError('an extension has no wire form here', 'not-encodable');
  else if (depth >= NESTING_MAX) throw new WireError(`deeper than ${NESTING_MAX} levels`, 'not-encodable');
  else if (Array.isArray(value)) writeArray(writer, value, depth + 1);
  else if (value instanceof Map) writeMap(writer, value, depth + 1);
  else writeRecord(writer, value as Record<string, Encodable>, depth + 1);
}

function writeArray(writer: MsgpackWriter, array: readonly Encodable[], depth: number): void {
  writer.writeArrayHeader(array.length);
  for (let i = 0; i < array.length; i++) writeValue(writer, array[i], depth);
}

function writeMap(writer: MsgpackWriter, map: ReadonlyMap<string, Encodable>, depth: number): void {
  let size = 0;
  for (const value of map.values()) if (value !== undefined) size++;
  writer.writeMapHeader(size);
  for (const [key, value] of map) {
    if (value === undefined) continue;
    if (typeof key !== 'string') throw new WireError('a map key is not a string', 'not-encodable');
    writer.writeString(key);
    writeValue(writer, value, depth);
  }
}

function writeRecord(writer: MsgpackWriter, record: Record<string, Encodable>, depth: number): void {
  assertPlainObject(record);
  const keys = Object.keys(record);
  let size = 0;
  for (const key of keys) if (record[key] !== undefined) size++;
  writer.writeMapHeader(size);
  for (const key of keys) {
    const value = record[key];
    if (value === undefined) continue;
    writer.writeString(key);
    writeValue(writer, value, depth);
  }
}
