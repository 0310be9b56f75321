import type { MediaKind, PublisherStatistics, StreamStatistics } from '../media-engine.ts';
import { encodeRemb } from '../rtcp/remb.ts';
import { encodeReceiverReport, type ReportBlock } from '../rtcp/reports.ts';
import { ntpToMs } from './clock.ts';
import type { Member } from './member.ts';
import type { PacketSink } from './outgoing-stream.ts';
import { PublishedStream } from './published-stream.ts';

/** One section of a publisher's offer. */
export type PublishedSection = {
  readonly kind: MediaKind;
  readonly payloadType: number;
  readonly audioLevelId: number | undefined;
  readonly sink: PacketSink;
};

const NO_STREAM: StreamStatistics = { packets: 0, bytes: 0, lost: 0, retransmitted: 0, bitrateBps: 0 };

/** What one browser publishes as a member. */
export class Publisher {
  isConnected = false;
  readonly #member: Member;
  readonly #ssrc: number;
  readonly #streams = new Map<MediaKind, PublishedStream>();
  /** From the publisher's clock to the server's, one for both streams, so that they stay together. */
  #clockOffsetMs: number | undefined;

  /** @param ssrc names the receiver in RTCP */
  constructor(member: Member, ssrc: number) {
    this.#member = member;
    this.#ssrc = ssrc;
  }

  addSection(section: PublishedSection): PublishedStream {
    const channel = this.#member.channels[section.kind];
    const stream = new PublishedStream(
      { ...section, receiverSsrc: this.#ssrc },
      {
        handlePacket: (bytes, header, index, audioLevel, nowMs) => {
          if (this.#member.publisher !== this) return;
          if (audioLevel !== undefined) {
            this.#member.handleAudio(audioLevel, index, bytes.subarray(header.payloadStart, header.payloadEnd));
          }
          channel.handlePacket(bytes, header, index, audioLevel, nowMs);
        },
        handleSenderReport: (report, nowMs) => {
          const ntpMs = ntpToMs(report.ntpSeconds, report.ntpFraction);
          this.#clockOffsetMs ??= nowMs - ntpMs;
          if (this.#member.publisher === this) channel.setClockPoint(ntpMs + this.#clockOffsetMs, report.rtpTimestamp);
        },
        handleNewSsrc: () => {
          if (this.#member.publisher === this) channel.changeSource();
        },
      },
    );
    this.#streams.set(section.kind, stream);
    return stream;
  }

  requestKeyFrame(nowMs: number): void {
    this.#streams.get('video')?.requestKeyFrame(nowMs);
  }

  handleTick(nowMs: number): void {
    for (const stream of this.#streams.values()) stream.handleTick(nowMs);
  }

  /** Reports what came and how much may come, in one compound. To be called once a second. */
  sendReports(nowMs: number): void {
    const reports: ReportBlock[] = [];
    for (const stream of this.#streams.values()) {
      const report = stream.takeReport(nowMs);
      if (report !== undefined) reports.push(report);
    }
    const video = this.#streams.get('video');
    const carrier = video ?? this.#streams.get('audio');
    if (reports.length === 0 || carrier === undefined) return;
    const compound = [encodeReceiverReport(this.#ssrc, reports)];
    if (video !== undefined) {
      const ssrcs = reports.map(({ ssrc }) => ssrc);
      compound.push(encodeRemb(this.#ssrc, this.#member.adviseBitrate(video.bitrateBps), ssrcs));
    }
    carrier.sendControl(Buffer.concat(compound));
  }

  statistics(): PublisherStatistics {
    const streams = [...this.#streams.values()];
    return {
      member: this.#member.name,
      isConnected: this.isConnected,
      audio: this.#streams.get('audio')?.statistics() ?? NO_STREAM,
      video: this.#streams.get('video')?.statistics() ?? NO_STREAM,
      ignored: streams.reduce((sum, stream) => sum + stream.ignored, 0),
    };
  }
}
