import { P2P_DIRECTIONS } from '@parley/contract';
import type { HistoryCursor, Id } from '@parley/contract/sdk';
import { walkPages } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import {
  type Conversation,
  type ConversationRef,
  conversationId,
  conversationType,
  toConversation,
  toId,
} from '../conversation.ts';
import {
  type HistoryMessage,
  type HistoryOptions,
  type HistoryPage,
  readHistoryPage,
  toHistoryMessage,
  toPage,
} from './history-page.ts';

/** The span of time that is read, in epoch milliseconds, both ends included; 0 or absent is no bound. */
export type TimeSpan = { begin?: number; end?: number };

/** Names one stored message. Every message of an event or of history can be given. */
export type MessageRef = { conversation: ConversationRef; from: Id; mid: Id };

/** Stored messages. Groups need membership, rooms that the user is in them. */
export class HistoryCalls {
  readonly #call: Call;
  readonly #uid: bigint;

  constructor(call: Call, uid: bigint) {
    this.#call = call;
    this.#uid = uid;
  }

  /** Reads a page. Give `next` of the page before as `cursor` to go on. */
  async page(
    conversation: ConversationRef,
    options: HistoryOptions & TimeSpan & { cursor?: HistoryCursor } = {},
  ): Promise<HistoryPage> {
    const { begin = 0, end = 0, cursor = { begin, end, lastid: 0n }, ...rest } = options;
    return readHistoryPage(this.#call, this.#place(conversation), cursor, rest);
  }

  /**
   * Walks a conversation forward, or with `desc` backward: every message once, while others may write.
   *
   * ```ts
   * for await (const message of client.history.walk({ groupId: 5001 }, { desc: true })) …
   * ```
   */
  walk(
    conversation: ConversationRef,
    options: HistoryOptions & TimeSpan = {},
  ): AsyncGenerator<HistoryMessage, void, undefined> {
    const { begin = 0, end = 0, ...rest } = options;
    const place = this.#place(conversation);
    return walkPages({ begin, end }, async (cursor) => {
      const { messages, next } = await readHistoryPage(this.#call, place, cursor, rest);
      if (next === undefined) return { num: 0, lastCursorId: cursor.lastid, begin: 0, end: 0, messages };
      return { num: 1, lastCursorId: next.lastid, begin: next.begin, end: next.end, messages };
    });
  }

  /**
   * Reads the messages after one, or with `desc` before it.
   *
   * @throws RtmError 200070 when there is no such message.
   */
  async beside(conversation: ConversationRef, mid: Id, options: HistoryOptions & TimeSpan = {}): Promise<HistoryPage> {
    const { desc = false, pageSize = 20, begin = 0, end = 0, mtypes, ...callOptions } = options;
    const place = this.#place(conversation);
    const page = { desc, num: pageSize, mid, begin, end, ...(mtypes?.length ? { mtypes } : {}) };
    const { conversation: named, uid } = place;
    switch (named.kind) {
      case 'p2p': {
        const answer = await this.#call('getp2pmsgbymessageid', { ouid: named.peerUid, ...page }, callOptions);
        return toPage(answer, place, ({ direction }) => (direction === P2P_DIRECTIONS.sentByUid ? uid : named.peerUid));
      }
      case 'group':
        return toPage(
          await this.#call('getgroupmsgbymessageid', { gid: named.groupId, ...page }, callOptions),
          place,
          ({ from }) => from,
        );
      case 'room':
        return toPage(
          await this.#call('getroommsgbymessageid', { rid: named.roomId, ...page }, callOptions),
          place,
          ({ from }) => from,
        );
      case 'broadcast':
        return toPage(await this.#call('getbroadcastmsgbymessageid', page, callOptions), place, ({ from }) => from);
    }
  }

  /** Counts messages. */
  async count(
    conversation: ConversationRef,
    options: CallOptions & TimeSpan & { mtypes?: readonly number[] } = {},
  ): Promise<number> {
    const { begin = 0, end = 0, mtypes, ...callOptions } = options;
    const span = { begin, end, ...(mtypes?.length ? { mtypes } : {}) };
    const named = toConversation(conversation);
    switch (named.kind) {
      case 'p2p':
        return (await this.#call('getp2pmsgcount', { ouid: named.peerUid, ...span }, callOptions)).count;
      case 'group':
        return (await this.#call('getgroupmsgcount', { gid: named.groupId, ...span }, callOptions)).count;
      case 'room':
        return (await this.#call('getroommsgcount', { rid: named.roomId, ...span }, callOptions)).count;
      case 'broadcast':
        return (await this.#call('getbroadcastmsgcount', span, callOptions)).count;
    }
  }

  /** Reads one message. @throws RtmError 200070 when there is none, or it was recalled. */
  async get(message: MessageRef, options?: CallOptions): Promise<HistoryMessage> {
    const { address, conversation } = this.#address(message);
    const unit = await this.#call('getmsg', address, options);
    const { from, mid } = address;
    return toHistoryMessage({ ...unit, mid, isDeleted: false }, { conversation, from }, this.#uid);
  }

  /** Recalls a message of the user: nobody can read it any more. @throws RtmError 200021 for a message of others. */
  async recall(message: MessageRef, options?: CallOptions): Promise<void> {
    await this.#call('delmsg', this.#address(message).address, options);
  }

  #place(conversation: ConversationRef) {
    return { conversation: toConversation(conversation), uid: this.#uid };
  }

  /** What is sent between two users stands under its receiver. */
  #address(message: MessageRef) {
    const conversation: Conversation = toConversation(message.conversation);
    const from = toId('from', message.from);
    const isReceived = conversation.kind === 'p2p' && from !== this.#uid;
    const xid = isReceived ? this.#uid : conversationId(conversation);
    return {
      conversation,
      address: { from, mid: toId('mid', message.mid), xid, type: conversationType(conversation) },
    };
  }
}
