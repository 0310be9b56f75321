import { contentOf, type Place, type Unit, type WireMessage } from './wire-conversation.ts';

/** A point in the order of what the test did and saw; nothing else tells what came before what. */
export type Tick = number;
const NEVER = Number.POSITIVE_INFINITY;

/** What a message says from one edit to the next. */
export type Version = { readonly content: string; readonly sentAt: Tick; answeredAt: Tick };

export type SentMessage = {
  readonly message: WireMessage;
  readonly sentAt: Tick;
  ackedAt: Tick;
  /** As answered, or as history showed it when the answer was one for several conversations. */
  mtime: number | undefined;
  readonly versions: Version[];
  /** Edits of one message go one after the other, else nobody could say which is the last. */
  isBeingEdited: boolean;
};

/** A call that takes messages away. */
export type Removal = {
  readonly sentAt: Tick;
  answeredAt: Tick;
  /** Undefined when that depends on an mtime that is not known. */
  concerns(sent: SentMessage): boolean | undefined;
};

/** Everything that was done to one conversation, with when it was asked and when it was answered. */
export class Chronicle {
  readonly place: Place;
  readonly #clock: { tick: Tick };
  readonly #sent = new Map<string, SentMessage>();
  readonly #removals: Removal[] = [];

  constructor(place: Place, clock: { tick: Tick }) {
    this.place = place;
    this.#clock = clock;
  }

  get sent(): SentMessage[] {
    return [...this.#sent.values()];
  }

  find({ from, mid }: Pick<Unit, 'from' | 'mid'>): SentMessage | undefined {
    return this.#sent.get(`${from}:${mid}`);
  }

  tick(): Tick {
    return (this.#clock.tick += 1);
  }

  handleSend(message: WireMessage): SentMessage {
    const sentAt = this.tick();
    const first = { content: contentOf(message.msg, message.attrs), sentAt, answeredAt: NEVER };
    const sent = { message, sentAt, ackedAt: NEVER, mtime: undefined, versions: [first], isBeingEdited: false };
    this.#sent.set(`${message.from}:${message.mid}`, sent);
    return sent;
  }

  /** @param mtime - Absent when the answer stands for several conversations. */
  handleAck(sent: SentMessage, mtime?: number): void {
    sent.ackedAt = this.tick();
    sent.versions[0]!.answeredAt = sent.ackedAt;
    sent.mtime = mtime;
  }

  handleRemoval(concerns: Removal['concerns']): Removal {
    const removal = { sentAt: this.tick(), answeredAt: NEVER, concerns };
    this.#removals.push(removal);
    return removal;
  }

  /** It was refused, so it took nothing away. */
  dropRemoval(removal: Removal): void {
    this.#removals.splice(this.#removals.indexOf(removal), 1);
  }

  handleEdit(sent: SentMessage, content: string): Version {
    const version = { content, sentAt: this.tick(), answeredAt: NEVER };
    sent.versions.push(version);
    return version;
  }

  /** A removal that is sure to have met the message was answered before. */
  isSurelyGone(sent: SentMessage, before: Tick): boolean {
    return this.#removals.some(
      (removal) => removal.answeredAt < before && sent.ackedAt < removal.sentAt && removal.concerns(sent) === true,
    );
  }

  /** A removal that may have met the message was asked for before. */
  mayBeGone(sent: SentMessage, before: Tick): boolean {
    return this.#removals.some(
      (removal) => removal.sentAt < before && sent.sentAt < removal.answeredAt && removal.concerns(sent) !== false,
    );
  }

  /** The contents that a page asked for and answered at these ticks may show. */
  contentsBetween({ versions }: SentMessage, askedAt: Tick, answeredAt: Tick): string[] {
    return versions
      .filter(({ sentAt }, index) => sentAt < answeredAt && (versions[index + 1]?.answeredAt ?? NEVER) > askedAt)
      .map(({ content }) => content);
  }
}
