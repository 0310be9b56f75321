import type { MediaKind, StreamStatistics } from '../media-engine.ts';
import { parseRtcp } from '../rtcp/compound.ts';
import { encodePictureLoss } from '../rtcp/key-frame-requests.ts';
import { encodeNack } from '../rtcp/nack.ts';
import type { ReportBlock, SenderReport } from '../rtcp/reports.ts';
import { findExtension } from '../rtp/header-extensions.ts';
import { isRtcp, parseRtp, type RtpHeader } from '../rtp/rtp-packet.ts';
import { SequenceUnwrapper } from '../rtp/sequence-numbers.ts';
import { CLOCK_RATES } from './channel.ts';
import { LossTracker } from './loss-tracker.ts';
import type { PacketSink } from './outgoing-stream.ts';
import { RateMeter } from './rate-meter.ts';
import { Reception } from './reception.ts';

export type PublishedStreamOptions = {
  readonly kind: MediaKind;
  /** The one payload type that was agreed; packets of others are ignored. */
  readonly payloadType: number;
  /** Id of the audio level extension, where it was agreed. */
  readonly audioLevelId: number | undefined;
  /** Where requests and reports go. */
  readonly sink: PacketSink;
  /** Names the receiver in what it sends. */
  readonly receiverSsrc: number;
};

/** What is told of a stream. `bytes` are given away. */
export type PublishedStreamHandler = {
  handlePacket(bytes: Buffer, header: RtpHeader, index: number, audioLevel: number | undefined, nowMs: number): void;
  handleSenderReport(report: SenderReport, nowMs: number): void;
  /** The publisher numbers anew. */
  handleNewSsrc(): void;
};

/** Key frames are large: one request in this time is enough for everybody who asks. */
const KEY_FRAME_REQUEST_INTERVAL_MS = 500;
/** A level byte of a packet without the extension: silence, since nothing is known. */
const SILENCE = 127;

/** One stream that a publisher sends: takes its packets, asks for what is missing, counts for the reports. */
export class PublishedStream {
  readonly kind: MediaKind;
  /** Packets that are no RTP or RTCP of this stream. */
  ignored = 0;
  readonly #options: PublishedStreamOptions;
  readonly #handler: PublishedStreamHandler;
  readonly #rate = new RateMeter();
  #ssrc: number | undefined;
  #unwrapper = new SequenceUnwrapper();
  #losses = new LossTracker();
  #reception: Reception;
  #isKeyFrameWanted = false;
  #keyFrameAskedMs = Number.NEGATIVE_INFINITY;

  constructor(options: PublishedStreamOptions, handler: PublishedStreamHandler) {
    this.kind = options.kind;
    this.#options = options;
    this.#handler = handler;
    this.#reception = new Reception(CLOCK_RATES[options.kind]);
  }

  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  get bitrateBps(): number {
    return this.#rate.bitrateBps;
  }

  /** Takes whatever the transport gives; what is not understood is counted. */
  handleMessage(bytes: Buffer, nowMs: number): void {
    if (bytes.length < 4) this.ignored += 1;
    else if (isRtcp(bytes)) this.#handleControl(bytes, nowMs);
    else this.#handleRtp(bytes, nowMs);
  }

  /** Asks for a key frame, at once or as soon as the last request is long enough ago. */
  requestKeyFrame(nowMs: number): void {
    this.#isKeyFrameWanted = true;
    this.#askForKeyFrame(nowMs);
  }

  /** To be called every 20 ms or so. */
  handleTick(nowMs: number): void {
    if (this.#losses.missingCount > 0) this.#askForMissing(nowMs);
    if (this.#isKeyFrameWanted) this.#askForKeyFrame(nowMs);
  }

  /** To be called once a second. */
  takeReport(nowMs: number): ReportBlock | undefined {
    this.#rate.update(this.#reception.bytes, nowMs);
    return this.#ssrc === undefined ? undefined : this.#reception.takeReport(this.#ssrc, nowMs);
  }

  sendControl(bytes: Buffer): void {
    this.#options.sink.send(bytes);
  }

  statistics(): StreamStatistics {
    return {
      packets: this.#reception.packets,
      bytes: this.#reception.bytes,
      lost: this.#losses.lost,
      retransmitted: this.#losses.recovered,
      bitrateBps: this.#rate.bitrateBps,
    };
  }

  #handleRtp(bytes: Buffer, nowMs: number): void {
    const header = parseRtp(bytes);
    if (header === undefined || header.payloadType !== this.#options.payloadType) {
      this.ignored += 1;
      return;
    }
    if (header.ssrc !== this.#ssrc) this.#takeSsrc(header.ssrc);
    const index = this.#unwrapper.unwrap(header.sequenceNumber);
    const missingBefore = this.#losses.missingCount;
    const lostBefore = this.#losses.lost;
    if (this.#losses.handlePacket(index, nowMs) === 'duplicate') return;
    this.#reception.handlePacket(index, header.timestamp, header.payloadEnd - header.payloadStart, nowMs);
    if (this.#losses.missingCount > missingBefore) this.#askForMissing(nowMs);
    if (this.#losses.lost > lostBefore && this.kind === 'video') this.requestKeyFrame(nowMs);
    this.#handler.handlePacket(bytes, header, index, this.#levelOf(bytes, header), nowMs);
  }

  #levelOf(bytes: Buffer, header: RtpHeader): number | undefined {
    if (this.kind === 'video') return undefined;
    const id = this.#options.audioLevelId;
    const place = id === undefined ? -1 : findExtension(bytes, header, id);
    return place < 0 ? SILENCE : bytes[place]! & 0x7f;
  }

  #handleControl(bytes: Buffer, nowMs: number): void {
    const packets = parseRtcp(bytes);
    if (packets === undefined) {
      this.ignored += 1;
      return;
    }
    for (const packet of packets) {
      // The transport may give a compound to both streams of a connection.
      if (packet.type !== 'senderReport' || packet.ssrc !== this.#ssrc) continue;
      this.#reception.handleSenderReport(packet, nowMs);
      this.#handler.handleSenderReport(packet, nowMs);
    }
  }

  #takeSsrc(ssrc: number): void {
    const isFirst = this.#ssrc === undefined;
    this.#ssrc = ssrc;
    if (isFirst) return;
    this.#unwrapper = new SequenceUnwrapper();
    const before = this.#losses;
    this.#losses = new LossTracker();
    this.#losses.lost = before.lost;
    this.#losses.recovered = before.recovered;
    const { packets, bytes } = this.#reception;
    this.#reception = new Reception(CLOCK_RATES[this.kind]);
    this.#reception.continueFrom(packets, bytes);
    this.#handler.handleNewSsrc();
  }

  #askForMissing(nowMs: number): void {
    const lostBefore = this.#losses.lost;
    const due = this.#losses.takeDue(nowMs);
    if (due.length > 0 && this.#ssrc !== undefined) {
      const sequenceNumbers = due.map((index) => index & 0xffff);
      this.#options.sink.send(encodeNack(this.#options.receiverSsrc, this.#ssrc, sequenceNumbers));
    }
    if (this.#losses.lost > lostBefore && this.kind === 'video') this.requestKeyFrame(nowMs);
  }

  #askForKeyFrame(nowMs: number): void {
    if (this.#ssrc === undefined || nowMs - this.#keyFrameAskedMs < KEY_FRAME_REQUEST_INTERVAL_MS) return;
    this.#isKeyFrameWanted = false;
    this.#keyFrameAskedMs = nowMs;
    this.#options.sink.send(encodePictureLoss(this.#options.receiverSsrc, this.#ssrc));
  }
}
