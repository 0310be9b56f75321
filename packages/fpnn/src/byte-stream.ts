import type { QuestBatch } from './quest-batch.ts';

/** What a peer writes to: a socket, or anything that carries bytes in order. */
export interface ByteStream {
  /** Queues bytes. They are not copied and must not change afterwards. Does nothing once closed. */
  write(bytes: Uint8Array): void;
  /** As `write` for each packet of a batch. A stream has it that can do better. */
  writeBatch?(batch: QuestBatch): void;
  /** Sends what is queued, then closes. */
  close(): void;
  /** Closes at once; what is queued is lost. */
  destroy(): void;
  /** Bytes queued and not yet taken by the system. */
  readonly bufferedBytes: number;
}
