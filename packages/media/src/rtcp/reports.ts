import { readUint32, writeUint32 } from '../rtp/rtp-packet.ts';
import { RTCP_TYPES, type RtcpBlock, writeRtcpHead } from './rtcp-block.ts';

/** What a receiver says of one stream (RFC 3550 section 6.4.1). */
export type ReportBlock = {
  readonly ssrc: number;
  /** Of the packets since the last report: 0 none, 255 nearly all. */
  readonly fractionLost: number;
  /** Signed: duplicates make it negative. */
  readonly cumulativeLost: number;
  /** With the wraps in the upper 16 bits. */
  readonly highestSequenceNumber: number;
  /** In units of the stream's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the last sender report's time; 0 for none yet. */
  readonly lastSenderReport: number;
  /** Since that report came, in 1/65,536 s. */
  readonly delaySinceLastSenderReport: number;
};

export type SenderReport = {
  readonly type: 'senderReport';
  readonly ssrc: number;
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same moment on the clock of the stream. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
  readonly reports: readonly ReportBlock[];
};

export type ReceiverReport = {
  readonly type: 'receiverReport';
  readonly ssrc: number;
  readonly reports: readonly ReportBlock[];
};

const BLOCK_BYTES = 24;
const SENDER_REPORT_BYTES = 28;
const RECEIVER_REPORT_BYTES = 8;
const CUMULATIVE_LOST_MAX = 0x7fffff;

export function decodeSenderReport(block: RtcpBlock): SenderReport | undefined {
  const { bytes, start } = block;
  if (block.end - start < SENDER_REPORT_BYTES) return undefined;
  const reports = decodeReportBlocks(block, start + SENDER_REPORT_BYTES);
  if (reports === undefined) return undefined;
  return {
    type: 'senderReport',
    ssrc: readUint32(bytes, start + 4),
    ntpSeconds: readUint32(bytes, start + 8),
    ntpFraction: readUint32(bytes, start + 12),
    rtpTimestamp: readUint32(bytes, start + 16),
    packetCount: readUint32(bytes, start + 20),
    octetCount: readUint32(bytes, start + 24),
    reports,
  };
}

/** A sender report without report blocks. */
export function encodeSenderReport(report: Omit<SenderReport, 'type' | 'reports'>): Buffer {
  const bytes = Buffer.alloc(SENDER_REPORT_BYTES);
  writeRtcpHead(bytes, 0, 0, RTCP_TYPES.senderReport, bytes.length);
  writeUint32(bytes, 4, report.ssrc);
  writeUint32(bytes, 8, report.ntpSeconds);
  writeUint32(bytes, 12, report.ntpFraction);
  writeUint32(bytes, 16, report.rtpTimestamp);
  writeUint32(bytes, 20, report.packetCount);
  writeUint32(bytes, 24, report.octetCount);
  return bytes;
}

export function decodeReceiverReport(block: RtcpBlock): ReceiverReport | undefined {
  if (block.end - block.start < RECEIVER_REPORT_BYTES) return undefined;
  const reports = decodeReportBlocks(block, block.start + RECEIVER_REPORT_BYTES);
  if (reports === undefined) return undefined;
  return { type: 'receiverReport', ssrc: readUint32(block.bytes, block.start + 4), reports };
}

/** @param reports at most 31 */
export function encodeReceiverReport(ssrc: number, reports: readonly ReportBlock[]): Buffer {
  const bytes = Buffer.alloc(RECEIVER_REPORT_BYTES + reports.length * BLOCK_BYTES);
  writeRtcpHead(bytes, 0, reports.length, RTCP_TYPES.receiverReport, bytes.length);
  writeUint32(bytes, 4, ssrc);
  reports.forEach((report, index) => {
    writeReportBlock(bytes, RECEIVER_REPORT_BYTES + index * BLOCK_BYTES, report);
  });
  return bytes;
}

/** The middle 32 bits of an NTP time, as report blocks carry it. */
export function compactNtp(ntpSeconds: number, ntpFraction: number): number {
  return ((ntpSeconds << 16) | (ntpFraction >>> 16)) >>> 0;
}

function decodeReportBlocks({ bytes, count, end }: RtcpBlock, start: number): ReportBlock[] | undefined {
  if (start + count * BLOCK_BYTES > end) return undefined;
  const reports: ReportBlock[] = [];
  for (let place = start; reports.length < count; place += BLOCK_BYTES) {
    const loss = readUint32(bytes, place + 4);
    reports.push({
      ssrc: readUint32(bytes, place),
      fractionLost: loss >>> 24,
      cumulativeLost: (loss << 8) >> 8,
      highestSequenceNumber: readUint32(bytes, place + 8),
      jitter: readUint32(bytes, place + 12),
      lastSenderReport: readUint32(bytes, place + 16),
      delaySinceLastSenderReport: readUint32(bytes, place + 20),
    });
  }
  return reports;
}

function writeReportBlock(bytes: Uint8Array, place: number, report: ReportBlock): void {
  const lost = Math.max(-CUMULATIVE_LOST_MAX - 1, Math.min(CUMULATIVE_LOST_MAX, report.cumulativeLost));
  writeUint32(bytes, place, report.ssrc);
  writeUint32(bytes, place + 4, ((report.fractionLost << 24) | (lost & 0xffffff)) >>> 0);
  writeUint32(bytes, place + 8, report.highestSequenceNumber);
  writeUint32(bytes, place + 12, report.jitter);
  writeUint32(bytes, place + 16, report.lastSenderReport);
  writeUint32(bytes, place + 20, report.delaySinceLastSenderReport);
}
