import type { Conversation } from '../conversation.ts';
import type { Message } from '../messages/message.ts';
import { SeenMessages } from './seen-messages.ts';

/** Live messages that wait in one conversation for its history; past it they are dropped and read from history. */
const WAITING_MAX = 1000;
/**
 * How far before the newest message history is read again. Times rise with the order of a conversation, but types that are
 * not stored carry the clock of the server node that passed them on.
 */
const REREAD_MS = 5_000;

export type FeedOptions = {
  readonly conversation: Conversation;
  /** Messages up to this time are no business of the feed. */
  readonly floorMtime: number;
  /** True: live messages wait for `release`. */
  readonly isHeld: boolean;
  /** Gets each message once, in the order of the conversation. */
  readonly deliver: (message: Message) => void;
  /** Whether this client sent the message itself and waits for the answer. */
  readonly isBeingSent: (message: Message) => boolean;
};

/**
 * Puts live messages and those of history into one row.
 *
 * While the feed is held, live messages wait and those of history pass, in the order of history. `release` lets those that
 * waited follow, without the ones that history brought. That gives one order, since everything that waited was either in
 * the history that was read or is newer than all of it.
 */
export class ConversationFeed {
  readonly conversation: Conversation;
  readonly #options: FeedOptions;
  readonly #seen = new SeenMessages();
  #waiting: Message[] = [];
  #isHeld: boolean;
  #hasOverflowed = false;
  #floorMtime: number;
  #newestMtime = 0;
  #cursorId: bigint | undefined;

  constructor(options: FeedOptions) {
    this.conversation = options.conversation;
    this.#options = options;
    this.#floorMtime = options.floorMtime;
    this.#isHeld = options.isHeld;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** When the newest known message was sent; 0 without one. */
  get newestMtime(): number {
    return this.#newestMtime;
  }

  /** The time from which on history has to be read to miss nothing, that time included. */
  get resumeFromMtime(): number {
    return Math.max(this.#floorMtime, this.#seen.forgottenMtime, this.#newestMtime - REREAD_MS) + 1;
  }

  /** Messages after this time are the feed's business too. */
  lowerFloor(floorMtime: number): void {
    this.#floorMtime = Math.min(this.#floorMtime, floorMtime);
  }

  hold(): void {
    this.#isHeld = true;
  }

  handleLive(message: Message): void {
    if (!this.#isHeld) {
      this.#pass(message);
    } else if (this.#waiting.length < WAITING_MAX) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [];
      this.#hasOverflowed = true;
    }
  }

  /** Takes a message of history; call it in their order. */
  handleStored(message: Message & { readonly cursorId: bigint }): void {
    if (this.#cursorId !== undefined && message.cursorId <= this.#cursorId) return;
    this.#cursorId = message.cursorId;
    this.#pass(message);
  }

  /** Takes note of a message that this client has sent: history must not bring it again. */
  handleSent(from: bigint, mid: bigint, mtime: number): void {
    this.#seen.add(from, mid, mtime);
    this.#newestMtime = Math.max(this.#newestMtime, mtime);
  }

  /** True once when live messages had to be dropped since the last call: history must be read once more. */
  takeOverflow(): boolean {
    const hasOverflowed = this.#hasOverflowed;
    this.#hasOverflowed = false;
    return hasOverflowed;
  }

  /** Lets the live messages that wait follow, and later ones through at once. */
  release(): void {
    this.#isHeld = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#pass(message);
  }

  #pass(message: Message): void {
    const { from, mid, mtime } = message;
    // The answer to the sending call takes note of it.
    if (this.#options.isBeingSent(message)) return;
    const isNew = this.#seen.add(from, mid, mtime);
    this.#newestMtime = Math.max(this.#newestMtime, mtime);
    if (isNew) this.#options.deliver(message);
  }
}
