import { type Logger, RtmError } from '@parley/contract/sdk';
import type { Call } from '../call.ts';
import { type Conversation, conversationKey } from '../conversation.ts';
import { isConnectionLost, isTransient } from '../errors.ts';
import type { Message } from '../messages/message.ts';
import { findChangedConversations } from './changed-conversations.ts';
import { ConversationFeed } from './conversation-feed.ts';
import { type MissedPart, readMissed } from './read-missed.ts';
import { TaskPool } from './task-pool.ts';

/** Conversations followed at once; those without news for longest are let go. */
const FEEDS_MAX = 5000;
/** Histories read at once. */
const READS_MAX = 4;
/** Conversations nobody knows of yet count from this much before the last sign of the server: time of commit and clocks. */
const UNKNOWN_BEFORE_MS = 30_000;
/** An answer to a send may overtake older messages of the conversation by this much. */
const OVERTAKING_MS = 5_000;

export type Gap = MissedPart & { readonly conversation: Conversation };

export type InboxOptions = {
  readonly uid: bigint;
  /** Messages read per conversation at most. */
  readonly recoveryMessagesMax: number;
  readonly logger: Logger;
  readonly deliver: (message: Message) => void;
  readonly isBeingSent: (message: Message) => boolean;
  /** What could not be recovered. */
  readonly onGap: (gap: Gap) => void;
};

/**
 * Everything that comes in, each message once and in the order of its conversation, over any number of connections.
 *
 * The life of a gap: `handleLoss` notes since when messages may be missing. Before the next login `hold` makes live
 * messages wait, `recover` reads history and lets each conversation go on as soon as its history is through.
 */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #feeds = new Map<string, ConversationFeed>();
  /** Since when the user is online, in the time of the server; older messages are for the application to page. */
  #startedAt: number | undefined;
  /** Since when messages may be missing; undefined while none are. */
  #gapSince: number | undefined;
  /** As above for users, where the server lists no conversations: those not heard of yet. */
  #unlistedSince: number | undefined;
  #recovery: { readonly call: Call; readonly tasks: Promise<void>[]; readonly pool: TaskPool } | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** The first login is through. @param serverTime - Told by the server after it: what has this time or an older one is not missing. */
  start(serverTime: number): void {
    this.#startedAt = serverTime + 1;
    this.follow({ kind: 'broadcast', broadcast: true }, this.#startedAt);
  }

  /** A connection has ended. @param lastSignAt - Time of the server when something last came from it. */
  handleLoss(lastSignAt: number): void {
    this.#recovery = undefined;
    // Without a first login that came through nothing was promised.
    if (this.#startedAt === undefined) return;
    this.#gapSince ??= Math.max(this.#startedAt, lastSignAt - UNKNOWN_BEFORE_MS);
  }

  /** Call it before the login after a loss: from here on live messages wait for `recover`. */
  hold(): void {
    for (const feed of this.#feeds.values()) feed.hold();
  }

  handleLive(message: Message): void {
    const { conversation, mtime } = message;
    const feed = this.#find(conversation) ?? this.#openFor(conversation, mtime - 1);
    this.#moveToEnd(feed);
    feed.handleLive(message);
  }

  /** Takes note of a message that this client has sent. */
  handleSent(conversation: Conversation, mid: bigint, mtime: number): void {
    const feed = this.#find(conversation) ?? this.#openFor(conversation, mtime - 1 - OVERTAKING_MS);
    feed.handleSent(this.#options.uid, mid, mtime);
  }

  /** Follows a conversation from a time on, in the time of the server. */
  follow(conversation: Conversation, since: number): void {
    const feed = this.#find(conversation) ?? this.#open(conversation, since - 1, false);
    feed.lowerFloor(since - 1);
  }

  /** Forgets a conversation; later messages in it are new. */
  unfollow(conversation: Conversation): void {
    this.#feeds.delete(conversationKey(conversation));
  }

  /**
   * Reads what was missed and lets all conversations go on. What cannot be read is told as a gap.
   *
   * @param call - Over the new connection, after rooms were entered again.
   * @returns False when there was no gap.
   * @throws RtmError 20002 when that connection ends; the gap stays, for the next one.
   */
  async recover(call: Call): Promise<boolean> {
    const since = this.#gapSince;
    if (since === undefined) {
      for (const feed of this.#feeds.values()) feed.release();
      return false;
    }
    const recovery = { call, tasks: [] as Promise<void>[], pool: new TaskPool(READS_MAX) };
    this.#recovery = recovery;
    for (const feed of [...this.#feeds.values()].reverse()) this.#startReading(feed);
    await this.#openChanged(call, since);
    // Live messages of conversations not known before add tasks meanwhile.
    while (recovery.tasks.length > 0) await recovery.tasks.shift();
    if (this.#recovery !== recovery) return false;
    this.#gapSince = undefined;
    return true;
  }

  async #openChanged(call: Call, since: number): Promise<void> {
    const isUnknown = (conversation: Conversation) => this.#find(conversation) === undefined;
    try {
      const { conversations, areUsersListed } = await findChangedConversations(call, since, isUnknown);
      this.#unlistedSince = areUsersListed ? undefined : Math.min(since, this.#unlistedSince ?? since);
      for (const conversation of conversations.filter(isUnknown)) {
        this.#startReading(this.#open(conversation, since - 1, true));
      }
    } catch (error) {
      if (!(error instanceof RtmError) || isConnectionLost(error)) throw error;
      this.#options.logger.warn('the server did not list the conversations', { error });
      this.#unlistedSince = Math.min(since, this.#unlistedSince ?? since);
    }
  }

  #startReading(feed: ConversationFeed): void {
    const recovery = this.#recovery!;
    const task = recovery.pool.run(() => this.#read(recovery.call, feed));
    // Whoever awaits it sees the failure; that nobody does yet is no fault.
    task.catch(() => {});
    recovery.tasks.push(task);
  }

  async #read(call: Call, feed: ConversationFeed): Promise<void> {
    const { uid, recoveryMessagesMax, onGap } = this.#options;
    let missed: MissedPart | undefined;
    do missed = await readMissed(call, uid, feed, recoveryMessagesMax);
    while (missed === undefined && feed.takeOverflow());
    // The connection may have ended with its last answer; what is held then waits for the next one.
    if (this.#recovery?.call !== call) return;
    if (missed !== undefined) onGap({ conversation: feed.conversation, ...missed });
    feed.release();
    // A history that may not be read is not asked for again after each loss.
    if (missed?.error !== undefined && !isTransient(missed.error)) this.unfollow(feed.conversation);
  }

  /** A conversation that is new to the client: what came before its first message is missing when a gap is open. */
  #openFor(conversation: Conversation, floorMtime: number): ConversationFeed {
    const since = this.#unknownSince(conversation);
    if (since === undefined) return this.#open(conversation, floorMtime, false);
    const feed = this.#open(conversation, since - 1, true);
    if (this.#recovery !== undefined) this.#startReading(feed);
    return feed;
  }

  /** Since when a conversation that is new may lack messages. Rooms count from when they are entered. */
  #unknownSince({ kind }: Conversation): number | undefined {
    if (kind === 'room') return undefined;
    return this.#gapSince ?? (kind === 'p2p' ? this.#unlistedSince : undefined);
  }

  #open(conversation: Conversation, floorMtime: number, isHeld: boolean): ConversationFeed {
    const { deliver, isBeingSent } = this.#options;
    const feed = new ConversationFeed({ conversation, floorMtime, isHeld, deliver, isBeingSent });
    this.#moveToEnd(feed);
    if (this.#feeds.size > FEEDS_MAX) this.#feeds.delete(this.#feeds.keys().next().value!);
    return feed;
  }

  #moveToEnd(feed: ConversationFeed): void {
    const key = conversationKey(feed.conversation);
    this.#feeds.delete(key);
    this.#feeds.set(key, feed);
  }

  #find(conversation: Conversation): ConversationFeed | undefined {
    return this.#feeds.get(conversationKey(conversation));
  }
}
