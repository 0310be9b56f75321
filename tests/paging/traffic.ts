import { FpnnError } from '@parley/fpnn';
import type { RawCaller } from '@parley/testkit/internal';
import { Chronicle, type Removal, type SentMessage } from './chronicle.ts';
import type { Draft } from './commands.ts';
import type { PageRequest } from './conversation-model.ts';
import { freshId } from './fresh-ids.ts';
import type { RecordedPage, RecordedWalk } from './recorded-walk.ts';
import type { ManualClock } from './sequential-run.ts';
import type { TrafficScript, WalkDraft, WriterStep } from './traffic-script.ts';
import {
  addressOf,
  type Call,
  contentOf,
  mtimeOf,
  type Place,
  pageCall,
  readPage,
  sendCall,
  type WireMessage,
} from './wire-conversation.ts';

const NOT_FOUND = 200_070;
/** A walk that sees more pages than this does not come to an end. */
const PAGES_MAX = 100_000;

export type TrafficParts = {
  /** Connections to the servers that share one database; writers and readers take turns in using them. */
  readonly callers: readonly RawCaller[];
  readonly clock: ManualClock;
};

/** Users 0 to 3 write in a group, a room and the broadcasts, and user 0 with each of the others. */
export class Traffic {
  readonly users = [freshId(), freshId(), freshId(), freshId()] as const;
  readonly chronicles: readonly Chronicle[];
  readonly walks: { readonly chronicle: Chronicle; readonly walk: RecordedWalk }[] = [];
  /** What was answered wrongly, in words. */
  readonly faults: string[] = [];
  readonly #parts: TrafficParts;
  #writersLeft = 0;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
    const [one, ...others] = this.users;
    const ticks = { tick: 0 };
    const places: Place[] = [
      { kind: 'group', id: freshId() },
      { kind: 'room', id: freshId() },
      { kind: 'broadcast' },
      ...others.map((other): Place => ({ kind: 'p2p', users: [one, other] })),
    ];
    this.chronicles = places.map((place) => new Chronicle(place, ticks));
  }

  /** Fills every conversation, then runs the script. */
  async run({ fill, writers, readers }: TrafficScript): Promise<void> {
    await Promise.all(this.chronicles.map((chronicle) => this.#sendAll(this.#caller(0), chronicle, fill)));
    this.#writersLeft = writers.length;
    await Promise.all([
      ...writers.map((steps, index) => this.#write(this.#caller(index), steps)),
      ...readers.map((walks, index) => this.#keepReading(this.#caller(writers.length + index), walks)),
      ...this.chronicles.map((chronicle, index) => this.#follow(this.#caller(index), chronicle)),
    ]);
  }

  /**
   * Walks a conversation and records what it saw.
   *
   * @param isGoingOn - While it says so, the walk asks for more also where it has come to the end.
   */
  async walk(
    caller: RawCaller,
    chronicle: Chronicle,
    viewer: bigint,
    draft: Omit<WalkDraft, 'place' | 'viewer'>,
    isGoingOn = () => false,
  ): Promise<RecordedWalk> {
    const { place } = chronicle;
    const { form, num } = draft;
    const first = this.#requestOf(chronicle, draft);
    const pages: RecordedPage[] = [];
    for (let request = first; ; ) {
      if (pages.length > PAGES_MAX) throw new Error('a walk comes to no end');
      const askedAt = chronicle.tick();
      const answer = await caller.call(...pageCall(place, viewer, request));
      const page = readPage(place, viewer, answer);
      pages.push({ askedAt, answeredAt: chronicle.tick(), page });
      const isFull = page.units.length === Math.min(num, 20);
      if (!isGoingOn() && (page.units.length === 0 || (form.until === 'not full' && !isFull))) break;
      const { lastid } = page;
      const all = { ...request, lastid, begin: BigInt(page.begin), end: BigInt(page.end) };
      request = form.cursor === 'all three' ? all : { ...request, lastid };
    }
    const walk = { request: first, form, pages };
    this.walks.push({ chronicle, walk });
    return walk;
  }

  #caller(index: number): RawCaller {
    return this.#parts.callers[index % this.#parts.callers.length]!;
  }

  async #keepReading(caller: RawCaller, walks: readonly WalkDraft[]): Promise<void> {
    do {
      for (const draft of walks) {
        const chronicle = this.#chronicle(draft.place);
        await this.walk(caller, chronicle, this.#viewer(chronicle, draft.viewer), draft);
      }
    } while (this.#writersLeft > 0);
  }

  /** Asks for what is new again and again, at the point where it would show that ids do not rise in commit order. */
  async #follow(caller: RawCaller, chronicle: Chronicle): Promise<void> {
    const form = { cursor: 'lastid alone', until: 'empty' } as const;
    const draft = { desc: false, num: 20, mtypes: undefined, window: undefined, form };
    await this.walk(caller, chronicle, this.#viewer(chronicle, 0), draft, () => this.#writersLeft > 0);
  }

  async #write(caller: RawCaller, steps: readonly WriterStep[]): Promise<void> {
    try {
      for (const step of steps) await this.#do(caller, step);
    } finally {
      this.#writersLeft -= 1;
    }
  }

  #do(caller: RawCaller, step: WriterStep): Promise<void> {
    switch (step.do) {
      case 'send':
        return this.#sendAll(caller, this.#chronicle(step.place), step.drafts);
      case 'send to many':
        return this.#sendToMany(caller, step.draft);
      case 'recall':
        return this.#recall(caller, this.#chronicle(step.place), step.pick);
      case 'edit':
        return this.#edit(caller, this.#chronicle(step.place), step.pick, step.draft);
      case 'clean':
        return this.#clean(caller, this.#chronicle(step.place), step.pick, step.width);
      case 'remove a sender':
        return this.#removeSender(caller, this.#chronicle(step.place), step.sender);
      default:
        this.#parts.clock.now += step.ms;
        return Promise.resolve();
    }
  }

  async #sendAll(caller: RawCaller, chronicle: Chronicle, drafts: readonly Draft[]): Promise<void> {
    const sends = drafts.map(async ({ sender, ...rest }) => {
      const message = { from: this.#viewer(chronicle, sender), mid: freshId(), ...rest };
      const sent = chronicle.handleSend(message);
      chronicle.handleAck(sent, mtimeOf(await caller.call(...sendCall(chronicle.place, message))));
    });
    await Promise.all(sends);
  }

  async #sendToMany(caller: RawCaller, { sender: _, ...rest }: Draft): Promise<void> {
    const [from, ...tos] = this.users;
    const message: WireMessage = { from, mid: freshId(), ...rest };
    const copies = this.chronicles.filter(({ place }) => place.kind === 'p2p');
    const sent = copies.map((chronicle) => chronicle.handleSend(message));
    await caller.call('sendmsgs', { ...message, tos });
    copies.forEach((chronicle, index) => {
      chronicle.handleAck(sent[index]!);
    });
  }

  async #recall(caller: RawCaller, chronicle: Chronicle, pick: number): Promise<void> {
    const sent = this.#pick(chronicle, pick);
    if (sent === undefined) return;
    const { from, mid } = sent.message;
    const removal = chronicle.handleRemoval((other) => other === sent);
    const isDone = await this.#attempt(caller, chronicle, sent, removal.sentAt, [
      'delmsg',
      { mid, ...addressOf(chronicle.place, from) },
    ]);
    if (isDone) removal.answeredAt = chronicle.tick();
    else this.#handleAbsent(chronicle, sent, () => chronicle.dropRemoval(removal));
  }

  async #edit(caller: RawCaller, chronicle: Chronicle, pick: number, { msg, attrs }: Draft): Promise<void> {
    const sent = this.#pick(chronicle, pick);
    const { kind } = chronicle.place;
    if (sent === undefined || sent.isBeingEdited || (kind !== 'group' && kind !== 'room')) return;
    sent.isBeingEdited = true;
    const { from, mid } = sent.message;
    const version = chronicle.handleEdit(sent, contentOf(msg, attrs));
    const isDone = await this.#attempt(caller, chronicle, sent, version.sentAt, [
      'editmsg',
      { mid, ...addressOf(chronicle.place, from), msg, attrs, timeLimit: 0 },
    ]);
    if (isDone) version.answeredAt = chronicle.tick();
    else this.#handleAbsent(chronicle, sent, () => sent.versions.pop());
    sent.isBeingEdited = false;
  }

  async #clean(caller: RawCaller, chronicle: Chronicle, pick: number, width: number): Promise<void> {
    const begin = this.#pick(chronicle, pick)?.mtime;
    if (begin === undefined) return;
    const end = begin + width;
    const removal = chronicle.handleRemoval(({ mtime }) =>
      mtime === undefined ? undefined : mtime >= begin && mtime <= end,
    );
    const address = addressOf(chronicle.place, this.#viewer(chronicle, pick));
    await caller.call('cleanmsg', { ...address, begin, end });
    removal.answeredAt = chronicle.tick();
  }

  async #removeSender(caller: RawCaller, chronicle: Chronicle, sender: number): Promise<void> {
    const { kind } = chronicle.place;
    if (kind !== 'group' && kind !== 'room') return;
    const from = this.#viewer(chronicle, sender);
    const removal: Removal = chronicle.handleRemoval(({ message }) => message.from === from);
    await caller.call('delconversationmsgs', addressOf(chronicle.place, from));
    removal.answeredAt = chronicle.tick();
  }

  /** Does something to a message. @returns false when it is said not to be there. */
  async #attempt(
    caller: RawCaller,
    chronicle: Chronicle,
    sent: SentMessage,
    askedAt: number,
    [method, params]: Call,
  ): Promise<boolean> {
    try {
      await caller.call(method, params);
    } catch (error) {
      if (error instanceof FpnnError && error.code === NOT_FOUND) return false;
      throw error;
    }
    if (chronicle.isSurelyGone(sent, askedAt))
      this.faults.push(`${method} found ${sent.message.mid} after its removal`);
    return true;
  }

  /** Takes back what was recorded, and looks whether anybody else can have removed the message. */
  #handleAbsent(chronicle: Chronicle, sent: SentMessage, takeBack: () => void): void {
    takeBack();
    if (!chronicle.mayBeGone(sent, chronicle.tick())) this.faults.push(`${sent.message.mid} was not found`);
  }

  #requestOf(chronicle: Chronicle, draft: Omit<WalkDraft, 'place' | 'viewer'>): PageRequest {
    const { desc, num, mtypes, window } = draft;
    const times = window?.map((pick) => this.#pick(chronicle, pick)?.mtime).filter((time) => time !== undefined) ?? [];
    if (times.length < 2) return { desc, num, mtypes };
    return { desc, num, mtypes, begin: BigInt(Math.min(...times)), end: BigInt(Math.max(...times)) };
  }

  #chronicle(place: number): Chronicle {
    return this.chronicles[place % this.chronicles.length]!;
  }

  /** Of P2P one of the two; else one of three. */
  #viewer({ place }: Chronicle, index: number): bigint {
    const users = place.kind === 'p2p' ? place.users : this.users.slice(0, 3);
    return users[index % users.length]!;
  }

  /** A message whose send was answered. */
  #pick(chronicle: Chronicle, pick: number): SentMessage | undefined {
    const acked = chronicle.sent.filter(({ ackedAt }) => Number.isFinite(ackedAt));
    return acked[pick % Math.max(1, acked.length)];
  }
}
