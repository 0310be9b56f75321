import { writeUint32 } from '../rtp/rtp-packet.ts';

/** Packet types of RTCP that are used (RFC 3550, RFC 4585, RFC 3611). */
export const RTCP_TYPES = {
  senderReport: 200,
  receiverReport: 201,
  bye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
  extendedReport: 207,
} as const;

/** The second word of a feedback packet names who sends it, the third whose media it is about. */
export const FEEDBACK_HEAD_BYTES = 12;

/**
 * One packet of a compound, as places in its bytes.
 *
 * ```
 *  0  V:2 P:1 count:5 | type:8 | words after this one:16
 * ```
 */
export type RtcpBlock = {
  readonly bytes: Uint8Array;
  /** Number of reports or sources, or the format of a feedback. */
  readonly count: number;
  readonly type: number;
  readonly start: number;
  /** Without the padding. */
  readonly end: number;
};

/** Writes the first word; the packet ends with the bytes. */
export function writeRtcpHead(bytes: Uint8Array, start: number, count: number, type: number, end: number): void {
  bytes[start] = 0x80 | count;
  bytes[start + 1] = type;
  const words = (end - start) / 4 - 1;
  bytes[start + 2] = words >> 8;
  bytes[start + 3] = words;
}

/** A feedback packet with room for what it says after the two SSRCs. */
export function createFeedback(
  format: number,
  type: number,
  { senderSsrc, mediaSsrc, bodyBytes }: { senderSsrc: number; mediaSsrc: number; bodyBytes: number },
): Buffer {
  const bytes = Buffer.alloc(FEEDBACK_HEAD_BYTES + bodyBytes);
  writeRtcpHead(bytes, 0, format, type, bytes.length);
  writeUint32(bytes, 4, senderSsrc);
  writeUint32(bytes, 8, mediaSsrc);
  return bytes;
}
