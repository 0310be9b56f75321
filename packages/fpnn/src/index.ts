export type { PeerBuiltins } from './built-in-methods.ts';
export type { ByteStream } from './byte-stream.ts';
export { FPNN_CODE_MEANINGS, FPNN_CODES, type FpnnCodeName } from './codes.ts';
export {
  FpnnError,
  ProtocolViolation,
  VIOLATION_REASONS,
  type ViolationReason,
  WireError,
  type WireErrorReason,
} from './errors.ts';
export { Ext } from './ext.ts';
export type { IncomingQuest } from './incoming-quest.ts';
export { parseJson } from './json/parse-json.ts';
export { stringifyJson } from './json/stringify-json.ts';
export { decodeMsgpack } from './msgpack/decode-msgpack.ts';
export { encodeMsgpack } from './msgpack/encode-msgpack.ts';
export {
  type AnswerPacket,
  DEFAULT_PACKET_MAX_BYTES,
  decodePayload,
  type Encoding,
  encodeAnswer,
  encodeErrorAnswer,
  encodeQuest,
  PACKET_HEADER_BYTES,
  type Packet,
  type QuestPacket,
  type QuestToEncode,
} from './packet.ts';
export { PacketReader, type PacketReaderOptions } from './packet-reader.ts';
export { Peer, type PeerOptions, type QuestOptions } from './peer.ts';
export { QuestBatch } from './quest-batch.ts';
export { RawString } from './raw-string.ts';
export type { Encodable, WireMap, WireValue } from './value.ts';
