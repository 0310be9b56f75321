import type { PacketSink } from '../src/forwarding/outgoing-stream.ts';
import { parseRtp, type RtpHeader } from '../src/rtp/rtp-packet.ts';

/** An RTP packet as a browser sends it: audio with its level, video with a send time. */
export function rtpPacket(options: {
  readonly payloadType?: number;
  readonly sequenceNumber: number;
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly payload?: readonly number[];
}): Buffer {
  const { payloadType = 111, sequenceNumber, timestamp = 0, ssrc = 7, payload = [1, 2, 3] } = options;
  const bytes = Buffer.alloc(24 + payload.length);
  bytes[0] = 0x90;
  bytes[1] = payloadType;
  bytes.writeUInt16BE(sequenceNumber & 0xffff, 2);
  bytes.writeUInt32BE(timestamp >>> 0, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes.writeUInt32BE(0xbede0002, 12);
  // Level 20 under id 1, mid '0' under id 4.
  bytes.set([0x10, 0x14, 0x40, 0x30], 16);
  bytes.set(payload, 24);
  return bytes;
}

/** VP8 payloads: the start of a key frame, and of a frame that builds on it. */
export const KEY_FRAME: readonly number[] = [0x10, 0x00, 1];
export const DELTA_FRAME: readonly number[] = [0x10, 0x01, 1];

/** Keeps what is sent, since the bytes are used again. */
export class RecordingSink implements PacketSink {
  readonly packets: Buffer[] = [];

  send(bytes: Buffer): boolean {
    this.packets.push(Buffer.from(bytes));
    return true;
  }

  /** What was sent since the last call. */
  take(): Buffer[] {
    return this.packets.splice(0);
  }

  takeHeaders(): RtpHeader[] {
    return this.take().map((bytes) => parseRtp(bytes)!);
  }
}
