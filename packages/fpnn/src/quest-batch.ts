import { MTYPE_TWO_WAY, PACKET_HEADER_BYTES } from './packet.ts';

const MTYPE_OFFSET = 6;

/**
 * Two-way quests whose numbers follow each other, encoded once and written as one piece to every peer that gets them.
 * Nothing of it changes after it was made.
 */
export class QuestBatch {
  /** The number of the first quest; each of the others has that of the one before it plus one. */
  readonly firstSeq: number;
  /** The packets, back to back. */
  readonly bytes: Uint8Array;
  /** Where each packet ends in `bytes`. */
  readonly #ends: readonly number[];

  private constructor(firstSeq: number, bytes: Uint8Array, ends: readonly number[]) {
    this.firstSeq = firstSeq;
    this.bytes = bytes;
    this.#ends = ends;
  }

  /**
   * Numbers quests in their order.
   *
   * @param packets - One or more of `encodeQuest`, with any seq. They belong to the batch from here on.
   * @param firstSeq - The last number must be a u32 too.
   * @throws RangeError when it is not, or a packet is no two-way quest.
   */
  static of(packets: readonly Uint8Array[], firstSeq: number): QuestBatch {
    if (packets.length === 0 || firstSeq + packets.length > 2 ** 32) throw new RangeError('a batch without numbers');
    // A single packet needs no copy.
    const bytes = packets.length === 1 ? packets[0]! : new Uint8Array(totalLength(packets));
    const ends: number[] = [];
    let start = 0;
    for (let index = 0; index < packets.length; index += 1) {
      const packet = packets[index]!;
      if (packet[MTYPE_OFFSET] !== MTYPE_TWO_WAY) throw new RangeError('a batch takes two-way quests');
      if (packet !== bytes) bytes.set(packet, start);
      writeSeq(bytes, start + PACKET_HEADER_BYTES, firstSeq + index);
      start += packet.length;
      ends.push(start);
    }
    return new QuestBatch(firstSeq, bytes, ends);
  }

  /** How many quests it has. */
  get count(): number {
    return this.#ends.length;
  }

  /** The packet of one quest, a view. */
  packet(index: number): Uint8Array {
    return this.bytes.subarray(this.#startOf(index), this.#ends[index]);
  }

  /** The quests from one index up to but not including another, which must be some. They share the bytes. */
  slice(from: number, to: number): QuestBatch {
    const start = this.#startOf(from);
    const ends = this.#ends.slice(from, to).map((end) => end - start);
    return new QuestBatch(this.firstSeq + from, this.bytes.subarray(start, this.#ends[to - 1]), ends);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }
}

function writeSeq(bytes: Uint8Array, at: number, seq: number): void {
  bytes[at] = seq;
  bytes[at + 1] = seq >>> 8;
  bytes[at + 2] = seq >>> 16;
  bytes[at + 3] = seq >>> 24;
}

function totalLength(packets: readonly Uint8Array[]): number {
  return packets.reduce((length, packet) => length + packet.length, 0);
}
