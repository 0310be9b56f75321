import { randomInt } from 'node:crypto';
import type { VoiceFrame } from '../media-engine.ts';
import { parseRtp, type RtpHeader, writeUint32 } from '../rtp/rtp-packet.ts';
import { FORWARDED_HEADER_BYTES, writeForwardedHeader } from './forwarded-packet.ts';

const TICKS_PER_MS = 48;
const FRAME_TICKS = 960;
/** Frames come from a network: only a pause longer than its jitter is one of the speaker. */
const PAUSE_MS = 200;
/** Opus says with a frame of one or two bytes that nothing is heard (RFC 6716 section 2.1.9). */
const SILENT_FRAME_BYTES = 2;
/** Frames are not decoded, so a frame that is not silent counts as common speech, in -dBov. */
const SPEECH_LEVEL = 30;
const SILENCE_LEVEL = 127;

export type WrappedFrame = {
  readonly bytes: Buffer;
  readonly header: RtpHeader;
  readonly index: number;
  readonly level: number;
};

/** Makes RTP of the voice frames of a member that does not send RTP itself. */
export class VoiceSource {
  #index = 0x10000 + randomInt(0x8000);
  #timestamp = randomInt(2 ** 32);
  #lastMs: number | undefined;
  #expectedMs = 0;

  wrap({ data, timestampMs }: VoiceFrame): WrappedFrame {
    const isAfterPause = this.#lastMs === undefined || Math.abs(timestampMs - this.#expectedMs) > PAUSE_MS;
    if (this.#lastMs !== undefined) {
      const pauseMs = isAfterPause ? Math.max(20, timestampMs - this.#lastMs) : 0;
      this.#timestamp = (this.#timestamp + (pauseMs > 0 ? Math.round(pauseMs * TICKS_PER_MS) : FRAME_TICKS)) >>> 0;
    }
    this.#expectedMs = isAfterPause ? timestampMs + 20 : this.#expectedMs + 20;
    this.#lastMs = timestampMs;
    this.#index += 1;
    const level = data.length <= SILENT_FRAME_BYTES ? SILENCE_LEVEL : SPEECH_LEVEL;
    const bytes = Buffer.alloc(FORWARDED_HEADER_BYTES + data.length);
    writeForwardedHeader(bytes, isAfterPause, this.#timestamp, level);
    writeUint32(bytes, 8, 0);
    bytes.set(data, FORWARDED_HEADER_BYTES);
    return { bytes, header: parseRtp(bytes)!, index: this.#index, level };
  }
}
