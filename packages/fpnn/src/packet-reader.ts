import { ProtocolViolation } from './errors.ts';
import { decodeKey } from './key-cache.ts';
import {
  type AnswerPacket,
  DEFAULT_PACKET_MAX_BYTES,
  type Encoding,
  FLAG_JSON,
  FLAG_MSGPACK,
  MAGIC,
  MTYPE_ANSWER,
  MTYPE_ONE_WAY,
  PACKET_HEADER_BYTES,
  type Packet,
} from './packet.ts';

/** What a partial packet is given at first: most packets fit, and an idle connection costs no more. */
const PARTIAL_START_BYTES = 256;
const EMPTY: Uint8Array = new Uint8Array(0);

/** Settings of a `PacketReader`. */
export interface PacketReaderOptions {
  /** The largest packet accepted, header included. Default 8 MiB. */
  readonly packetMaxBytes?: number;
}

/**
 * Cuts packets from a byte stream.
 *
 * A packet inside one chunk is not copied: its payload views the chunk, which therefore must not be reused. A packet
 * spread over chunks is gathered in a buffer that grows with the bytes that came, never with the size that was announced;
 * a byte is copied about twice, however small the chunks are.
 *
 * After a violation every call throws that violation again.
 */
export class PacketReader {
  private readonly packetMaxBytes: number;
  /** Chunks not yet looked at, from `queueHead` on. */
  private queue: Uint8Array[] = [];
  private queueHead = 0;
  /** The chunk being cut, consumed up to `position`. */
  private chunk = EMPTY;
  private position = 0;
  /** The start of a packet that goes beyond its chunk; the first `partialLength` bytes are filled. */
  private partial = EMPTY;
  private partialLength = 0;
  /** The size of the packet at hand, 0 until its header is known. */
  private packetBytes = 0;
  private violation: ProtocolViolation | undefined;
  /** See `takeBareAnswers`. */
  answeredSeq = 0;

  constructor(options: PacketReaderOptions = {}) {
    this.packetMaxBytes = options.packetMaxBytes ?? DEFAULT_PACKET_MAX_BYTES;
  }

  /** Bytes of `append` and `push` that no packet has taken yet. */
  get bufferedBytes(): number {
    let bytes = this.partialLength + this.chunk.length - this.position;
    for (let i = this.queueHead; i < this.queue.length; i++) bytes += this.queue[i]!.length;
    return bytes;
  }

  /** Memory kept for the start of a packet that goes beyond the chunks so far. */
  get partialBytes(): number {
    return this.partial.length;
  }

  /**
   * Takes a chunk and gives every packet that is now whole.
   *
   * @throws ProtocolViolation for bytes that are no packet. The packets before them are lost; where that matters, use
   * `append` and `next`.
   */
  push(chunk: Uint8Array): Packet[] {
    this.append(chunk);
    const packets: Packet[] = [];
    for (let packet = this.next(); packet !== undefined; packet = this.next()) packets.push(packet);
    return packets;
  }

  /**
   * Takes a chunk without looking at it; `next` then cuts one packet at a time. The two together serve where a cipher
   * may start between two packets of a chunk.
   */
  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.position === this.chunk.length && this.queueHead === this.queue.length) this.startChunk(chunk);
    else this.queue.push(chunk);
  }

  /**
   * The next whole packet, or undefined until more bytes are there.
   *
   * @throws ProtocolViolation for bytes that are no packet, as soon as a header is there.
   */
  next(): Packet | undefined {
    if (this.violation !== undefined) throw this.violation;
    do {
      const packet = this.partialLength === 0 ? this.cutFromChunk() : this.cutFromPartial();
      if (packet !== undefined) return packet;
    } while (this.takeQueued());
    return undefined;
  }

  /**
   * Takes the next packets that are bare answers with numbers in a row, whole and in the present chunk.
   *
   * @returns how many; the number of the first is then `answeredSeq`. 0 when `next` has to look.
   */
  takeBareAnswers(): number {
    if (this.partialLength > 0 || this.violation !== undefined) return 0;
    const first = bareAnswerSeq(this.chunk, this.position);
    if (first < 0) return 0;
    let end = this.position + BARE_ANSWER_BYTES;
    let count = 1;
    while (bareAnswerSeq(this.chunk, end) === first + count) {
      end += BARE_ANSWER_BYTES;
      count += 1;
    }
    this.position = end;
    this.answeredSeq = first;
    return count;
  }

  /** The bytes not yet consumed; the reader is empty afterwards. They are copied only when they lie in several chunks. */
  takeRest(): Uint8Array {
    const pieces = [
      this.partial.subarray(0, this.partialLength),
      this.chunk.subarray(this.position),
      ...this.queue.slice(this.queueHead),
    ].filter((piece) => piece.length > 0);
    this.startChunk(EMPTY);
    this.queue = [];
    this.queueHead = 0;
    this.clearPartial();
    return pieces.length === 1 ? pieces[0]! : concat(pieces);
  }

  private startChunk(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.position = 0;
  }

  private takeQueued(): boolean {
    const chunk = this.queue[this.queueHead];
    if (chunk === undefined) {
      // Do not hold on to a consumed chunk while waiting.
      this.startChunk(EMPTY);
      this.queue.length = 0;
      this.queueHead = 0;
      return false;
    }
    this.queueHead++;
    this.startChunk(chunk);
    return true;
  }

  private cutFromChunk(): Packet | undefined {
    const left = this.chunk.length - this.position;
    if (left >= PACKET_HEADER_BYTES) {
      const size = this.measure(this.chunk, this.position);
      if (size <= left) {
        const packet = readPacket(this.chunk, this.position, size);
        this.position += size;
        return packet;
      }
      this.packetBytes = size;
    }
    if (left > 0) this.gather(left);
    return undefined;
  }

  private cutFromPartial(): Packet | undefined {
    if (this.packetBytes === 0) {
      this.gather(PACKET_HEADER_BYTES - this.partialLength);
      if (this.partialLength < PACKET_HEADER_BYTES) return undefined;
      this.packetBytes = this.measure(this.partial, 0);
    }
    this.gather(this.packetBytes - this.partialLength);
    if (this.partialLength < this.packetBytes) return undefined;
    const packet = readPacket(this.partial, 0, this.packetBytes);
    this.clearPartial();
    return packet;
  }

  /** Moves up to `wanted` bytes of the chunk to the partial packet. */
  private gather(wanted: number): void {
    const start = this.position;
    const end = Math.min(start + wanted, this.chunk.length);
    const length = this.partialLength + end - start;
    if (length > this.partial.length) this.growPartial(length);
    this.partial.set(this.chunk.subarray(start, end), this.partialLength);
    this.partialLength = length;
    this.position = end;
  }

  private growPartial(needed: number): void {
    const roomy = Math.max(PARTIAL_START_BYTES, this.partial.length * 2);
    const grown = new Uint8Array(Math.max(needed, this.packetBytes === 0 ? roomy : Math.min(roomy, this.packetBytes)));
    grown.set(this.partial.subarray(0, this.partialLength));
    this.partial = grown;
  }

  private clearPartial(): void {
    this.partial = EMPTY;
    this.partialLength = 0;
    this.packetBytes = 0;
  }

  /** Checks the header at `at` and gives the size of its packet. */
  private measure(bytes: Uint8Array, at: number): number {
    const mtype = bytes[at + 6]!;
    const ss = bytes[at + 7]!;
    const payloadBytes = readUint32(bytes, at + 8);
    if (readUint32(bytes, at) !== MAGIC) throw this.violate('bad-magic');
    if (!isOneEncoding(bytes[at + 5]!)) throw this.violate('bad-flag');
    if (mtype > MTYPE_ANSWER) throw this.violate('bad-mtype');
    if (mtype !== MTYPE_ANSWER && ss === 0) throw this.violate('empty-method');
    if (payloadBytes === 0) throw this.violate('empty-payload');
    const size = PACKET_HEADER_BYTES + beforePayload(mtype, ss) + payloadBytes;
    if (size > this.packetMaxBytes) throw this.violate('oversize');
    return size;
  }

  private violate(reason: ProtocolViolation['reason']): ProtocolViolation {
    this.violation = new ProtocolViolation(reason);
    return this.violation;
  }
}

/** Reads the packet of `size` bytes at `at`, whose header has been checked. */
function readPacket(bytes: Uint8Array, at: number, size: number): Packet {
  const encoding = (bytes[at + 5]! & FLAG_JSON) === 0 ? 'msgpack' : 'json';
  const mtype = bytes[at + 6]!;
  const ss = bytes[at + 7]!;
  const payloadAt = at + PACKET_HEADER_BYTES + beforePayload(mtype, ss);
  const isOneWay = mtype === MTYPE_ONE_WAY;
  const seq = isOneWay ? 0 : readUint32(bytes, at + PACKET_HEADER_BYTES);
  if (mtype === MTYPE_ANSWER) return new ReadAnswer(seq, ss, encoding, bytes, payloadAt, at + size);
  const payload = viewOf(bytes, payloadAt, at + size);
  return { kind: 'quest', isOneWay, seq, method: decodeKey(bytes, payloadAt - ss, payloadAt), encoding, payload };
}

export const BARE_ANSWER_BYTES = 17;
const EMPTY_MAP = 0x80;

/**
 * Recognises a bare answer at `at`: success with an empty map in MessagePack, as SDKs answer pushes. There may be a million
 * of them a second, so they are told by their bytes and never decoded.
 *
 * @returns its sequence number, or -1 for anything else.
 */
export function bareAnswerSeq(bytes: Uint8Array, at: number): number {
  const isBare =
    bytes.length - at >= BARE_ANSWER_BYTES &&
    bytes[at + 6] === MTYPE_ANSWER &&
    bytes[at + 7] === 0 &&
    bytes[at + 16] === EMPTY_MAP &&
    bytes[at + 5] === FLAG_MSGPACK &&
    readUint32(bytes, at + 8) === 1 &&
    readUint32(bytes, at) === MAGIC;
  return isBare ? readUint32(bytes, at + PACKET_HEADER_BYTES) : -1;
}

/** An answer that makes the view of its payload when somebody asks for it: most only acknowledge a push. */
class ReadAnswer implements AnswerPacket {
  readonly kind = 'answer';
  readonly seq: number;
  readonly status: number;
  readonly encoding: Encoding;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(seq: number, status: number, encoding: Encoding, bytes: Uint8Array, start: number, end: number) {
    this.seq = seq;
    this.status = status;
    this.encoding = encoding;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get payload(): Uint8Array {
    return viewOf(this.#bytes, this.#start, this.#end);
  }
}

/** Not `subarray`: that would give a Buffer for a Buffer, whose `slice` does not copy. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Bytes of the sequence number and the method. */
function beforePayload(mtype: number, ss: number): number {
  if (mtype === MTYPE_ANSWER) return 4;
  return mtype === MTYPE_ONE_WAY ? ss : 4 + ss;
}

/** The low bits are ignored, as the C++ server does. */
function isOneEncoding(flag: number): boolean {
  const encodings = flag & (FLAG_MSGPACK | FLAG_JSON);
  return encodings === FLAG_MSGPACK || encodings === FLAG_JSON;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
