import { CONVERSATION_TYPES, type ConversationType, type ParamsIn } from '@parley/contract';
import type { CallOptions, Id } from './call-options.ts';
import { HistoryCalls } from './history-calls.ts';

/** The kinds of conversation that can be counted, edited and cleared of one sender: 2 group, 3 room. */
export type GroupOrRoom = ParamsIn<'getmsgnum'>['type'];

/** Stored messages one by one and in bulk: recall, clean, count, edit. Times are epoch milliseconds. */
export abstract class RecallCalls extends HistoryCalls {
  /** Recalls a message between two users. */
  async delP2PMessage(mid: Id, fromUid: Id, to: Id, options?: CallOptions): Promise<void> {
    await this.deleteMessage(mid, fromUid, to, CONVERSATION_TYPES.p2p, options);
  }

  /** Recalls a message of a group. */
  async delGroupMessage(mid: Id, fromUid: Id, gid: Id, options?: CallOptions): Promise<void> {
    await this.deleteMessage(mid, fromUid, gid, CONVERSATION_TYPES.group, options);
  }

  /** Recalls a message of a room. */
  async delRoomMessage(mid: Id, fromUid: Id, rid: Id, options?: CallOptions): Promise<void> {
    await this.deleteMessage(mid, fromUid, rid, CONVERSATION_TYPES.room, options);
  }

  /** Recalls a broadcast message. */
  async delBroadcastMessage(mid: Id, fromUid: Id, options?: CallOptions): Promise<void> {
    await this.deleteMessage(mid, fromUid, 0, CONVERSATION_TYPES.broadcast, options);
  }

  /** Deletes what two users wrote to each other from `begin` to `end`, both inclusive, in both directions. */
  async cleanP2PMessage(fromUid: Id, to: Id, begin: number, end: number, options?: CallOptions): Promise<void> {
    await this.#clean(fromUid, to, CONVERSATION_TYPES.p2p, begin, end, options);
  }

  /** Deletes the messages of a group from `begin` to `end`, both inclusive. `fromUid` is for information; 0 will do. */
  async cleanGroupMessage(fromUid: Id, gid: Id, begin: number, end: number, options?: CallOptions): Promise<void> {
    await this.#clean(fromUid, gid, CONVERSATION_TYPES.group, begin, end, options);
  }

  /** Deletes the messages of a room from `begin` to `end`, both inclusive. `fromUid` is for information; 0 will do. */
  async cleanRoomMessage(fromUid: Id, rid: Id, begin: number, end: number, options?: CallOptions): Promise<void> {
    await this.#clean(fromUid, rid, CONVERSATION_TYPES.room, begin, end, options);
  }

  /** Deletes the broadcast messages of a sender from `begin` to `end`, both inclusive. */
  async cleanBroadcastMessage(fromUid: Id, begin: number, end: number, options?: CallOptions): Promise<void> {
    await this.#clean(fromUid, 0, CONVERSATION_TYPES.broadcast, begin, end, options);
  }

  /**
   * Counts the stored messages of a group or room.
   *
   * @param begin - 0 for no bound, as for `end`.
   * @param mtypes - Only these types; null or empty counts all.
   * @returns The number of distinct senders and of messages.
   */
  async getMsgCount(
    msgType: GroupOrRoom,
    xid: Id,
    begin: number,
    end: number,
    mtypes: readonly number[] | null,
    options?: CallOptions,
  ): Promise<{ sender: number; count: number }> {
    const filter = {
      ...(mtypes?.length ? { mtypes } : {}),
      // As the documented SDKs do: 0 means no bound and is not sent.
      ...(begin === 0 ? {} : { begin }),
      ...(end === 0 ? {} : { end }),
    };
    const answer = await this.call('getmsgnum', { type: msgType, xid, ...filter }, options);
    return { sender: answer.sender, count: answer.num };
  }

  /**
   * Replaces text and attrs of a message of a group or room; its place and time stay.
   *
   * @param timeLimit - The age in milliseconds up to which a message may be edited; 0 for no limit. An older one is
   *   refused with RtmError 200021.
   */
  async editMessage(
    messageId: Id,
    fromUid: Id,
    xid: Id,
    messageType: GroupOrRoom,
    msg: string,
    attrs: string,
    timeLimit: number,
    options?: CallOptions,
  ): Promise<void> {
    const edit = { mid: messageId, from: fromUid, xid, type: messageType, msg, attrs, timeLimit };
    await this.call('editmsg', edit, options);
  }

  /** Deletes every message that one user sent to a group or room. */
  async deleteConversationMessages(
    fromUid: Id,
    xid: Id,
    messageType: GroupOrRoom,
    options?: CallOptions,
  ): Promise<void> {
    await this.call('delconversationmsgs', { from: fromUid, xid, type: messageType }, options);
  }

  protected async deleteMessage(mid: Id, from: Id, xid: Id, type: ConversationType, options?: CallOptions) {
    await this.call('delmsg', { mid, from, xid, type }, options);
  }

  async #clean(from: Id, xid: Id, type: ConversationType, begin: number, end: number, options?: CallOptions) {
    await this.call('cleanmsg', { from, xid, type, begin, end }, options);
  }
}
