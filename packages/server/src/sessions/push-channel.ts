import type { Peer } from '@parley/fpnn';
import type { PushPacket } from './push-packet.ts';
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

  push(packet: PushPacket): void {
    this.#unanswered.add(packet);
    this.#peer.sendEncoded(packet.bytes);
  }

  /** Takes the answer to a push. */
  acknowledge(seq: number): void {
    this.#unanswered.acknowledge(seq);
  }

  /** Sends again what was left unanswered for too long. @returns how many pushes that were. */
  repeat(): number {
    const due = this.#unanswered.takeDue(this.#now());
    for (const packet of due) this.#peer.sendEncoded(packet.bytes);
    return due.length;
  }
}
