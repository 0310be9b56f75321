import type { PushPacket } from './push-packet.ts';

/** How long an answer is waited for before a push is sent once more. */
const REPEAT_AFTER_MS = 5000;
/** What one connection may leave unanswered; the oldest are forgotten past it. They stay in history. */
const PUSHES_MAX = 10_000;

type Unanswered = { readonly packet: PushPacket; sentAt: number; isRepeat: boolean };

/** The pushes of one connection that no answer has come for, oldest first. */
export class UnansweredPushes {
  readonly #pushes = new Map<number, Unanswered>();

  get size(): number {
    return this.#pushes.size;
  }

  add(packet: PushPacket, now: number): void {
    if (this.#pushes.size >= PUSHES_MAX) this.#pushes.delete(this.#pushes.keys().next().value!);
    this.#pushes.set(packet.seq, { packet, sentAt: now, isRepeat: false });
  }

  /** Any answer counts, an error too: it shows that the push arrived. */
  acknowledge(seq: number): void {
    this.#pushes.delete(seq);
  }

  /** Takes what is due: pushes to send once more. Those that were sent twice are forgotten. */
  takeDue(now: number): PushPacket[] {
    const due: PushPacket[] = [];
    for (const [seq, push] of this.#pushes) {
      if (now - push.sentAt < REPEAT_AFTER_MS) break;
      this.#pushes.delete(seq);
      if (push.isRepeat) continue;
      due.push(push.packet);
      this.#pushes.set(seq, { packet: push.packet, sentAt: now, isRepeat: true });
    }
    return due;
  }
}
