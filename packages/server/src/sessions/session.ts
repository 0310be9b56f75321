import type { Peer, RawString } from '@parley/fpnn';
import type { Project } from '../projects/project-settings.ts';
import type { PushBatch } from './push-batch.ts';
import { PushChannel } from './push-channel.ts';

export type SessionOptions = {
  /** Names the connection to the user's others. */
  id: string;
  project: Project;
  uid: bigint;
  peer: Peer;
  /** What the SDK calls itself, such as `WebSocket_2.7.6`; empty when it does not tell. */
  version: string;
  /** Language that chat is wished in; empty for none. */
  lang: string;
  attrs: ReadonlyMap<string, RawString>;
  loginAt: number;
  now: () => number;
};

/** One logged-in connection of a user. A user may have several. */
export class Session {
  readonly id: string;
  readonly project: Project;
  readonly uid: bigint;
  readonly peer: Peer;
  readonly version: string;
  readonly loginAt: number;
  lang: string;
  attrs: ReadonlyMap<string, RawString>;
  readonly #now: () => number;
  /** Made with the first push: most connections get none for a long time. */
  #channel: PushChannel | undefined;
  /** Pushes that come before the answer to the login; undefined from `start` on. */
  #held: PushBatch[] | undefined = [];

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.project = options.project;
    this.uid = options.uid;
    this.peer = options.peer;
    this.version = options.version;
    this.lang = options.lang;
    this.attrs = options.attrs;
    this.loginAt = options.loginAt;
    this.#now = options.now;
  }

  /** Its login was answered. */
  get isStarted(): boolean {
    return this.#held === undefined;
  }

  /** Call it when the login is answered: what was pushed meanwhile goes out now, in order. */
  start(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    const sentAt = this.#now();
    for (const { quests } of held) this.push({ quests, sentAt });
  }

  /** Sends two-way pushes, and those once more that get no answer. */
  push(batch: PushBatch): void {
    if (this.#held !== undefined) {
      this.#held.push(batch);
      return;
    }
    this.#channel ??= new PushChannel(this.peer, this.#now);
    this.#channel.push(batch);
  }

  /** Takes the answers to `count` pushes with numbers in a row. */
  acknowledge(firstSeq: number, count: number): void {
    this.#channel?.acknowledge(firstSeq, count);
  }

  /** Sends again what was left unanswered for too long. @returns how many pushes that were. */
  repeatPushes(): number {
    return this.#channel?.repeat() ?? 0;
  }
}
