import { type Encodable, encodeQuest, QuestBatch } from '@parley/fpnn';

/** Two-way pushes, encoded once and written as they are to every connection that gets them. */
export type PushBatch = {
  readonly quests: QuestBatch;
  /** Epoch milliseconds. */
  readonly sentAt: number;
};

/** The upper half of the numbers: quests that a connection counts for itself begin at 1 and never get there. */
const FIRST_SEQ = 0x8000_0000;
const SEQ_END = 0x1_0000_0000;

/** A push that has not got its number yet. */
export function encodePushPacket(method: string, params: Encodable): Uint8Array {
  return encodeQuest({ method, params, seq: FIRST_SEQ });
}

/**
 * Numbers pushes for many connections. An answer names its quest by the seq alone, so one packet can serve all
 * connections if no other push of theirs has its number: the numbers come from one counter for the whole process, and a
 * connection must get its pushes in the order of their numbers.
 */
export class PushEncoder {
  readonly #now: () => number;
  #nextSeq = FIRST_SEQ;

  constructor(now: () => number) {
    this.#now = now;
  }

  encode(method: string, params: Encodable): PushBatch {
    return this.number([encodePushPacket(method, params)]);
  }

  /** Numbers pushes that go out together, now. @param packets - Of `encodePushPacket`. */
  number(packets: readonly Uint8Array[]): PushBatch {
    const seq = this.#nextSeq + packets.length > SEQ_END ? FIRST_SEQ : this.#nextSeq;
    this.#nextSeq = seq + packets.length;
    return { quests: QuestBatch.of(packets, seq), sentAt: this.#now() };
  }
}

/** True for a number that the encoder may have given. */
export function isPushSeq(seq: number): boolean {
  return seq >= FIRST_SEQ;
}

/** How far one number is behind an earlier one; the numbers begin anew when they have run out. */
export function pushesBetween(earlier: number, later: number): number {
  return (later - earlier) & (FIRST_SEQ - 1);
}
