import { isPushSeq, type PushPacket, pushesBetween } from './push-packet.ts';

/** How long an answer is waited for before a push is sent once more. */
const REPEAT_AFTER_MS = 5000;
/** What one connection may leave unanswered; the oldest are forgotten past it. They stay in history. */
const PUSHES_MAX = 10_000;
/** A queue that has grown beyond this is given back when it is empty. */
const KEPT_PLACES = 64;

/**
 * The pushes of one connection that no answer has come for, in the order of sending, which is that of their numbers.
 * Every push to every connection comes through here, and so does its answer: an entry is no more than a reference to the
 * shared packet, and answers in the order of the pushes cost no search.
 */
export class UnansweredPushes {
  /** In use from `#head` to `#tail`. */
  #packets: (PushPacket | undefined)[] = [];
  #head = 0;
  #tail = 0;
  /** Answered before an earlier push was. */
  #early: Set<number> | undefined;

  /** Pushes that are remembered, those included that were answered before an earlier one. */
  get size(): number {
    return this.#tail - this.#head;
  }

  add(packet: PushPacket): void {
    if (this.size >= PUSHES_MAX) this.#dropFirst();
    this.#packets[this.#tail] = packet;
    this.#tail += 1;
  }

  /** Any answer counts, an error too: it shows that the push arrived. A number that nothing waits for does nothing. */
  acknowledge(seq: number): void {
    const first = this.#packets[this.#head];
    if (first === undefined) return;
    if (first.seq === seq) this.#dropFirst();
    else if (this.#isWithin(first, seq)) this.#rememberEarly(seq);
  }

  /** Takes what is due: pushes to send once more. They are forgotten with that. */
  takeDue(now: number): PushPacket[] {
    const due: PushPacket[] = [];
    for (;;) {
      const first = this.#packets[this.#head];
      if (first === undefined || now - first.sentAt < REPEAT_AFTER_MS) return due;
      due.push(first);
      this.#dropFirst();
    }
  }

  #isWithin(first: PushPacket, seq: number): boolean {
    const last = this.#packets[this.#tail - 1]!;
    return isPushSeq(seq) && pushesBetween(first.seq, seq) <= pushesBetween(first.seq, last.seq);
  }

  #rememberEarly(seq: number): void {
    this.#early ??= new Set();
    // Only numbers that were never sent to this connection can fill it.
    if (this.#early.size < PUSHES_MAX) this.#early.add(seq);
  }

  /** Forgets the oldest, and those behind it that were answered before it. */
  #dropFirst(): void {
    do {
      this.#packets[this.#head] = undefined;
      this.#head += 1;
    } while (this.#early?.delete(this.#packets[this.#head]?.seq ?? 0));
    if (this.#head === this.#tail) this.#clear();
    else if (this.#head > KEPT_PLACES && this.#head * 2 > this.#tail) this.#moveToFront();
  }

  #clear(): void {
    this.#head = 0;
    this.#tail = 0;
    this.#early = undefined;
    if (this.#packets.length > KEPT_PLACES) this.#packets = [];
  }

  #moveToFront(): void {
    this.#packets = this.#packets.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
