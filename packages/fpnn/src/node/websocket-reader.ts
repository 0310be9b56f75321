import { ProtocolViolation } from '../errors.ts';
import { WEBSOCKET_OPCODES } from './websocket-frame.ts';

const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const LENGTH = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;
const CONTROL = 0x8;
const CONTROL_MAX_BYTES = 125;
const PARTIAL_START_BYTES = 256;
const NOTHING = Buffer.alloc(0);

/**
 * Reads what a WebSocket client sends (RFC 6455, section 5) from a byte stream: whole messages, joined from their
 * fragments, and control frames.
 *
 * A frame inside one chunk is unmasked where it lies and not copied, so chunks belong to the reader. What goes beyond a
 * chunk is gathered in a buffer that grows with the bytes that came, never with a length that was announced.
 */
export class WebSocketReader {
  readonly #messageMaxBytes: number;
  /** Consumed up to `#position`. */
  #chunk: Buffer = NOTHING;
  #position = 0;
  /** The start of a frame that goes beyond its chunk. */
  #partial: GrowingBytes | undefined;
  /** The message whose fragments are coming in. */
  #fragments: GrowingBytes | undefined;
  #fragmentsOpcode = 0;
  #opcode = 0;
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;

  /** @param messageMaxBytes - A longer message is a violation, whether or not in fragments. */
  constructor(messageMaxBytes: number) {
    this.#messageMaxBytes = messageMaxBytes;
  }

  /** Of what `next` has found: text, binary, close, ping or pong. */
  get opcode(): number {
    return this.#opcode;
  }

  /** Where the payload of what `next` has found lies: from `start` to `end`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** The payload of what `next` has found, a view. */
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Memory kept for a frame and a message that are not whole yet. */
  get partialBytes(): number {
    return (this.#partial?.bytes.length ?? 0) + (this.#fragments?.bytes.length ?? 0);
  }

  /** Takes a chunk. Call it when `next` has given everything. */
  append(chunk: Buffer): void {
    // A reader that paused in the middle of a chunk gets another one only if the socket had it already.
    this.#chunk = this.#position < this.#chunk.length ? Buffer.concat([this.#rest(), chunk]) : chunk;
    this.#position = 0;
  }

  /**
   * Goes to the next message or control frame. Answers to pushes come by the million: no object is made for a frame.
   *
   * @returns false until more bytes are there.
   * @throws ProtocolViolation `oversize` or `bad-websocket`.
   */
  next(): boolean {
    for (;;) {
      const isWhole = this.#partial === undefined ? this.#cutFromChunk() : this.#cutFromPartial(this.#partial);
      if (!isWhole) {
        this.#bytes = NOTHING;
        return false;
      }
      if (this.#takeFrame()) return true;
    }
  }

  #rest(): Buffer {
    return this.#chunk.subarray(this.#position);
  }

  /** @returns whether a whole frame now lies from `#start` to `#end`. */
  #cutFromChunk(): boolean {
    const left = this.#chunk.length - this.#position;
    const size = this.#measure(this.#chunk, this.#position, left);
    if (size > 0 && size <= left) {
      this.#bytes = this.#chunk;
      this.#start = this.#position;
      this.#end = this.#position + size;
      this.#position += size;
      // Do not hold on to a consumed chunk while waiting.
      if (this.#position === this.#chunk.length) this.#release();
      return true;
    }
    if (left > 0) {
      this.#partial = new GrowingBytes();
      this.#gather(this.#partial, left);
    }
    return false;
  }

  #cutFromPartial(partial: GrowingBytes): boolean {
    // Byte by byte until the length is known; a header has 14 bytes at most.
    let size = this.#measure(partial.bytes, 0, partial.length);
    while (size === 0 && this.#position < this.#chunk.length) {
      this.#gather(partial, 1);
      size = this.#measure(partial.bytes, 0, partial.length);
    }
    if (size === 0) return false;
    this.#gather(partial, size - partial.length);
    if (partial.length < size) return false;
    this.#partial = undefined;
    this.#bytes = partial.bytes;
    this.#start = 0;
    this.#end = size;
    return true;
  }

  #gather(into: GrowingBytes, wanted: number): void {
    const end = Math.min(this.#position + wanted, this.#chunk.length);
    into.append(this.#chunk.subarray(this.#position, end));
    this.#position = end;
    if (end === this.#chunk.length) this.#release();
  }

  #release(): void {
    this.#chunk = NOTHING;
    this.#position = 0;
  }

  /** Checks the header at `at` as far as it is there. @returns the size of the frame, 0 until that is known. */
  #measure(bytes: Buffer, at: number, left: number): number {
    if (left < 2) return 0;
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    this.#checkStart(first, second);
    let payloadBytes = second & LENGTH;
    let headerBytes = 2 + MASK_BYTES;
    if (payloadBytes === LENGTH_16) {
      if (left < 4) return 0;
      headerBytes += 2;
      payloadBytes = bytes.readUInt16BE(at + 2);
    } else if (payloadBytes === LENGTH_64) {
      if (left < 10) return 0;
      headerBytes += 8;
      payloadBytes = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
    }
    const before = (first & CONTROL) === 0 ? (this.#fragments?.length ?? 0) : 0;
    if (before + payloadBytes > this.#messageMaxBytes) throw new ProtocolViolation('oversize');
    return headerBytes + payloadBytes;
  }

  #checkStart(first: number, second: number): void {
    const opcode = first & OPCODE;
    const isControl = (opcode & CONTROL) !== 0;
    const isFollowing = opcode === WEBSOCKET_OPCODES.continuation;
    if ((first & RESERVED) !== 0) throw broken('reserved bits are set');
    if ((second & MASKED) === 0) throw broken('a frame without mask');
    if (isControl) {
      if (opcode > WEBSOCKET_OPCODES.pong) throw broken(`opcode ${opcode}`);
      if ((first & FINAL) === 0) throw broken('a control frame in fragments');
      if ((second & LENGTH) > CONTROL_MAX_BYTES) throw broken('a control frame over 125 bytes');
      return;
    }
    if (opcode > WEBSOCKET_OPCODES.binary) throw broken(`opcode ${opcode}`);
    if (isFollowing !== (this.#fragments !== undefined)) throw broken('fragments out of order');
  }

  /** Takes the mask off the frame at hand. @returns whether a message or control frame is whole now. */
  #takeFrame(): boolean {
    const first = this.#bytes[this.#start]!;
    const opcode = first & OPCODE;
    const isFinal = (first & FINAL) !== 0;
    this.#start = unmask(this.#bytes, this.#start, this.#end);
    this.#opcode = opcode;
    if (opcode >= CONTROL || (isFinal && this.#fragments === undefined)) return true;
    if (this.#fragments === undefined) {
      this.#fragments = new GrowingBytes();
      this.#fragmentsOpcode = opcode;
    }
    this.#fragments.append(this.payload);
    if (!isFinal) return false;
    const { bytes, length } = this.#fragments;
    this.#fragments = undefined;
    this.#opcode = this.#fragmentsOpcode;
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = length;
    return true;
  }
}

/** Bytes in one buffer that doubles when it is full. */
class GrowingBytes {
  bytes: Buffer = NOTHING;
  length = 0;

  append(more: Uint8Array): void {
    const length = this.length + more.length;
    if (length > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2, PARTIAL_START_BYTES));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(more, this.length);
    this.length = length;
  }
}

/** Takes the mask off the payload of the whole frame from `at` to `end`, in place. @returns where the payload starts. */
function unmask(bytes: Uint8Array, at: number, end: number): number {
  const length = bytes[at + 1]! & LENGTH;
  const maskAt = at + (length === LENGTH_16 ? 4 : length === LENGTH_64 ? 10 : 2);
  const start = maskAt + MASK_BYTES;
  const [first, second, third, fourth] = [bytes[maskAt]!, bytes[maskAt + 1]!, bytes[maskAt + 2]!, bytes[maskAt + 3]!];
  let each = start;
  for (; each + MASK_BYTES <= end; each += MASK_BYTES) {
    bytes[each] = bytes[each]! ^ first;
    bytes[each + 1] = bytes[each + 1]! ^ second;
    bytes[each + 2] = bytes[each + 2]! ^ third;
    bytes[each + 3] = bytes[each + 3]! ^ fourth;
  }
  for (let left = 0; each + left < end; left += 1) bytes[each + left] = bytes[each + left]! ^ bytes[maskAt + left]!;
  return start;
}

function broken(what: string): ProtocolViolation {
  return new ProtocolViolation('bad-websocket', what);
}
