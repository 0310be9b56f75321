import type { MediaKind } from '../media-engine.ts';
import { encodeSenderReport } from '../rtcp/reports.ts';
import type { RtpHeader } from '../rtp/rtp-packet.ts';
import { startsVp8KeyFrame } from '../rtp/vp8.ts';
import { msToNtp } from './clock.ts';
import { type ForwardedPacket, toForwardedBytes, writeSendTime } from './forwarded-packet.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import { PacketRing } from './packet-ring.ts';

export const CLOCK_RATES: Readonly<Record<MediaKind, number>> = { audio: 48_000, video: 90_000 };
/** The least step of the timestamp when a publisher is replaced: one packet of voice, one picture at 30 per second. */
const FRAME_TICKS: Readonly<Record<MediaKind, number>> = { audio: 960, video: 3000 };
/** A viewer is told the time of what it gets only while something comes. */
const SENDER_REPORT_IDLE_MS = 3000;
const FIRST_INDEX = 0x10000;

/**
 * What one member sends of one kind, on a count and a clock that go on when the publisher is replaced; and the streams
 * of those who watch it.
 */
export class Channel {
  readonly kind: MediaKind;
  readonly #ring = new PacketRing();
  readonly #outputs: OutgoingStream[] = [];
  readonly #requestKeyFrame: () => void;
  #isForbidden = false;
  #highest = FIRST_INDEX - 1;
  #lastTimestamp = 0;
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  /** From the current source to the channel; undefined until the first packet of a source. */
  #offsets: { readonly firstSourceIndex: number; readonly index: number; readonly timestamp: number } | undefined;
  /** A moment on the server's clock and on the channel's. */
  #clockPoint: { readonly ms: number; readonly timestamp: number } | undefined;

  /** @param requestKeyFrame is called whenever video cannot go on without a key frame */
  constructor(kind: MediaKind, requestKeyFrame: () => void) {
    this.kind = kind;
    this.#requestKeyFrame = requestKeyFrame;
  }

  get isForbidden(): boolean {
    return this.#isForbidden;
  }

  get outputs(): readonly OutgoingStream[] {
    return this.#outputs;
  }

  addOutput(output: OutgoingStream): void {
    this.#outputs.push(output);
    this.#restart(output);
  }

  removeOutput(output: OutgoingStream): void {
    const place = this.#outputs.indexOf(output);
    if (place >= 0) this.#outputs.splice(place, 1);
  }

  setForbidden(isForbidden: boolean): void {
    if (this.#isForbidden === isForbidden) return;
    this.#isForbidden = isForbidden;
    for (const output of this.#outputs) this.#restart(output);
  }

  setBlocked(output: OutgoingStream, isBlocked: boolean): void {
    if (output.isBlocked === isBlocked) return;
    output.isBlocked = isBlocked;
    this.#restart(output);
  }

  /** What comes from now on is from another publisher: its numbers and times are new, and video needs a key frame. */
  changeSource(): void {
    this.#offsets = undefined;
    this.#clockPoint = undefined;
    for (const output of this.#outputs) this.#restart(output);
  }

  /**
   * Forwards a packet of the current source.
   *
   * @param bytes given up by the caller
   * @param sourceIndex its sequence number on a count that does not wrap
   * @param audioLevel the byte of the extension; undefined for video
   */
  handlePacket(
    bytes: Buffer,
    header: RtpHeader,
    sourceIndex: number,
    audioLevel: number | undefined,
    nowMs: number,
  ): void {
    const offsets = this.#offsets ?? this.#begin(sourceIndex, header.timestamp, nowMs);
    if (sourceIndex < offsets.firstSourceIndex) return;
    const timestamp = (header.timestamp + offsets.timestamp) >>> 0;
    const startsKeyFrame = this.kind === 'video' && startsVp8KeyFrame(bytes, header.payloadStart, header.payloadEnd);
    const packet = {
      bytes: toForwardedBytes(bytes, header, timestamp, audioLevel),
      index: sourceIndex + offsets.index,
      startsKeyFrame,
    };
    if (this.kind === 'video') writeSendTime(packet.bytes, nowMs);
    if (packet.index > this.#highest) {
      this.#highest = packet.index;
      this.#lastTimestamp = timestamp;
      this.#lastArrivalMs = nowMs;
    }
    this.#forward(packet);
  }

  /** Notes which moment of the server's clock a timestamp of the current source stands for. */
  setClockPoint(ms: number, sourceTimestamp: number): void {
    if (this.#offsets === undefined) return;
    this.#clockPoint = { ms, timestamp: (sourceTimestamp + this.#offsets.timestamp) >>> 0 };
  }

  /**
   * Tells the viewers the time of what they get, so that voice and picture stay together. Both channels of a member tell it
   * for the same moment.
   */
  sendSenderReports(nowMs: number): void {
    const point = this.#clockPoint;
    if (point === undefined || nowMs - this.#lastArrivalMs > SENDER_REPORT_IDLE_MS) return;
    const time = msToNtp(nowMs);
    const rtpTimestamp = (point.timestamp + Math.round(((nowMs - point.ms) * CLOCK_RATES[this.kind]) / 1000)) >>> 0;
    for (const output of this.#outputs) {
      if (!output.hasStarted) continue;
      output.sendControl(
        encodeSenderReport({
          ssrc: output.ssrc,
          ...time,
          rtpTimestamp,
          packetCount: output.packets >>> 0,
          octetCount: output.bytes >>> 0,
        }),
      );
    }
  }

  retransmit(output: OutgoingStream, sequenceNumbers: readonly number[], nowMs: number): void {
    output.retransmit(sequenceNumbers, this.#ring, nowMs);
  }

  #forward(packet: ForwardedPacket): void {
    this.#ring.add(packet);
    if (this.#isForbidden) return;
    for (const output of this.#outputs) {
      if (!output.isBlocked) output.forward(packet, this.#ring, this.#highest);
    }
  }

  #begin(sourceIndex: number, sourceTimestamp: number, nowMs: number) {
    const elapsedTicks = Math.round(((nowMs - this.#lastArrivalMs) * CLOCK_RATES[this.kind]) / 1000);
    const hadPackets = Number.isFinite(elapsedTicks);
    const timestamp = hadPackets
      ? this.#lastTimestamp + Math.max(elapsedTicks, FRAME_TICKS[this.kind])
      : sourceTimestamp;
    this.#offsets = {
      firstSourceIndex: sourceIndex,
      index: this.#highest + 1 - sourceIndex,
      timestamp: timestamp - sourceTimestamp,
    };
    return this.#offsets;
  }

  #restart(output: OutgoingStream): void {
    output.pauseUntil(this.#highest + 1);
    if (this.kind === 'video' && !this.#isForbidden && !output.isBlocked) this.#requestKeyFrame();
  }
}
