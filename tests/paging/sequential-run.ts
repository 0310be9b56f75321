import { FpnnError } from '@parley/fpnn';
import type { RawCaller, RawParams } from '@parley/testkit/internal';
import { expect } from 'vitest';
import { changed, isChanged } from './changed-messages.ts';
import {
  type Bound,
  type Command,
  type Draft,
  type EditLimit,
  PICK_CHANGED,
  type RepeatChange,
  type RequestDraft,
  type WalkForm,
} from './commands.ts';
import type { ConversationModel, Entry, PageRequest } from './conversation-model.ts';
import { freshId } from './fresh-ids.ts';
import {
  addressOf,
  contentOf,
  mtimeOf,
  type Page,
  type Place,
  pageCall,
  readMessage,
  readPage,
  sendCall,
  type Unit,
  type WireMessage,
} from './wire-conversation.ts';

const DUPLICATED_MID = 200_053;
const NOT_FOUND = 200_070;
const TOO_OLD = 200_021;
const INVALID_PARAMETER = 200_034;

/** The clock of the server under test, in ms. It moves only when it is told to. */
export type ManualClock = { now: number };

export type RunParts = {
  readonly place: Place;
  readonly caller: RawCaller;
  readonly clock: ManualClock;
  /** Who writes and reads; of P2P the two users. */
  readonly users: readonly bigint[];
  readonly model: ConversationModel;
};

/** Carries out commands one after the other on a conversation and on its model: each answer must be the model's. */
export class SequentialRun {
  readonly model: ConversationModel;
  readonly #place: Place;
  readonly #caller: RawCaller;
  readonly #clock: ManualClock;
  readonly #users: readonly bigint[];

  constructor(parts: RunParts) {
    this.model = parts.model;
    this.#place = parts.place;
    this.#caller = parts.caller;
    this.#clock = parts.clock;
    this.#users = parts.users;
  }

  async perform(commands: readonly Command[]): Promise<void> {
    for (const command of commands) await this.#do(command);
    await this.expectWhole();
  }

  /** Reads everything in both directions and message by message. */
  async expectWhole(): Promise<void> {
    const all = { num: 20, begin: ABSENT, end: ABSENT, lastid: ABSENT, mtypes: undefined };
    for (const desc of [false, true]) {
      await this.#walk(0, { ...all, desc }, { cursor: 'all three', until: 'empty' });
    }
    await this.#count({ ...all, desc: false });
    await Promise.all(this.model.entries.map((entry) => this.#get(entry)));
  }

  #do(command: Command): Promise<void> {
    switch (command.do) {
      case 'send':
        return this.#send(command.drafts);
      case 'send to many':
        return this.#sendToMany(command.draft, command.collides ? this.#pick(command.pick) : undefined);
      case 'send the mid of another':
        return this.#sendMidOf(this.#pick(command.pick), command.draft);
      case 'repeat':
        return this.#repeat(this.#pick(command.pick), command.change);
      case 'get':
        return this.#get(this.#pick(command.pick));
      case 'recall':
        return this.#recall(this.#pick(command.pick));
      case 'edit':
        return this.#edit(this.#pick(command.pick), command.draft, command.limit);
      case 'clean':
        return this.#clean(this.#user(command.from), command.begin, command.end);
      case 'remove a sender':
        return this.#removeSender(this.#user(command.sender));
      case 'move the clock':
        this.#clock.now += command.ms;
        return Promise.resolve();
      case 'count':
        return this.#count(command.request);
      case 'page':
        return this.#page(this.#user(command.viewer), this.#resolve(command.request)).then(() => {});
      case 'walk':
        return this.#walk(command.viewer, command.request, command.form);
      default:
        return this.#walkInWindows(command.request, command.cuts);
    }
  }

  /** All at once: they are likely to share a batch and a time. */
  async #send(drafts: readonly Draft[]): Promise<void> {
    const messages = drafts.map((draft) => this.#compose(draft));
    const mtime = this.model.takeTime(this.#clock.now);
    const answers = await Promise.all(messages.map((message) => this.#caller.call(...sendCall(this.#place, message))));
    expect(answers.map(mtimeOf)).toEqual(messages.map(() => mtime));
    await this.#learn(messages, mtime);
  }

  /** sendmsgs takes this conversation and two new ones, or none of them. */
  async #sendToMany(draft: Draft, collision: Entry | undefined): Promise<void> {
    if (this.#place.kind !== 'p2p') return this.#send([draft]);
    if (collision?.isForgotten) return;
    const changed = { ...collision?.first, msg: Uint8Array.of(0xc0, 0x11), attrs: `collides ${freshId()}` };
    const message = collision === undefined ? this.#compose(draft) : { ...collision.first, ...changed };
    const { from } = message;
    const to = addressOf(this.#place, from).xid;
    const others = [freshId(), freshId()];
    const code = await this.#codeOf('sendmsgs', { ...message, tos: [others[0]!, to, others[1]!, to] });
    expect(code).toBe(collision === undefined ? 0 : DUPLICATED_MID);
    if (collision === undefined) await this.#learn([message], this.model.takeTime(this.#clock.now));
    for (const other of others) {
      const place: Place = { kind: 'p2p', users: [other, from] };
      const page = await this.#read(place, other, { desc: false, num: 20 });
      expect(page.units.map(({ mid }) => mid)).toEqual(collision === undefined ? [message.mid] : []);
    }
  }

  /** A mid belongs to its sender: the same from somebody else is another message. */
  async #sendMidOf(entry: Entry | undefined, draft: Draft): Promise<void> {
    const from = this.#user(draft.sender);
    if (entry === undefined || this.#find(from, entry.unit.mid) !== undefined) return this.#send([draft]);
    const message = { ...this.#compose(draft), mid: entry.unit.mid };
    const answer = await this.#caller.call(...sendCall(this.#place, message));
    expect(mtimeOf(answer)).toBe(this.model.takeTime(this.#clock.now));
    await this.#learn([message], mtimeOf(answer));
  }

  async #repeat(entry: Entry | undefined, change: RepeatChange): Promise<void> {
    if (entry === undefined || entry.isForgotten) return;
    const message = changed(entry, change);
    const expected = this.model.repeat(entry, message);
    this.model.takeTime(this.#clock.now);
    const [method, params] = sendCall(this.#place, message);
    if (expected === 'conflict') expect(await this.#codeOf(method, params)).toBe(DUPLICATED_MID);
    else expect(mtimeOf(await this.#caller.call(method, params))).toBe(expected.mtime);
    await this.#get(entry);
  }

  async #get(entry: Entry | undefined): Promise<void> {
    const from = entry?.unit.from ?? this.#user(0);
    const mid = entry?.unit.mid ?? freshId();
    const params = { mid, ...addressOf(this.#place, from) };
    if (entry === undefined || entry.isRemoved) expect(await this.#codeOf('getmsg', params)).toBe(NOT_FOUND);
    else expect(readMessage(await this.#caller.call('getmsg', params), from, mid)).toEqual(entry.unit);
  }

  async #recall(entry: Entry | undefined): Promise<void> {
    const from = entry?.unit.from ?? this.#user(0);
    const params = { mid: entry?.unit.mid ?? freshId(), ...addressOf(this.#place, from) };
    const isThere = entry !== undefined && !entry.isRemoved;
    expect(await this.#codeOf('delmsg', params)).toBe(isThere ? 0 : NOT_FOUND);
    if (isThere) entry.isRemoved = true;
  }

  async #edit(entry: Entry | undefined, { msg, attrs }: Draft, limit: EditLimit): Promise<void> {
    const from = entry?.unit.from ?? this.#user(0);
    const age = this.#clock.now - (entry?.unit.mtime ?? 0);
    const timeLimit = limit === 'exact' ? age : limit === 'just too short' ? age - 1 : limit;
    const params = { mid: entry?.unit.mid ?? freshId(), ...addressOf(this.#place, from), msg, attrs, timeLimit };
    const expected = this.#isCountable() ? codeOfEdit(entry, age, Number(timeLimit)) : INVALID_PARAMETER;
    expect(await this.#codeOf('editmsg', params)).toBe(expected);
    if (expected === 0) entry!.unit = { ...entry!.unit, content: contentOf(msg, attrs) };
    await this.#get(entry);
  }

  async #clean(from: bigint, begin: Bound, end: Bound): Promise<void> {
    const [first, last] = [this.#time(begin) ?? 0n, this.#time(end) ?? 0n];
    await this.#caller.call('cleanmsg', { ...addressOf(this.#place, from), begin: first, end: last });
    this.model.clean(first, last);
  }

  async #removeSender(from: bigint): Promise<void> {
    const code = await this.#codeOf('delconversationmsgs', addressOf(this.#place, from));
    expect(code).toBe(this.#isCountable() ? 0 : INVALID_PARAMETER);
    if (code === 0) this.model.removeAllFrom(from);
  }

  async #count(draft: RequestDraft): Promise<void> {
    const { begin, end, mtypes } = this.#resolve(draft);
    const { type, xid } = addressOf(this.#place, this.#user(0));
    const params = { type, xid, begin, end, mtypes };
    if (this.#isCountable()) {
      const answer = await this.#caller.call('getmsgnum', params);
      expect({ sender: answer.get('sender'), num: answer.get('num') }).toEqual(this.model.count(params));
    } else {
      expect(await this.#codeOf('getmsgnum', params)).toBe(INVALID_PARAMETER);
    }
  }

  async #page(viewer: bigint, request: PageRequest): Promise<Page> {
    const page = await this.#read(this.#place, viewer, request);
    expect(page).toEqual(this.model.page(request, this.#clock.now));
    return page;
  }

  /** Each page is the model's, and together they are all that fits, once. */
  async #walk(viewer: number, draft: RequestDraft, form: WalkForm): Promise<void> {
    const first = { ...this.#resolve(draft), lastid: undefined };
    const units = await this.#pages(this.#user(viewer), first, form);
    const all = this.model.matching(first);
    expect(units).toEqual(first.desc ? all.reverse() : all);
  }

  /** Windows that lie side by side, each walked for itself, hold everything once. */
  async #walkInWindows(draft: RequestDraft, cuts: readonly number[]): Promise<void> {
    const { desc, num, mtypes } = this.#resolve(draft);
    const times = cuts.map((cut) => BigInt(this.#pick(cut)?.unit.mtime ?? this.#clock.now));
    const sorted = [...new Set(times)].sort((a, b) => (a < b ? -1 : 1));
    const windows = [undefined, ...sorted].map((begin, index) => {
      const next = sorted[index];
      return { begin, end: next === undefined ? undefined : next - 1n };
    });
    const units: Unit[] = [];
    for (const window of desc ? windows.reverse() : windows) {
      const request = { desc, num, mtypes, ...window };
      units.push(...(await this.#pages(this.#user(0), request, { cursor: 'all three', until: 'empty' })));
    }
    const all = this.model.matching({ mtypes });
    expect(units).toEqual(desc ? all.reverse() : all);
  }

  async #pages(viewer: bigint, first: PageRequest, { cursor, until }: WalkForm): Promise<Unit[]> {
    const units: Unit[] = [];
    for (let request = first; ; ) {
      const page = await this.#page(viewer, request);
      units.push(...page.units);
      const full = Math.min(request.num, 20);
      if (page.units.length === 0 || (until === 'not full' && page.units.length < full)) return units;
      const { lastid } = page;
      request =
        cursor === 'lastid alone'
          ? { ...request, lastid }
          : { ...request, lastid, begin: BigInt(page.begin), end: BigInt(page.end) };
    }
  }

  async #read(place: Place, viewer: bigint, request: PageRequest): Promise<Page> {
    return readPage(place, viewer, await this.#caller.call(...pageCall(place, viewer, request)));
  }

  /** Asks for each new message by its mid, which tells its id. */
  async #learn(messages: readonly WireMessage[], mtime: number): Promise<void> {
    const units = await Promise.all(
      messages.map(async ({ from, mid }) => {
        const params = { mid, ...addressOf(this.#place, from) };
        return readMessage(await this.#caller.call('getmsg', params), from, mid);
      }),
    );
    const contents = messages.map(({ msg, attrs, mtype }) => ({ content: contentOf(msg, attrs), mtype, mtime }));
    expect(units.map(({ content, mtype, mtime: at }) => ({ content, mtype, mtime: at }))).toEqual(contents);
    this.model.add(units.map((unit, index) => ({ unit, first: messages[index]! })));
  }

  async #codeOf(method: string, params: RawParams): Promise<number> {
    try {
      await this.#caller.call(method, params);
      return 0;
    } catch (error) {
      if (error instanceof FpnnError) return error.code;
      throw error;
    }
  }

  #compose({ sender, ...rest }: Draft): WireMessage {
    return { from: this.#user(sender), mid: freshId(), ...rest };
  }

  #user(index: number): bigint {
    return this.#users[index % this.#users.length]!;
  }

  #pick(pick: number): Entry | undefined {
    const { entries } = this.model;
    const changed = pick < PICK_CHANGED ? [] : entries.filter(isChanged);
    const choice = changed.length > 0 ? changed : entries;
    return choice[pick % Math.max(1, choice.length)];
  }

  #find(from: bigint, mid: bigint): Entry | undefined {
    return this.model.entries.find(({ unit }) => unit.from === from && unit.mid === mid);
  }

  /** getmsgnum, editmsg and delconversationmsgs are for groups and rooms alone. */
  #isCountable(): boolean {
    return this.#place.kind === 'group' || this.#place.kind === 'room';
  }

  #resolve({ begin, end, lastid, ...rest }: RequestDraft): PageRequest {
    return { ...rest, begin: this.#time(begin), end: this.#time(end), lastid: this.#id(lastid) };
  }

  #time(bound: Bound): bigint | undefined {
    if (bound.at === 'absent') return undefined;
    if (bound.at === 'raw') return bound.value;
    const at = bound.at === 'now' ? this.#clock.now : (this.#pick(bound.pick)?.unit.mtime ?? 1);
    return BigInt(at + bound.offset);
  }

  #id(bound: Bound): bigint | undefined {
    if (bound.at === 'absent') return undefined;
    if (bound.at === 'raw') return bound.value;
    const at = bound.at === 'now' ? 1n : (this.#pick(bound.pick)?.unit.id ?? 1n);
    return at + BigInt(bound.offset);
  }
}

const ABSENT: Bound = { at: 'absent' };

function codeOfEdit(entry: Entry | undefined, age: number, timeLimit: number): number {
  if (entry === undefined || entry.isRemoved) return NOT_FOUND;
  return timeLimit > 0 && age > timeLimit ? TOO_OLD : 0;
}
