import { type Bye, decodeBye } from './bye.ts';
import {
  decodeFullIntraRequest,
  decodePictureLoss,
  FULL_INTRA_FORMAT,
  type FullIntraRequest,
  PICTURE_LOSS_FORMAT,
  type PictureLoss,
} from './key-frame-requests.ts';
import { decodeNack, NACK_FORMAT, type Nack } from './nack.ts';
import { decodeReceiverTime, type ReceiverTime } from './receiver-time.ts';
import { APPLICATION_FORMAT, decodeRemb, type Remb } from './remb.ts';
import { decodeReceiverReport, decodeSenderReport, type ReceiverReport, type SenderReport } from './reports.ts';
import { RTCP_TYPES, type RtcpBlock } from './rtcp-block.ts';

/** The packets of RTCP that are understood. Others (source descriptions, …) are passed over. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | Nack
  | PictureLoss
  | FullIntraRequest
  | Remb
  | Bye
  | ReceiverTime;

/**
 * Parses a compound of RTCP packets, also a reduced-size one (RFC 5506).
 *
 * @returns undefined when a packet has no proper frame, so that it is unknown where the next one begins. A packet
 * that has a frame and makes no sense inside is left out.
 */
export function parseRtcp(bytes: Uint8Array): RtcpPacket[] | undefined {
  const packets: RtcpPacket[] = [];
  let start = 0;
  while (start < bytes.length) {
    if (start + 4 > bytes.length) return undefined;
    const first = bytes[start]!;
    const next = start + 4 + ((bytes[start + 2]! << 8) | bytes[start + 3]!) * 4;
    if (first >> 6 !== 2 || next > bytes.length) return undefined;
    const padding = (first & 0x20) === 0 ? 0 : bytes[next - 1]!;
    if (next - padding < start + 4) return undefined;
    const packet = decode({ bytes, count: first & 0x1f, type: bytes[start + 1]!, start, end: next - padding });
    if (packet !== undefined) packets.push(packet);
    start = next;
  }
  return packets;
}

function decode(block: RtcpBlock): RtcpPacket | undefined {
  switch (block.type) {
    case RTCP_TYPES.senderReport:
      return decodeSenderReport(block);
    case RTCP_TYPES.receiverReport:
      return decodeReceiverReport(block);
    case RTCP_TYPES.bye:
      return decodeBye(block);
    case RTCP_TYPES.transportFeedback:
      return block.count === NACK_FORMAT ? decodeNack(block) : undefined;
    case RTCP_TYPES.payloadFeedback:
      if (block.count === PICTURE_LOSS_FORMAT) return decodePictureLoss(block);
      if (block.count === FULL_INTRA_FORMAT) return decodeFullIntraRequest(block);
      return block.count === APPLICATION_FORMAT ? decodeRemb(block) : undefined;
    case RTCP_TYPES.extendedReport:
      return decodeReceiverTime(block);
    default:
      return undefined;
  }
}
