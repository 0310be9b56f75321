/** Kinds of conversations that lists tell of. */
export type Kind = 'p2p' | 'group';

export type ModelMessage = {
  readonly order: number;
  readonly from: number;
  readonly mid: number;
  readonly mtype: number;
  readonly mtime: number;
};

export type ListedRow = { readonly other: number; readonly unread: number; readonly newest: number };

const CHAT = [30, 31, 32];

/**
 * What users have seen, in memory and without any time but the order of what happens: a plain statement of the rules to
 * hold the server to.
 */
export class UnreadModel {
  #order = 0;
  readonly #members = new Map<number, readonly number[]>();
  readonly #messages = new Map<string, ModelMessage[]>();
  /** Pairs of users that have a conversation, with or without messages. */
  readonly #pairs = new Set<string>();
  readonly #readUpTo = new Map<string, number>();
  readonly #hiddenUpTo = new Map<string, number>();

  constructor(groups: ReadonlyMap<number, readonly number[]>) {
    for (const [gid, members] of groups) this.#members.set(gid, members);
  }

  send(kind: Kind, message: { from: number; mid: number; mtype: number; mtime: number }, to: number): void {
    this.#order += 1;
    const place = kind === 'p2p' ? pairOf(message.from, to) : groupOf(to);
    if (kind === 'p2p') this.#pairs.add(place);
    this.#of(place).push({ ...message, order: this.#order });
  }

  /** All messages that could be recalled, with where they are. */
  sent(): { kind: Kind; from: number; xid: number; mid: number }[] {
    return [...this.#messages].flatMap(([place, messages]) =>
      messages.map(({ from, mid }) => {
        const [kind, a, b] = place.split(':') as [Kind, string, string];
        return {
          kind,
          from,
          xid: kind === 'group' || Number(b) !== from ? Number(kind === 'group' ? a : b) : Number(a),
          mid,
        };
      }),
    );
  }

  recall(mid: number): void {
    this.#keep((message) => message.mid !== mid);
  }

  clearUser(uid: number): void {
    this.#keep(({ from }) => from !== uid);
  }

  cleanGroup(gid: number): void {
    this.#messages.set(groupOf(gid), []);
  }

  /** Everything is read: a logout or a clear. */
  readAll(uid: number): void {
    this.#readUpTo.set(`${uid}`, this.#order);
  }

  read(uid: number, kind: Kind, other: number): void {
    this.#readUpTo.set(`${uid} ${placeFor(uid, kind, other)}`, this.#order);
  }

  hide(uid: number, other: number): void {
    const place = pairOf(uid, other);
    if (this.#pairs.has(place)) this.#hiddenUpTo.set(`${uid} ${place}`, this.#order);
  }

  add(uid: number, other: number): void {
    const place = pairOf(uid, other);
    this.#pairs.add(place);
    for (const owner of [uid, other]) this.#hiddenUpTo.delete(`${owner} ${place}`);
  }

  unread(uid: number, kind: Kind, other: number, mtypes = CHAT): number {
    const place = placeFor(uid, kind, other);
    const seen = Math.max(
      this.#readUpTo.get(`${uid}`) ?? 0,
      this.#readUpTo.get(`${uid} ${place}`) ?? 0,
      this.#hiddenUpTo.get(`${uid} ${place}`) ?? 0,
    );
    return this.#of(place).filter(({ from, order, mtype }) => from !== uid && order > seen && mtypes.includes(mtype))
      .length;
  }

  /** The list as the server should give it: the newest first, and mid 0 where there is no message. */
  list(uid: number, kind: Kind, mtypes = CHAT): ListedRow[] {
    const rows = this.conversations(uid, kind).map((other) => {
      const newest = this.#of(placeFor(uid, kind, other)).findLast(({ mtype }) => mtypes.includes(mtype));
      return {
        other,
        unread: this.unread(uid, kind, other, mtypes),
        newest: newest?.mid ?? 0,
        mtime: newest?.mtime ?? 0,
      };
    });
    return rows
      .toSorted((a, b) => b.mtime - a.mtime || a.other - b.other)
      .map(({ other, unread, newest }) => ({ other, unread, newest }));
  }

  /** In the order of the ids. */
  conversations(uid: number, kind: Kind): number[] {
    if (kind === 'group') {
      return [...this.#members].flatMap(([gid, members]) => (members.includes(uid) ? [gid] : []));
    }
    return [...this.#pairs]
      .filter((place) => place.split(':').slice(1).includes(String(uid)))
      .filter((place) => {
        const hidden = this.#hiddenUpTo.get(`${uid} ${place}`);
        return hidden === undefined || this.#of(place).some(({ order }) => order > hidden);
      })
      .map((place) =>
        Number(
          place
            .split(':')
            .slice(1)
            .find((each) => each !== String(uid)),
        ),
      )
      .toSorted((a, b) => a - b);
  }

  #keep(isKept: (message: ModelMessage) => boolean): void {
    for (const [place, messages] of this.#messages) this.#messages.set(place, messages.filter(isKept));
  }

  #of(place: string): ModelMessage[] {
    let messages = this.#messages.get(place);
    if (messages === undefined) this.#messages.set(place, (messages = []));
    return messages;
  }
}

function placeFor(uid: number, kind: Kind, other: number): string {
  return kind === 'p2p' ? pairOf(uid, other) : groupOf(other);
}

function pairOf(a: number, b: number): string {
  return `p2p:${Math.min(a, b)}:${Math.max(a, b)}`;
}

function groupOf(gid: number): string {
  return `group:${gid}`;
}
