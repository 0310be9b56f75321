import { readUint32, writeUint32 } from '../rtp/rtp-packet.ts';
import { createFeedback, FEEDBACK_HEAD_BYTES, RTCP_TYPES, type RtcpBlock } from './rtcp-block.ts';

/**
 * How many bits per second a receiver can take (draft-alvestrand-rmcat-remb). Application feedback with the word `REMB`:
 *
 * ```
 * 12  'REMB' | 16  number of SSRCs:8, exponent:6, mantissa:18 | 20  SSRCs
 * ```
 */
export type Remb = {
  readonly type: 'remb';
  readonly senderSsrc: number;
  readonly bitrateBps: number;
  readonly mediaSsrcs: readonly number[];
};

export const APPLICATION_FORMAT = 15;
const NAME = 0x52454d42;
const BODY_BYTES = 8;
const MANTISSA_MAX = 0x3ffff;

/** @returns undefined for application feedback of another kind too. */
export function decodeRemb({ bytes, start, end }: RtcpBlock): Remb | undefined {
  const body = start + FEEDBACK_HEAD_BYTES;
  if (end - body < BODY_BYTES || readUint32(bytes, body) !== NAME) return undefined;
  const count = bytes[body + 4]!;
  const list = body + BODY_BYTES;
  if (list + count * 4 > end) return undefined;
  const exponent = bytes[body + 5]! >> 2;
  const mantissa = ((bytes[body + 5]! & 0x03) << 16) | (bytes[body + 6]! << 8) | bytes[body + 7]!;
  const mediaSsrcs = Array.from({ length: count }, (_, index) => readUint32(bytes, list + index * 4));
  return { type: 'remb', senderSsrc: readUint32(bytes, start + 4), bitrateBps: mantissa * 2 ** exponent, mediaSsrcs };
}

/** @param bitrateBps is rounded down to 18 significant bits */
export function encodeRemb(senderSsrc: number, bitrateBps: number, mediaSsrcs: readonly number[]): Buffer {
  const bytes = createFeedback(APPLICATION_FORMAT, RTCP_TYPES.payloadFeedback, {
    senderSsrc,
    mediaSsrc: 0,
    bodyBytes: BODY_BYTES + mediaSsrcs.length * 4,
  });
  let exponent = 0;
  let mantissa = Math.floor(bitrateBps);
  while (mantissa > MANTISSA_MAX) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  writeUint32(bytes, 12, NAME);
  writeUint32(bytes, 16, ((mediaSsrcs.length << 24) | (exponent << 18) | mantissa) >>> 0);
  mediaSsrcs.forEach((ssrc, index) => {
    writeUint32(bytes, 20 + index * 4, ssrc);
  });
  return bytes;
}
