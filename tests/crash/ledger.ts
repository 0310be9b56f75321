import { type Call, contentOf, type Place, type Unit, type WireMessage } from '../paging/wire-conversation.ts';

export type LedgerEntry = {
  readonly call: Call;
  readonly message: WireMessage;
  /** Where a copy of it goes: one place, or several for sendmsgs. */
  readonly places: readonly Place[];
  readonly sentAt: number;
  /** Infinity until it is answered. */
  ackedAt: number;
  /** As answered; of sendmsgs the latest among its places. */
  mtime: number | undefined;
};

/** What history shows of each place, by rising id. */
export type Shown = ReadonlyMap<Place, readonly Unit[]>;

/** What was sent and what was answered. Kept outside of the server, it knows what a crash must not lose. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];
  #tick = 0;
  #acks = 0;
  #listeners: (() => void)[] = [];

  get acks(): number {
    return this.#acks;
  }

  get unanswered(): LedgerEntry[] {
    return this.entries.filter(({ mtime }) => mtime === undefined);
  }

  handleSend(call: Call, message: WireMessage, places: readonly Place[]): LedgerEntry {
    const entry = { call, message, places, sentAt: this.#next(), ackedAt: Number.POSITIVE_INFINITY, mtime: undefined };
    this.entries.push(entry);
    return entry;
  }

  handleAck(entry: LedgerEntry, mtime: number): void {
    entry.ackedAt = this.#next();
    entry.mtime = mtime;
    this.#acks += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Resolves when so many more sends have been answered. */
  moreAcks(count: number): Promise<void> {
    const wanted = this.#acks + count;
    return new Promise((resolve) => {
      const listener = () => {
        if (this.#acks < wanted) return;
        this.#listeners = this.#listeners.filter((other) => other !== listener);
        resolve();
      };
      this.#listeners.push(listener);
    });
  }

  /**
   * What of this is wrong, in words: an answered message that is missing or has another time, one that is there twice,
   * one with other content, one that nobody sent, one of sendmsgs that is in some of its places only, an order that is not
   * that of the answers.
   */
  faultsIn(shown: Shown): string[] {
    const found = new Map<string, Unit[]>();
    const faults: string[] = [];
    for (const [place, units] of shown) {
      for (const unit of units) {
        const name = nameOf(place, unit);
        found.set(name, [...(found.get(name) ?? []), unit]);
      }
    }
    for (const entry of this.entries) faults.push(...faultsInEntry(entry, found));
    const known = new Set(this.entries.flatMap((entry) => entry.places.map((place) => nameOf(place, entry.message))));
    for (const name of found.keys()) if (!known.has(name)) faults.push(`${name} was never sent`);
    for (const [place, units] of shown) faults.push(...this.#faultsInOrder(place, units));
    return faults;
  }

  /** Ids rise, times do not fall, and what was answered before another was sent comes before it. */
  #faultsInOrder(place: Place, units: readonly Unit[]): string[] {
    const entries = new Map(
      this.entries.filter(({ places }) => places.includes(place)).map((entry) => [nameOf(place, entry.message), entry]),
    );
    const faults: string[] = [];
    let before: Unit | undefined;
    let latestSentAt = 0;
    for (const unit of units) {
      const entry = entries.get(nameOf(place, unit));
      if (before !== undefined && unit.id <= before.id) faults.push(`id ${unit.id} follows ${before.id}`);
      if (before !== undefined && unit.mtime < before.mtime) faults.push(`time ${unit.mtime} follows ${before.mtime}`);
      if (entry !== undefined && entry.ackedAt < latestSentAt) faults.push(`id ${unit.id} came after a later message`);
      latestSentAt = Math.max(latestSentAt, entry?.sentAt ?? 0);
      before = unit;
    }
    return faults;
  }

  #next(): number {
    return (this.#tick += 1);
  }
}

function faultsInEntry({ message, places, mtime }: LedgerEntry, found: ReadonlyMap<string, Unit[]>): string[] {
  const name = nameOf(places[0]!, message);
  const copies = places.map((place) => found.get(nameOf(place, message)) ?? []);
  const units = copies.flat();
  const faults: string[] = [];
  if (copies.some((some) => some.length > 1)) faults.push(`${name} is there twice`);
  if (mtime !== undefined && copies.some((some) => some.length === 0)) faults.push(`${name} was answered and is lost`);
  if (units.length > 0 && units.length < places.length) faults.push(`${name} is in some of its places only`);
  const expected = [message.mtype, contentOf(message.msg, message.attrs)].join();
  if (units.some((unit) => [unit.mtype, unit.content].join() !== expected)) faults.push(`${name} has other content`);
  if (mtime !== undefined && units.length > 0 && Math.max(...units.map((unit) => unit.mtime)) !== mtime) {
    faults.push(`${name} was answered with ${mtime}, and has ${units.map((unit) => unit.mtime)}`);
  }
  return faults;
}

function nameOf(place: Place, { from, mid }: Pick<Unit, 'from' | 'mid'>): string {
  const where = place.kind === 'p2p' ? place.users.join(':') : place.kind === 'broadcast' ? '' : place.id;
  return `${place.kind} ${where} message ${mid} from ${from}`;
}
