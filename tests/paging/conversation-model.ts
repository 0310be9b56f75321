import { contentOf, type Page, type Unit, type WireMessage } from './wire-conversation.ts';

const PAGE_MAX = 20;
/** So long a removed message is sure to be remembered, in ms; its sender may repeat it and is recognised. */
const REMEMBER_MS = 20 * 60_000;
/** Times travel as int64 and are read as numbers, cut off at both ends of the safe integers. */
const TIME_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** What a page request says beside the conversation; absent fields are not sent. */
export type PageRequest = {
  readonly desc: boolean;
  readonly num: number;
  readonly begin?: bigint | undefined;
  readonly end?: bigint | undefined;
  readonly lastid?: bigint | undefined;
  readonly mtypes?: readonly number[] | undefined;
};

export type CountRequest = Pick<PageRequest, 'begin' | 'end' | 'mtypes'>;

/** A stored message, also after its removal. */
export type Entry = {
  unit: Unit;
  readonly first: WireMessage;
  isRemoved: boolean;
  /** A repeat of it may be taken for a new message. */
  isForgotten: boolean;
};

/** What sending a mid that was sent before has to give. */
export type RepeatOutcome = { mtime: number } | 'conflict';

/**
 * One conversation as the documents describe it, in memory and in the plainest form. It knows every rule of paging, of
 * repeats and of removal; the numbers that a server chooses (ids) it is told.
 */
export class ConversationModel {
  /** By rising id. */
  readonly entries: Entry[] = [];
  /** No later message may have an earlier time. */
  lastMtime: number;

  /** @param lastMtime - The latest time of messages that are gone, when there were some. */
  constructor(lastMtime = 0) {
    this.lastMtime = lastMtime;
  }

  get live(): Unit[] {
    return this.entries.filter(({ isRemoved }) => !isRemoved).map(({ unit }) => unit);
  }

  /** The time of what is sent now. Repeats count as well: they too move the clock of the conversation on. */
  takeTime(now: number): number {
    this.lastMtime = Math.max(this.lastMtime, now);
    return this.lastMtime;
  }

  /** @throws Error unless the new messages follow all that are there. */
  add(stored: readonly { unit: Unit; first: WireMessage }[]): void {
    for (const { unit, first } of [...stored].sort((a, b) => (a.unit.id < b.unit.id ? -1 : 1))) {
      const last = this.entries.at(-1)?.unit;
      if (unit.id <= (last?.id ?? 0n)) throw new Error(`id ${unit.id} follows ${last?.id}`);
      this.entries.push({ unit, first, isRemoved: false, isForgotten: false });
    }
  }

  /** A repeat with the first or the present content is recognised, any other content is refused. */
  repeat({ unit, first, isRemoved }: Entry, { msg, attrs, mtype }: WireMessage): RepeatOutcome {
    const known = [contentOf(first.msg, first.attrs), ...(isRemoved ? [] : [unit.content])];
    return mtype === unit.mtype && known.includes(contentOf(msg, attrs)) ? { mtime: unit.mtime } : 'conflict';
  }

  page(request: PageRequest, now: number): Page {
    const { desc, num } = request;
    const [begin, end] = [timeOf(request.begin), timeOf(request.end)];
    const lastid = request.lastid ?? 0n;
    const found = this.matching(request).filter(({ id }) => lastid <= 0n || (desc ? id < lastid : id > lastid));
    if (desc) found.reverse();
    const units = found.slice(0, Math.min(num, PAGE_MAX));
    const resolvedEnd = end > 0 ? end : Math.max(now, this.lastMtime);
    const last = units.at(-1);
    return {
      units,
      lastid: last?.id ?? lastid,
      begin: last !== undefined && !desc ? last.mtime : begin,
      end: last !== undefined && desc ? last.mtime : resolvedEnd,
    };
  }

  count(request: CountRequest): { sender: number; num: number } {
    const found = this.matching(request);
    return { sender: new Set(found.map(({ from }) => from)).size, num: found.length };
  }

  /** The live messages within the bounds, of the types asked for, by rising id. */
  matching(request: CountRequest): Unit[] {
    const [begin, end] = [timeOf(request.begin), timeOf(request.end)];
    const { mtypes = [] } = request;
    return this.live.filter(
      ({ mtime, mtype }) =>
        (begin <= 0 || mtime >= begin) && (end <= 0 || mtime <= end) && (mtypes.length === 0 || mtypes.includes(mtype)),
    );
  }

  /** Removes what lies in [begin, end]; an `end` of 0 or less lies before everything. */
  clean(begin: bigint, end: bigint): void {
    this.#removeAll(({ mtime }) => mtime >= timeOf(begin) && mtime <= timeOf(end));
  }

  removeAllFrom(sender: bigint): void {
    this.#removeAll(({ from }) => from === sender);
  }

  #removeAll(isMeant: (unit: Unit) => boolean): void {
    for (const entry of this.entries) {
      if (entry.isRemoved || !isMeant(entry.unit)) continue;
      entry.isRemoved = true;
      entry.isForgotten = entry.unit.mtime < this.lastMtime - REMEMBER_MS;
    }
  }
}

/** A time as it is read off the wire; absent is 0. */
export function timeOf(value: bigint | undefined): number {
  if (value === undefined) return 0;
  return Number(value > TIME_MAX ? TIME_MAX : value < -TIME_MAX ? -TIME_MAX : value);
}
