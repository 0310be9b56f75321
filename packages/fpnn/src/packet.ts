import { WireError } from './errors.ts';
import { parseJson } from './json/parse-json.ts';
import { stringifyJson } from './json/stringify-json.ts';
import { decodeMsgpack } from './msgpack/decode-msgpack.ts';
import { writeMsgpack } from './msgpack/encode-msgpack.ts';
import { acquireWriter, type MsgpackWriter, releaseWriter } from './msgpack/writer.ts';
import { RawString } from './raw-string.ts';
import type { Encodable, WireMap } from './value.ts';

// Offset  0     4        5     6      7   8       12
//        +-----+--------+-----+------+---+-------+---------------------+--------+---------+
//        |FPNN | version| flag| mtype| ss| psize | seq, if two-way     | method | payload |
//        +-----+--------+-----+------+---+-------+---------------------+--------+---------+
//         bytes  01       80/40 0,1,2       u32 LE u32 LE; also answers  quests   psize bytes
//
// ss is the length of the method in a quest and the status in an answer. psize counts the payload only.

/** Bytes before the sequence number, method and payload. */
export const PACKET_HEADER_BYTES = 12;

/** The largest packet accepted by default, header included: the limit of the C++ server and SDK. */
export const DEFAULT_PACKET_MAX_BYTES: number = 8 * 1024 * 1024;

/** "FPNN" as it stands in the header, read little-endian. */
export const MAGIC = 0x4e4e5046;
export const VERSION = 1;
export const FLAG_MSGPACK = 0x80;
export const FLAG_JSON = 0x40;
export const MTYPE_ONE_WAY = 0;
export const MTYPE_TWO_WAY = 1;
export const MTYPE_ANSWER = 2;

const METHOD_MAX_BYTES = 255;
const SEQ_MAX = 0xffff_ffff;

/** How a payload is written. An answer uses the encoding of its quest. */
export type Encoding = 'msgpack' | 'json';

/** A quest as it came. */
export interface QuestPacket {
  readonly kind: 'quest';
  readonly isOneWay: boolean;
  /** Chosen by the sender, an opaque u32; 0 for one-way quests. */
  readonly seq: number;
  readonly method: string;
  readonly encoding: Encoding;
  /** May view the received chunk. */
  readonly payload: Uint8Array;
}

/** An answer as it came. */
export interface AnswerPacket {
  readonly kind: 'answer';
  /** Repeats the number of the quest. */
  readonly seq: number;
  /** 0 is success, all else an error answer. */
  readonly status: number;
  readonly encoding: Encoding;
  /** May view the received chunk. */
  readonly payload: Uint8Array;
}

/** A packet cut from the byte stream, its payload not yet decoded. */
export type Packet = QuestPacket | AnswerPacket;

/** What `encodeQuest` takes. */
export interface QuestToEncode {
  /** 1 to 255 bytes as UTF-8. Java peers read no more than 127. */
  readonly method: string;
  /** A map: an object or a `Map`. */
  readonly params: Encodable;
  /** A u32 that the answer will repeat. Absent for a one-way quest. */
  readonly seq?: number;
  /** Default `msgpack`; many SDKs read nothing else. */
  readonly encoding?: Encoding;
}

/**
 * Encodes a quest as one packet.
 *
 * @returns Bytes that belong to the caller. Small packets share an `ArrayBuffer`: never transfer theirs.
 * @throws RangeError when the method or the sequence number is out of range.
 * @throws WireError `not-encodable` when the parameters are no map or hold a value without a wire form.
 */
export function encodeQuest(quest: QuestToEncode): Uint8Array {
  const isOneWay = quest.seq === undefined;
  const writer = acquireWriter();
  try {
    writer.skip(PACKET_HEADER_BYTES);
    if (!isOneWay) writeSeq(writer, quest.seq);
    const methodBytes = writer.writeText(quest.method);
    if (methodBytes === 0 || methodBytes > METHOD_MAX_BYTES) throw new RangeError('a method has 1 to 255 bytes');
    return finishPacket(writer, isOneWay ? MTYPE_ONE_WAY : MTYPE_TWO_WAY, methodBytes, quest.params, quest.encoding);
  } finally {
    releaseWriter(writer);
  }
}

/**
 * Encodes a successful answer as one packet.
 *
 * @param seq - The number of the quest.
 * @param answer - A map: an object or a `Map`.
 * @param encoding - That of the quest.
 * @throws RangeError and WireError as `encodeQuest`.
 */
export function encodeAnswer(seq: number, answer: Encodable, encoding?: Encoding): Uint8Array {
  return encodeAnswerPacket(seq, 0, answer, encoding);
}

/** Encodes an error answer: status 1 and `{code, ex}`. JavaScript peers see an error only when both are there. */
export function encodeErrorAnswer(seq: number, code: number, ex: string, encoding?: Encoding): Uint8Array {
  return encodeAnswerPacket(seq, 1, { code, ex }, encoding);
}

/**
 * Decodes the payload of a packet.
 *
 * @throws WireError `bad-payload` when it does not parse, `root-not-map` when its root is not a map.
 */
export function decodePayload(packet: Packet): WireMap {
  const root = packet.encoding === 'json' ? parseJson(packet.payload) : decodeMsgpack(packet.payload);
  if (root instanceof Map) return root;
  throw new WireError('the root of the payload is not a map', 'root-not-map');
}

function encodeAnswerPacket(seq: number, status: number, answer: Encodable, encoding?: Encoding): Uint8Array {
  const writer = acquireWriter();
  try {
    writer.skip(PACKET_HEADER_BYTES);
    writeSeq(writer, seq);
    return finishPacket(writer, MTYPE_ANSWER, status, answer, encoding);
  } finally {
    releaseWriter(writer);
  }
}

function writeSeq(writer: MsgpackWriter, seq: number): void {
  if (!Number.isInteger(seq) || seq < 0 || seq > SEQ_MAX) throw new RangeError('a sequence number is a u32');
  writer.skip(4);
  writer.setUint32LittleEndian(PACKET_HEADER_BYTES, seq);
}

/** Appends the payload, then fills the header, whose place the caller has left free. */
function finishPacket(
  writer: MsgpackWriter,
  mtype: number,
  ss: number,
  root: Encodable,
  encoding: Encoding = 'msgpack',
): Uint8Array {
  if (!isMap(root)) throw new WireError('the root of a payload must be a map', 'not-encodable');
  const start = writer.length;
  if (encoding === 'json') writer.writeText(stringifyJson(root));
  else writeMsgpack(writer, root);
  writer.setUint32LittleEndian(0, MAGIC);
  writer.setUint8(4, VERSION);
  writer.setUint8(5, encoding === 'json' ? FLAG_JSON : FLAG_MSGPACK);
  writer.setUint8(6, mtype);
  writer.setUint8(7, ss);
  writer.setUint32LittleEndian(8, writer.length - start);
  return writer.copy();
}

/** Lets objects through that have no wire form at all: the encoders refuse those with a better message. */
function isMap(root: Encodable): boolean {
  if (typeof root !== 'object' || root === null) return false;
  return !(Array.isArray(root) || ArrayBuffer.isView(root) || root instanceof RawString);
}
