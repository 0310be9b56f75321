import { type Encodable, encodeQuest } from '@parley/fpnn';

/** A two-way push, encoded once and written as it is to every connection that gets it. */
export type PushPacket = {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** Epoch milliseconds. */
  readonly sentAt: number;
};

/** The upper half of the numbers: quests that a connection counts for itself begin at 1 and never get there. */
const FIRST_SEQ = 0x8000_0000;
const SEQ_END = 0x1_0000_0000;

/**
 * Encodes pushes for many connections. An answer names its quest by the seq alone, so one packet can serve all
 * connections if no other push of theirs has its number: the numbers come from one counter for the whole process.
 */
export class PushEncoder {
  readonly #now: () => number;
  #nextSeq = FIRST_SEQ;

  constructor(now: () => number) {
    this.#now = now;
  }

  encode(method: string, params: Encodable): PushPacket {
    const seq = this.#nextSeq;
    this.#nextSeq = seq + 1 === SEQ_END ? FIRST_SEQ : seq + 1;
    return { seq, bytes: encodeQuest({ method, params, seq }), sentAt: this.#now() };
  }
}

/** True for a number that the encoder may have given. */
export function isPushSeq(seq: number): boolean {
  return seq >= FIRST_SEQ;
}

/** How many pushes the encoder has made from one to the other; the numbers begin anew when they have run out. */
export function pushesBetween(earlier: number, later: number): number {
  return (later - earlier) & (FIRST_SEQ - 1);
}
