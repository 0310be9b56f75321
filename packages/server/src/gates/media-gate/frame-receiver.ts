import type { Connection } from '@parley/fpnn/node';
import type { FrameCounters } from './frame-counters.ts';

/** A frame of everybody in a room of a hundred who all talk. What waits longer than that is worth nothing. */
const VOICE_QUEUE_MAX_BYTES = 16 * 1024;
/** One big key frame and what follows it in half a second. */
const VIDEO_QUEUE_MAX_BYTES = 512 * 1024;

export type FrameKind = 'voice' | 'video';

/** Takes encoded frames for one connection; a connection that lags gets none, rather than late ones. */
export class FrameReceiver {
  readonly connection: Connection;
  readonly #counters: FrameCounters;

  constructor(connection: Connection, counters: FrameCounters) {
    this.connection = connection;
    this.#counters = counters;
  }

  /** @param packet - Shared by all receivers. */
  send(kind: FrameKind, packet: Uint8Array): void {
    const queueMaxBytes = kind === 'voice' ? VOICE_QUEUE_MAX_BYTES : VIDEO_QUEUE_MAX_BYTES;
    if (this.connection.bufferedBytes > queueMaxBytes) {
      this.#counters.countLoss('slow-receiver');
      return;
    }
    this.#counters.sent += 1;
    this.connection.peer.sendEncoded(packet);
  }
}
