import { WireError } from '../errors.ts';
import { Ext } from '../ext.ts';
import { decodeKey } from '../key-cache.ts';
import { DECODED_VALUES_MAX, NESTING_MAX } from '../limits.ts';
import { RawString } from '../raw-string.ts';
import type { WireMap, WireValue } from '../value.ts';

const TWO_32 = 0x1_0000_0000;
const scratch = new DataView(new ArrayBuffer(8));

/**
 * Decodes one MessagePack value. Every format of the specification is read, minimal or not; see `WireValue` for what
 * becomes what. Strings, binary and extensions are views into `bytes`.
 *
 * @throws WireError `bad-payload` when the bytes end early or go on after the value, for the unused format `c1`, for a
 * map key that is neither string, binary nor integer, and past 64 levels or 262,144 values.
 */
export function decodeMsgpack(bytes: Uint8Array): WireValue {
  const decoder = new Decoder(bytes);
  const value = decoder.readValue();
  decoder.expectEnd();
  return value;
}

class Decoder {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private position = 0;
  private depth = 0;
  private valuesLeft = DECODED_VALUES_MAX;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  expectEnd(): void {
    if (this.position !== this.end) throw new WireError(`${this.end - this.position} bytes after the value`);
  }

  readValue(): WireValue {
    const format = this.readByte();
    if (format < 0x80) return format;
    if (format >= 0xe0) return format - 0x100;
    if (format >= 0xc0) return this.readLongFormat(format);
    if (format >= 0xa0) return this.readString(format & 0x1f);
    if (format >= 0x90) return this.readArray(format & 0x0f);
    return this.readMap(format & 0x0f);
  }

  private readLongFormat(format: number): WireValue {
    switch (format) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.readBytes(this.readByte());
      case 0xc5:
        return this.readBytes(this.readUint16());
      case 0xc6:
        return this.readBytes(this.readUint32());
      case 0xc7:
        return this.readExt(this.readByte());
      case 0xc8:
        return this.readExt(this.readUint16());
      case 0xc9:
        return this.readExt(this.readUint32());
      case 0xca:
        return this.readFloat32();
      case 0xcb:
        return this.readFloat64();
      case 0xcc:
        return this.readByte();
      case 0xcd:
        return this.readUint16();
      case 0xce:
        return this.readUint32();
      case 0xcf:
        return this.readUint64();
      case 0xd0:
        return (this.readByte() << 24) >> 24;
      case 0xd1:
        return (this.readUint16() << 16) >> 16;
      case 0xd2:
        return this.readUint32() | 0;
      case 0xd3:
        return this.readInt64();
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.readExt(1 << (format - 0xd4));
      case 0xd9:
        return this.readString(this.readByte());
      case 0xda:
        return this.readString(this.readUint16());
      case 0xdb:
        return this.readString(this.readUint32());
      case 0xdc:
        return this.readArray(this.readUint16());
      case 0xdd:
        return this.readArray(this.readUint32());
      case 0xde:
        return this.readMap(this.readUint16());
      case 0xdf:
        return this.readMap(this.readUint32());
      default:
        throw new WireError('format byte c1');
    }
  }

  private readArray(length: number): WireValue[] {
    this.enter(length, length);
    const array: WireValue[] = [];
    for (let i = 0; i < length; i++) array.push(this.readValue());
    this.depth--;
    return array;
  }

  private readMap(size: number): WireMap {
    this.enter(size * 2, size);
    const map: WireMap = new Map();
    for (let i = 0; i < size; i++) {
      const key = this.readKey();
      map.set(key, this.readValue());
    }
    this.depth--;
    return map;
  }

  /** Refuses a length that the bytes left cannot hold, before anything is made for it. */
  private enter(values: number, entries: number): void {
    if (++this.depth > NESTING_MAX) throw new WireError(`deeper than ${NESTING_MAX} levels`);
    if (values > this.end - this.position) throw new WireError(`${entries} entries announced, the bytes end before`);
    this.valuesLeft -= values;
    if (this.valuesLeft < 0) throw new WireError(`more than ${DECODED_VALUES_MAX} values`);
  }

  private readKey(): string {
    const format = this.bytes[this.position];
    if (format !== undefined && format >= 0xa0 && format < 0xc0) {
      this.position++;
      const start = this.skip(format & 0x1f);
      return decodeKey(this.bytes, start, this.position);
    }
    return this.readUnusualKey();
  }

  private readUnusualKey(): string {
    const key = this.readValue();
    if (key instanceof RawString) return key.text;
    if (key instanceof Uint8Array) return new RawString(key).text;
    if (typeof key === 'bigint' || Number.isInteger(key)) return String(key);
    throw new WireError('a map key is neither a string nor an integer');
  }

  private readString(length: number): RawString {
    return new RawString(this.readBytes(length));
  }

  /** Not `subarray`: that would give a Buffer for a Buffer, whose `slice` does not copy. */
  private readBytes(length: number): Uint8Array {
    const start = this.skip(length);
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, length);
  }

  private readExt(length: number): Ext {
    const type = (this.readByte() << 24) >> 24;
    return new Ext(type, this.readBytes(length));
  }

  private readByte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw endsEarly();
    this.position++;
    return byte;
  }

  private readUint16(): number {
    const at = this.skip(2);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  private readUint32(): number {
    const at = this.skip(4);
    const bytes = this.bytes;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  private readUint64(): number | bigint {
    const high = this.readUint32();
    const low = this.readUint32();
    if (high < 0x20_0000) return high * TWO_32 + low;
    scratch.setUint32(0, high);
    scratch.setUint32(4, low);
    return scratch.getBigUint64(0);
  }

  private readInt64(): number | bigint {
    const high = this.readUint32() | 0;
    const low = this.readUint32();
    const value = high * TWO_32 + low;
    if (Number.isSafeInteger(value)) return value;
    scratch.setInt32(0, high);
    scratch.setUint32(4, low);
    return scratch.getBigInt64(0);
  }

  private readFloat32(): number {
    scratch.setUint32(0, this.readUint32());
    return scratch.getFloat32(0);
  }

  private readFloat64(): number {
    scratch.setUint32(0, this.readUint32());
    scratch.setUint32(4, this.readUint32());
    return scratch.getFloat64(0);
  }

  /** Moves over `length` bytes and gives where they start. */
  private skip(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw endsEarly();
    this.position = start + length;
    return start;
  }
}

function endsEarly(): WireError {
  return new WireError('the bytes end inside a value');
}
