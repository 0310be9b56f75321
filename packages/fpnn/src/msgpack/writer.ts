import { encodeUtf8Into } from '../utf8.ts';

const TWO_32 = 0x1_0000_0000;
const START_BYTES = 4096;
/** A scratch buffer that one large payload made bigger than this is not kept. */
const KEPT_MAX_BYTES = 256 * 1024;
/** Copies up to this size share a slab, as a buffer of their own costs more than encoding them. */
const SLAB_COPY_MAX_BYTES = 1024;
const SLAB_BYTES = 8192;

let idleWriter: MsgpackWriter | undefined;

/**
 * Lends the shared writer, empty. Give it back with `releaseWriter`; who asks meanwhile (a getter that encodes while its
 * object is being encoded) gets another one.
 */
export function acquireWriter(): MsgpackWriter {
  const writer = idleWriter ?? new MsgpackWriter();
  idleWriter = undefined;
  return writer;
}

/** Takes a writer back and forgets what it holds. */
export function releaseWriter(writer: MsgpackWriter): void {
  writer.reset();
  idleWriter = writer;
}

/**
 * A growable buffer with the MessagePack forms. The bytes are copied out once, at the end, into a buffer of the right
 * size; small results share slabs of 8 KiB.
 */
export class MsgpackWriter {
  private bytes = new Uint8Array(START_BYTES);
  private view = new DataView(this.bytes.buffer);
  private slab = new Uint8Array(SLAB_BYTES);
  private slabUsed = 0;
  private position = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.position;
  }

  /** Forgets what was written. */
  reset(): void {
    this.position = 0;
    if (this.bytes.length > KEPT_MAX_BYTES) this.resize(START_BYTES);
  }

  /** What was written, as a copy that belongs to the caller. */
  copy(): Uint8Array {
    const length = this.position;
    if (length > SLAB_COPY_MAX_BYTES) return this.bytes.slice(0, length);
    if (length > SLAB_BYTES - this.slabUsed) {
      this.slab = new Uint8Array(SLAB_BYTES);
      this.slabUsed = 0;
    }
    const copy = new Uint8Array(this.slab.buffer, this.slabUsed, length);
    this.slabUsed += length;
    copyBytes(this.bytes, length, copy);
    return copy;
  }

  /** Makes room for `count` bytes and moves over them; `setUint8` and `setUint32LittleEndian` fill them. */
  skip(count: number): void {
    this.reserve(count);
    this.position += count;
  }

  setUint8(at: number, value: number): void {
    this.bytes[at] = value;
  }

  setUint32LittleEndian(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** Writes text without a length and gives the number of its bytes. */
  writeText(text: string): number {
    this.reserve(text.length * 3);
    const written = encodeUtf8Into(text, this.bytes, this.position);
    this.position += written;
    return written;
  }

  writeRaw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  writeByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.position++] = byte;
  }

  /** An integer of at most 32 bits, either sign. */
  writeInt32Range(value: number): void {
    this.reserve(5);
    const bytes = this.bytes;
    const at = this.position;
    if (value >= 0) {
      if (value < 0x80) {
        bytes[at] = value;
        this.position = at + 1;
      } else if (value < 0x100) this.putShort(0xcc, value);
      else if (value < 0x10000) this.putUint16(0xcd, value);
      else this.putUint32(0xce, value);
      // Never a negative fixint: the C# SDK reads those as unsigned bytes.
    } else if (value >= -0x80) this.putShort(0xd0, value);
    else if (value >= -0x8000) this.putUint16(0xd1, value);
    else this.putUint32(0xd2, value);
  }

  /** An integral number of -2^63 to below 2^64, in eight bytes. */
  writeInt64(value: number): void {
    this.reserve(9);
    const high = Math.floor(value / TWO_32);
    this.bytes[this.position] = value < 0 ? 0xd3 : 0xcf;
    this.view.setUint32(this.position + 1, high);
    this.view.setUint32(this.position + 5, value - high * TWO_32);
    this.position += 9;
  }

  /** A bigint of -2^63 to 2^64-1, in eight bytes. */
  writeBigInt64(value: bigint): void {
    this.reserve(9);
    this.bytes[this.position] = value < 0n ? 0xd3 : 0xcf;
    this.view.setBigUint64(this.position + 1, value);
    this.position += 9;
  }

  writeFloat64(value: number): void {
    this.reserve(9);
    this.bytes[this.position] = 0xcb;
    this.view.setFloat64(this.position + 1, value);
    this.position += 9;
  }

  writeString(text: string): void {
    const length = text.length;
    this.reserve(length * 3 + 5);
    const at = this.position;
    // The header's size follows from the bytes, which are known once written: suppose ASCII, move when it was not.
    const supposed = stringHeaderBytes(length);
    const written = encodeUtf8Into(text, this.bytes, at + supposed);
    const needed = stringHeaderBytes(written);
    if (needed !== supposed) this.bytes.copyWithin(at + needed, at + supposed, at + supposed + written);
    this.writeStringHeader(written);
    this.position += written;
  }

  writeStringBytes(bytes: Uint8Array): void {
    this.reserve(5);
    this.writeStringHeader(bytes.length);
    this.writeRaw(bytes);
  }

  writeBinary(bytes: Uint8Array): void {
    const length = bytes.length;
    this.reserve(5);
    if (length < 0x100) this.putShort(0xc4, length);
    else if (length < 0x10000) this.putUint16(0xc5, length);
    else this.putUint32(0xc6, length);
    this.writeRaw(bytes);
  }

  writeArrayHeader(length: number): void {
    this.reserve(5);
    if (length < 16) this.bytes[this.position++] = 0x90 | length;
    else if (length < 0x10000) this.putUint16(0xdc, length);
    else this.putUint32(0xdd, length);
  }

  writeMapHeader(size: number): void {
    this.reserve(5);
    if (size < 16) this.bytes[this.position++] = 0x80 | size;
    else if (size < 0x10000) this.putUint16(0xde, size);
    else this.putUint32(0xdf, size);
  }

  private writeStringHeader(length: number): void {
    if (length < 32) this.bytes[this.position++] = 0xa0 | length;
    else if (length < 0x100) this.putShort(0xd9, length);
    else if (length < 0x10000) this.putUint16(0xda, length);
    else this.putUint32(0xdb, length);
  }

  private putShort(format: number, value: number): void {
    this.bytes[this.position] = format;
    this.bytes[this.position + 1] = value;
    this.position += 2;
  }

  private putUint16(format: number, value: number): void {
    this.bytes[this.position] = format;
    this.bytes[this.position + 1] = value >>> 8;
    this.bytes[this.position + 2] = value;
    this.position += 3;
  }

  private putUint32(format: number, value: number): void {
    this.bytes[this.position] = format;
    this.view.setUint32(this.position + 1, value);
    this.position += 5;
  }

  private reserve(count: number): void {
    const needed = this.position + count;
    if (needed > this.bytes.length) this.resize(Math.max(needed, this.bytes.length * 2));
  }

  private resize(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, Math.min(this.position, size)));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

function stringHeaderBytes(length: number): number {
  if (length < 32) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
}

function copyBytes(from: Uint8Array, length: number, to: Uint8Array): void {
  // `set` wants a view of its own, which costs more than so many bytes.
  if (length > 96) to.set(from.subarray(0, length));
  else for (let i = 0; i < length; i++) to[i] = from[i]!;
}
