import type { Peer } from '@parley/fpnn';
import type { PushBatch } from './push-batch.ts';
import { UnansweredPushes } from './unanswered-pushes.ts';

/** Two-way pushes over one connection; each is sent once more when no answer comes. */
export class PushChannel {
  readonly #peer: Peer;
  readonly #now: () => number;
  readonly #unanswered = new UnansweredPushes();

  constructor(peer: Peer, now: () => number) {
    this.#peer = peer;
    this.#now = now;
  }

  push(batch: PushBatch): void {
    this.#unanswered.add(batch);
    this.#peer.sendBatch(batch.quests);
  }

  /** Takes the answers to `count` pushes with numbers in a row. */
  acknowledge(firstSeq: number, count: number): void {
    this.#unanswered.acknowledge(firstSeq, count);
  }

  /** Sends again what was left unanswered for too long. @returns how many pushes that were. */
  repeat(): number {
    const due = this.#unanswered.takeDue(this.#now());
    for (const packet of due) this.#peer.sendEncoded(packet);
    return due.length;
  }
}
