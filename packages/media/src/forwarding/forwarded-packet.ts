import { absSendTime } from '../rtp/header-extensions.ts';
import { type RtpHeader, writeUint32 } from '../rtp/rtp-packet.ts';

/**
 * A packet in the one form in which all viewers get it: no padding, no sources, one extension of one word. So what differs
 * between viewers stands at fixed places and is rewritten in the same bytes for each of them.
 *
 * ```
 *  0  0x90 | M:1 PT:7 * | sequence number:16 *
 *  4  timestamp:32 (of the channel)
 *  8  ssrc:32 *
 * 12  0xBEDE | 1
 * 16  id:4 * length:4 | audio: level, 0, 0; video: abs-send-time
 * 20  payload                                             * differs between viewers
 * ```
 */
export type ForwardedPacket = {
  readonly bytes: Buffer;
  /** The sequence number on the channel's own count, which never wraps and goes on when the publisher is replaced. */
  readonly index: number;
  readonly startsKeyFrame: boolean;
};

export const FORWARDED_HEADER_BYTES = 20;
const MARKER_BIT = 0x80;
const AUDIO_ELEMENT_LENGTH = 0;
const VIDEO_ELEMENT_LENGTH = 2;

/**
 * Moves a received packet into the common form. The received bytes are used where there is room before the payload, so the
 * caller gives them up.
 *
 * @param audioLevel the byte of the extension, or undefined for video
 */
export function toForwardedBytes(
  received: Buffer,
  header: RtpHeader,
  timestamp: number,
  audioLevel: number | undefined,
): Buffer {
  const { payloadStart, payloadEnd } = header;
  let bytes: Buffer;
  if (payloadStart >= FORWARDED_HEADER_BYTES) {
    bytes = received.subarray(payloadStart - FORWARDED_HEADER_BYTES, payloadEnd);
  } else {
    bytes = Buffer.allocUnsafeSlow(FORWARDED_HEADER_BYTES + payloadEnd - payloadStart);
    received.copy(bytes, FORWARDED_HEADER_BYTES, payloadStart, payloadEnd);
  }
  writeForwardedHeader(bytes, header.hasMarker, timestamp, audioLevel);
  return bytes;
}

/** Writes what is the same for all viewers. */
export function writeForwardedHeader(
  bytes: Uint8Array,
  hasMarker: boolean,
  timestamp: number,
  audioLevel: number | undefined,
): void {
  bytes[0] = 0x90;
  bytes[1] = hasMarker ? MARKER_BIT : 0;
  writeUint32(bytes, 4, timestamp);
  bytes[12] = 0xbe;
  bytes[13] = 0xde;
  bytes[14] = 0;
  bytes[15] = 1;
  bytes[16] = audioLevel === undefined ? VIDEO_ELEMENT_LENGTH : AUDIO_ELEMENT_LENGTH;
  bytes[17] = audioLevel ?? 0;
  bytes[18] = 0;
  bytes[19] = 0;
}

/** Puts the time of sending into a video packet, so that a viewer measures its own leg alone. */
export function writeSendTime(bytes: Uint8Array, nowMs: number): void {
  const value = absSendTime(nowMs);
  bytes[17] = value >> 16;
  bytes[18] = value >> 8;
  bytes[19] = value;
}
