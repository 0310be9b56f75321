import { readUint32 } from '../rtp/rtp-packet.ts';
import { createFeedback, FEEDBACK_HEAD_BYTES, RTCP_TYPES, type RtcpBlock } from './rtcp-block.ts';

/** A request to send packets again (RFC 4585 section 6.2.1). */
export type Nack = {
  readonly type: 'nack';
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  readonly sequenceNumbers: readonly number[];
};

export const NACK_FORMAT = 1;
/** A mask of 16 bits names the packets after the first one. */
const MASK_BITS = 16;

export function decodeNack(block: RtcpBlock): Nack | undefined {
  const { bytes, start, end } = block;
  if (end - start < FEEDBACK_HEAD_BYTES + 4) return undefined;
  const sequenceNumbers: number[] = [];
  for (let place = start + FEEDBACK_HEAD_BYTES; place + 4 <= end; place += 4) {
    const first = (bytes[place]! << 8) | bytes[place + 1]!;
    const mask = (bytes[place + 2]! << 8) | bytes[place + 3]!;
    sequenceNumbers.push(first);
    for (let bit = 0; bit < MASK_BITS; bit += 1) {
      if ((mask & (1 << bit)) !== 0) sequenceNumbers.push((first + bit + 1) & 0xffff);
    }
  }
  return {
    type: 'nack',
    senderSsrc: readUint32(bytes, start + 4),
    mediaSsrc: readUint32(bytes, start + 8),
    sequenceNumbers,
  };
}

/** @param sequenceNumbers in rising order, which may wrap; at least one */
export function encodeNack(senderSsrc: number, mediaSsrc: number, sequenceNumbers: readonly number[]): Buffer {
  const entries: { first: number; mask: number }[] = [];
  for (const sequenceNumber of sequenceNumbers) {
    const entry = entries.at(-1);
    const distance = entry === undefined ? 0 : (sequenceNumber - entry.first) & 0xffff;
    if (entry !== undefined && distance >= 1 && distance <= MASK_BITS) entry.mask |= 1 << (distance - 1);
    else entries.push({ first: sequenceNumber, mask: 0 });
  }
  const bytes = createFeedback(NACK_FORMAT, RTCP_TYPES.transportFeedback, {
    senderSsrc,
    mediaSsrc,
    bodyBytes: entries.length * 4,
  });
  entries.forEach(({ first, mask }, index) => {
    bytes.writeUInt16BE(first, FEEDBACK_HEAD_BYTES + index * 4);
    bytes.writeUInt16BE(mask, FEEDBACK_HEAD_BYTES + index * 4 + 2);
  });
  return bytes;
}
