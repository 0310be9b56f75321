import type { LinkSample } from './link-sample.ts';
import { type NetworkQuality, qualityOf } from './network-quality.ts';

/** How one stream does: what this client publishes, or what it plays of a member. */
export type StreamStatistics = {
  readonly audioBitrateBps: number;
  readonly videoBitrateBps: number;
  readonly framesPerSecond: number;
  /** Pixels; 0 while there is no picture. */
  readonly width: number;
  readonly height: number;
  /** Of the packets of the last seconds, 0 to 1. */
  readonly lossRatio: number;
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
  /** Packets since the stream was connected. */
  readonly audioPackets: number;
  readonly videoPackets: number;
  /** Since the stream was connected. */
  readonly frames: number;
  readonly quality: NetworkQuality;
};

/** Rates are over so long. */
const WINDOW_MS = 3_000;
/** Fewer packets say nothing about loss. */
const PACKETS_MIN = 20;

/** Makes rates and a judgement out of the counters of one stream. */
export class LinkMeter {
  readonly #samples: LinkSample[] = [];

  /** The counters of a new connection begin at 0 again. */
  handleSample(sample: LinkSample): void {
    const last = this.#samples.at(-1);
    if (
      last !== undefined &&
      (sample.audio.packets < last.audio.packets || sample.video.packets < last.video.packets)
    ) {
      this.#samples.length = 0;
    }
    this.#samples.push(sample);
    while (this.#samples.length > 2 && sample.at - this.#samples[1]!.at >= WINDOW_MS) this.#samples.shift();
  }

  /** @param isConnected - Media that does not get through at all is of poor quality. */
  statistics(isConnected: boolean): StreamStatistics | undefined {
    const newest = this.#samples.at(-1);
    if (newest === undefined) return undefined;
    const oldest = this.#samples[0]!;
    const seconds = (newest.at - oldest.at) / 1000;
    const perSecond = (value: number) => (seconds > 0 ? value / seconds : 0);
    const packets = newest.audio.packets + newest.video.packets - oldest.audio.packets - oldest.video.packets;
    const lost = Math.max(0, newest.audio.lost + newest.video.lost - oldest.audio.lost - oldest.video.lost);
    const lossRatio = packets + lost >= PACKETS_MIN ? lost / (packets + lost) : 0;
    const { rttMs, jitterMs } = newest;
    return {
      audioBitrateBps: Math.round(perSecond(8 * (newest.audio.bytes - oldest.audio.bytes))),
      videoBitrateBps: Math.round(perSecond(8 * (newest.video.bytes - oldest.video.bytes))),
      framesPerSecond: perSecond(newest.video.frames - oldest.video.frames),
      width: newest.video.width,
      height: newest.video.height,
      lossRatio,
      rttMs,
      jitterMs,
      audioPackets: newest.audio.packets,
      videoPackets: newest.video.packets,
      frames: newest.video.frames,
      quality: qualityOf({ isConnected, lossRatio, rttMs, jitterMs }),
    };
  }
}
