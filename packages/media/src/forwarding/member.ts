import type { MediaKind, VoiceFrame } from '../media-engine.ts';
import { BitrateAdvice, type BitrateLimits, type ViewerReport } from './bitrate-advice.ts';
import { Channel } from './channel.ts';
import { monotonicNowMs } from './clock.ts';
import type { Player } from './player.ts';
import type { Publisher } from './publisher.ts';
import { VoiceSource } from './voice-source.ts';

/** No sound at all, in -dBov. */
const SILENCE = 127;

/** One member of a room: what it sends, those who watch it, and how loud it is. */
export class Member {
  readonly name: string;
  readonly channels: Readonly<Record<MediaKind, Channel>>;
  readonly players = new Set<Player>();
  /** Who has been answered and is about to connect. */
  readonly expected = new Set<Publisher>();
  /** Wants each voice packet of a publisher, in order; undefined for no. */
  onVoice: ((data: Uint8Array) => void) | undefined;
  readonly #advice: BitrateAdvice;
  #publisher: Publisher | undefined;
  #voiceSource: VoiceSource | undefined;
  #lastVoiceIndex = -1;
  #loudest = SILENCE;

  constructor(name: string, limits: BitrateLimits) {
    this.name = name;
    this.#advice = new BitrateAdvice(limits);
    const requestKeyFrame = () => this.requestKeyFrame();
    this.channels = { audio: new Channel('audio', requestKeyFrame), video: new Channel('video', requestKeyFrame) };
  }

  /** The one whose media is forwarded. */
  get publisher(): Publisher | undefined {
    return this.#publisher;
  }

  setPublisher(publisher: Publisher | undefined): void {
    this.#publisher = publisher;
    this.#voiceSource = undefined;
    this.#lastVoiceIndex = -1;
    if (publisher === undefined) return;
    this.channels.audio.changeSource();
    this.channels.video.changeSource();
  }

  requestKeyFrame(): void {
    this.#publisher?.requestKeyFrame(monotonicNowMs());
  }

  /** Notes what came of a publisher's voice. */
  handleAudio(level: number, index: number, payload: Uint8Array): void {
    if (this.channels.audio.isForbidden) return;
    if (level < this.#loudest) this.#loudest = level;
    if (this.onVoice === undefined || index <= this.#lastVoiceIndex || payload.length === 0) return;
    this.#lastVoiceIndex = index;
    this.onVoice(payload);
  }

  /** Takes a voice frame of a member that does not publish. While it publishes, the frame is dropped. */
  handleVoiceFrame(frame: VoiceFrame, nowMs: number): void {
    if (this.#publisher !== undefined) return;
    if (this.#voiceSource === undefined) {
      this.#voiceSource = new VoiceSource();
      this.channels.audio.changeSource();
    }
    const { bytes, header, index, level } = this.#voiceSource.wrap(frame);
    if (!this.channels.audio.isForbidden && level < this.#loudest) this.#loudest = level;
    this.channels.audio.handlePacket(bytes, header, index, level, nowMs);
    this.channels.audio.setClockPoint(nowMs, header.timestamp);
  }

  /** How loud it was since the last call, 0 to 1. */
  takeLevel(): number {
    const loudest = this.#loudest;
    this.#loudest = SILENCE;
    return this.channels.audio.isForbidden ? 0 : 1 - loudest / SILENCE;
  }

  /** To be asked once a second. */
  adviseBitrate(currentBps: number): number {
    const reports: ViewerReport[] = [];
    if (!this.channels.video.isForbidden) {
      for (const player of this.players) {
        const report = player.videoReport;
        if (report !== undefined) reports.push(report);
      }
    }
    return this.#advice.update(reports, currentBps);
  }

  handleTick(nowMs: number): void {
    this.#publisher?.handleTick(nowMs);
  }

  handleSecond(nowMs: number): void {
    this.#publisher?.sendReports(nowMs);
    this.channels.audio.sendSenderReports(nowMs);
    this.channels.video.sendSenderReports(nowMs);
    for (const player of this.players) player.handleSecond(nowMs);
    const { video } = this.channels;
    // The request or the key frame itself may have been lost.
    if (!video.isForbidden && video.outputs.some((output) => output.isWaitingForKeyFrame && !output.isBlocked)) {
      this.requestKeyFrame();
    }
  }
}
