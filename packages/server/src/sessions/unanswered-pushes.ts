import { isPushSeq, type PushBatch, pushesBetween } from './push-batch.ts';

/** How long an answer is waited for before a push is sent once more. */
const REPEAT_AFTER_MS = 5000;
/** What one connection may leave unanswered; the oldest are forgotten past it. They stay in history. */
const PUSHES_MAX = 10_000;
/** A queue that has grown beyond this is given back when it is empty. */
const KEPT_PLACES = 64;

/**
 * The pushes of one connection that no answer has come for, in the order of sending, which is that of their numbers.
 * Every push to every connection comes through here, and so does its answer: an entry is no more than a reference to the
 * shared batch, and answers in the order of the pushes are taken by the row, without a search.
 */
export class UnansweredPushes {
  /** In use from `#head` to `#tail`. */
  #batches: (PushBatch | undefined)[] = [];
  #head = 0;
  #tail = 0;
  /** Pushes of the first batch that need no more thought; those behind them do. */
  #done = 0;
  #size = 0;
  /** Answered before an earlier push was. */
  #early: Set<number> | undefined;

  /** Pushes that are remembered, those included that were answered before an earlier one. */
  get size(): number {
    return this.#size;
  }

  add(batch: PushBatch): void {
    this.#batches[this.#tail] = batch;
    this.#tail += 1;
    this.#size += batch.quests.count;
    while (this.#size > PUSHES_MAX) this.#drop(1);
  }

  /**
   * Takes answers to `count` pushes with numbers in a row. Any answer counts, an error too: it shows that the push
   * arrived. A number that nothing waits for does nothing.
   */
  acknowledge(firstSeq: number, count = 1): void {
    let seq = firstSeq;
    const end = firstSeq + count;
    while (seq < end) {
      const first = this.#batches[this.#head]?.quests;
      if (first === undefined) return;
      if (seq === first.firstSeq + this.#done) {
        const taken = Math.min(end - seq, first.count - this.#done);
        this.#drop(taken);
        seq += taken;
      } else {
        if (this.#isWithin(seq)) this.#rememberEarly(seq);
        seq += 1;
      }
    }
  }

  /** Takes what is due: the packets of pushes to send once more. They are forgotten with that. */
  takeDue(now: number): Uint8Array[] {
    const due: Uint8Array[] = [];
    for (;;) {
      const first = this.#batches[this.#head];
      if (first === undefined || now - first.sentAt < REPEAT_AFTER_MS) return due;
      due.push(first.quests.packet(this.#done));
      this.#drop(1);
    }
  }

  #isWithin(seq: number): boolean {
    const first = this.#batches[this.#head]!.quests.firstSeq + this.#done;
    const { firstSeq, count } = this.#batches[this.#tail - 1]!.quests;
    return isPushSeq(seq) && pushesBetween(first, seq) <= pushesBetween(first, firstSeq + count - 1);
  }

  #rememberEarly(seq: number): void {
    this.#early ??= new Set();
    // Only numbers that were never sent to this connection can fill it.
    if (this.#early.size < PUSHES_MAX) this.#early.add(seq);
  }

  /** Forgets the oldest, all of one batch, and those behind them that were answered before them. */
  #drop(count: number): void {
    this.#forget(count);
    while (this.#early !== undefined) {
      const first = this.#batches[this.#head]?.quests;
      if (first === undefined || !this.#early.delete(first.firstSeq + this.#done)) return;
      this.#forget(1);
    }
  }

  #forget(count: number): void {
    this.#done += count;
    this.#size -= count;
    if (this.#done < this.#batches[this.#head]!.quests.count) return;
    this.#batches[this.#head] = undefined;
    this.#head += 1;
    this.#done = 0;
    if (this.#head === this.#tail) this.#clear();
    else if (this.#head > KEPT_PLACES && this.#head * 2 > this.#tail) this.#moveToFront();
  }

  #clear(): void {
    this.#head = 0;
    this.#tail = 0;
    this.#early = undefined;
    if (this.#batches.length > KEPT_PLACES) this.#batches = [];
  }

  #moveToFront(): void {
    this.#batches = this.#batches.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
