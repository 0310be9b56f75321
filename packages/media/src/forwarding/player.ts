import type { MediaKind, PlayerStatistics, StreamStatistics } from '../media-engine.ts';
import { parseRtcp } from '../rtcp/compound.ts';
import { encodeReceiverTimeEcho } from '../rtcp/receiver-time.ts';
import { isRtcp } from '../rtp/rtp-packet.ts';
import type { ViewerReport } from './bitrate-advice.ts';
import type { Member } from './member.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import { RateMeter } from './rate-meter.ts';

type PlayedStream = {
  readonly stream: OutgoingStream;
  readonly rate: RateMeter;
  lost: number;
  fractionLost: number;
};

const NO_STREAM: StreamStatistics = { packets: 0, bytes: 0, lost: 0, retransmitted: 0, bitrateBps: 0 };
const FRACTION_UNITS = 256;

/** One browser that watches one member. */
export class Player {
  readonly id: string;
  readonly member: Member;
  readonly viewer: string | undefined;
  isConnected = false;
  /** Packets that are no RTCP. */
  ignored = 0;
  readonly #streams = new Map<MediaKind, PlayedStream>();
  #estimateBps: number | undefined;

  constructor(id: string, member: Member, viewer: string | undefined) {
    this.id = id;
    this.member = member;
    this.viewer = viewer;
  }

  get streams(): Iterable<OutgoingStream> {
    return Array.from(this.#streams.values(), ({ stream }) => stream);
  }

  addStream(stream: OutgoingStream): void {
    this.#streams.set(stream.kind, { stream, rate: new RateMeter(), lost: 0, fractionLost: 0 });
  }

  /** Lets media flow to it. */
  connect(): void {
    this.isConnected = true;
    for (const { stream } of this.#streams.values()) this.member.channels[stream.kind].addOutput(stream);
  }

  close(): void {
    this.isConnected = false;
    for (const { stream } of this.#streams.values()) this.member.channels[stream.kind].removeOutput(stream);
  }

  setBlocked(kind: MediaKind, isBlocked: boolean): void {
    const played = this.#streams.get(kind);
    if (played !== undefined) this.member.channels[kind].setBlocked(played.stream, isBlocked);
  }

  /** What it reported, beside what it was sent of video; undefined while it gets none. */
  get videoReport(): ViewerReport | undefined {
    const video = this.#streams.get('video');
    if (!this.isConnected || video === undefined || video.stream.isBlocked) return undefined;
    const { rate, fractionLost } = video;
    return {
      estimateBps: this.#estimateBps,
      sentBps: Math.min(rate.bitrateBps, rate.previousBps),
      fractionLost,
    };
  }

  /** Takes whatever the transport gives on the track of a kind; what is not understood is counted. */
  handleMessage(kind: MediaKind, bytes: Buffer, nowMs: number): void {
    const played = this.#streams.get(kind);
    const packets = bytes.length >= 4 && isRtcp(bytes) ? parseRtcp(bytes) : undefined;
    if (packets === undefined || played === undefined) {
      this.ignored += 1;
      return;
    }
    const { stream } = played;
    for (const packet of packets) {
      switch (packet.type) {
        case 'receiverReport':
        case 'senderReport':
          for (const report of packet.reports) {
            if (report.ssrc !== stream.ssrc) continue;
            played.lost = Math.max(0, report.cumulativeLost);
            played.fractionLost = report.fractionLost / FRACTION_UNITS;
          }
          break;
        case 'nack':
          // The transport may give a compound to both tracks, so each answers for its own stream alone.
          if (packet.mediaSsrc === stream.ssrc) {
            this.member.channels[kind].retransmit(stream, packet.sequenceNumbers, nowMs);
          }
          break;
        case 'pictureLoss':
          if (packet.mediaSsrc === stream.ssrc) this.member.requestKeyFrame();
          break;
        case 'fullIntraRequest':
          if (packet.mediaSsrcs.includes(stream.ssrc)) this.member.requestKeyFrame();
          break;
        case 'remb':
          this.#estimateBps = packet.bitrateBps;
          break;
        case 'receiverTime':
          if (kind === 'video') stream.sendControl(encodeReceiverTimeEcho(stream.ssrc, packet));
          break;
        case 'bye':
          break;
      }
    }
  }

  /** To be called once a second. */
  handleSecond(nowMs: number): void {
    for (const { stream, rate } of this.#streams.values()) {
      rate.update(stream.bytes, nowMs);
      stream.renewRetransmissions();
    }
  }

  statistics(): PlayerStatistics {
    return {
      player: this.id,
      member: this.member.name,
      viewer: this.viewer,
      isConnected: this.isConnected,
      audio: this.#statisticsOf('audio'),
      video: this.#statisticsOf('video'),
      ignored: this.ignored,
    };
  }

  #statisticsOf(kind: MediaKind): StreamStatistics {
    const played = this.#streams.get(kind);
    if (played === undefined) return NO_STREAM;
    const { stream, rate, lost } = played;
    return {
      packets: stream.packets,
      bytes: stream.bytes,
      lost,
      retransmitted: stream.retransmitted,
      bitrateBps: rate.bitrateBps,
    };
  }
}
