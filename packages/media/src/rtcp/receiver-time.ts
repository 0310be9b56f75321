import { readUint32, writeUint32 } from '../rtp/rtp-packet.ts';
import { compactNtp } from './reports.ts';
import { RTCP_TYPES, type RtcpBlock, writeRtcpHead } from './rtcp-block.ts';

/**
 * The time of one who only receives (RFC 3611 section 4.4). From its echo it learns the round trip, and so when to ask again
 * for a packet.
 *
 * ```
 *  4  ssrc | 8  block type:8, reserved:8, words:16 | 12  the block
 * ```
 */
export type ReceiverTime = {
  readonly type: 'receiverTime';
  readonly senderSsrc: number;
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
};

const BLOCKS_START = 8;
const BLOCK_HEAD_BYTES = 4;
const RECEIVER_TIME_BLOCK = 4;
const ECHO_BLOCK = 5;
const ECHO_WORDS = 3;

/** @returns undefined for extended reports without a time. */
export function decodeReceiverTime({ bytes, start, end }: RtcpBlock): ReceiverTime | undefined {
  let place = start + BLOCKS_START;
  while (place + BLOCK_HEAD_BYTES <= end) {
    const blockEnd = place + BLOCK_HEAD_BYTES + ((bytes[place + 2]! << 8) | bytes[place + 3]!) * 4;
    if (blockEnd > end) return undefined;
    if (bytes[place] === RECEIVER_TIME_BLOCK && blockEnd - place >= BLOCK_HEAD_BYTES + 8) {
      return {
        type: 'receiverTime',
        senderSsrc: readUint32(bytes, start + 4),
        ntpSeconds: readUint32(bytes, place + 4),
        ntpFraction: readUint32(bytes, place + 8),
      };
    }
    place = blockEnd;
  }
  return undefined;
}

/** The echo of a time (RFC 3611 section 4.5), to be sent at once: it says that no time has passed since. */
export function encodeReceiverTimeEcho(senderSsrc: number, time: ReceiverTime): Buffer {
  const bytes = Buffer.alloc(BLOCKS_START + BLOCK_HEAD_BYTES + ECHO_WORDS * 4);
  writeRtcpHead(bytes, 0, 0, RTCP_TYPES.extendedReport, bytes.length);
  writeUint32(bytes, 4, senderSsrc);
  bytes[8] = ECHO_BLOCK;
  bytes[11] = ECHO_WORDS;
  writeUint32(bytes, 12, time.senderSsrc);
  writeUint32(bytes, 16, compactNtp(time.ntpSeconds, time.ntpFraction));
  return bytes;
}
