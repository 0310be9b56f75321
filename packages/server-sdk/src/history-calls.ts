import { P2P_DIRECTIONS } from '@parley/contract';
import { walkPages } from '@parley/contract/sdk';
import type { Id } from './call-options.ts';
import { type HistoryMessage, toHistoryMessage } from './history-message.ts';
import {
  type HistoryOptions,
  type HistoryResult,
  type PageRequest,
  pageParams,
  toHistoryResult,
} from './history-page.ts';
import type { Conversation, WalkOptions } from './history-walk.ts';
import { MessageCalls } from './message-calls.ts';

/**
 * Stored messages, page by page.
 *
 * `desc` false goes forward in time from `begin`, true goes backward from `end`. `num` is 20 at most, 10 is usual.
 * `begin` and `end` are epoch milliseconds, both inclusive, 0 for no bound. `lastid` is the `lastCursorId` of the page
 * before, 0 for the first. `uid` is the user who reads, 0 for nobody.
 */
export abstract class HistoryCalls extends MessageCalls {
  /** Reads a page of the history of a group. */
  async getGroupMessage(
    groupId: Id,
    desc: boolean,
    num: number,
    begin: number,
    end: number,
    lastid: Id,
    uid: Id,
    options: HistoryOptions = {},
  ): Promise<HistoryResult> {
    const { page, callOptions } = pageParams({ desc, num, begin, end, lastid, options });
    const answer = await this.call('getgroupmsg', { gid: groupId, uid, ...page }, callOptions);
    return toHistoryResult(answer, (unit) => toHistoryMessage(unit, unit.from, BigInt(groupId)));
  }

  /** Reads a page of the history of a room. */
  async getRoomMessage(
    roomId: Id,
    desc: boolean,
    num: number,
    begin: number,
    end: number,
    lastid: Id,
    uid: Id,
    options: HistoryOptions = {},
  ): Promise<HistoryResult> {
    const { page, callOptions } = pageParams({ desc, num, begin, end, lastid, options });
    const answer = await this.call('getroommsg', { rid: roomId, uid, ...page }, callOptions);
    return toHistoryResult(answer, (unit) => toHistoryMessage(unit, unit.from, BigInt(roomId)));
  }

  /** Reads a page of the broadcast messages of the project. */
  async getBroadcastMessage(
    desc: boolean,
    num: number,
    begin: number,
    end: number,
    lastid: Id,
    uid: Id,
    options: HistoryOptions = {},
  ): Promise<HistoryResult> {
    const { page, callOptions } = pageParams({ desc, num, begin, end, lastid, options });
    const answer = await this.call('getbroadcastmsg', { uid, ...page }, callOptions);
    return toHistoryResult(answer, (unit) => toHistoryMessage(unit, unit.from, 0n));
  }

  /** Reads a page of the history between two users, both directions. */
  async getP2PMessage(
    uid: Id,
    peerUid: Id,
    desc: boolean,
    num: number,
    begin: number,
    end: number,
    lastid: Id,
    options: HistoryOptions = {},
  ): Promise<HistoryResult> {
    const { page, callOptions } = pageParams({ desc, num, begin, end, lastid, options });
    const answer = await this.call('getp2pmsg', { uid, ouid: peerUid, ...page }, callOptions);
    const [self, peer] = [BigInt(uid), BigInt(peerUid)];
    return toHistoryResult(answer, (unit) =>
      unit.direction === P2P_DIRECTIONS.sentByUid
        ? toHistoryMessage(unit, self, peer)
        : toHistoryMessage(unit, peer, self),
    );
  }

  /**
   * Walks a conversation forward or (`desc`) backward in time: every message once, while others may write.
   *
   * ```ts
   * for await (const { fromUid, message } of client.walkMessages({ groupId: 5001 }, { desc: true })) …
   * ```
   */
  walkMessages(conversation: Conversation, options: WalkOptions = {}): AsyncGenerator<HistoryMessage, void, undefined> {
    const { desc = false, pageSize = 20, begin = 0, end = 0, ...rest } = options;
    return walkPages({ begin, end }, (cursor) =>
      this.#readPage(conversation, { desc, num: pageSize, ...cursor, options: rest }),
    );
  }

  #readPage(conversation: Conversation, request: PageRequest): Promise<HistoryResult> {
    const { desc, num, begin, end, lastid, options } = request;
    const { uid = 0 } = conversation;
    if ('peerUid' in conversation) {
      return this.getP2PMessage(uid, conversation.peerUid, desc, num, begin, end, lastid, options);
    }
    if ('groupId' in conversation) {
      return this.getGroupMessage(conversation.groupId, desc, num, begin, end, lastid, uid, options);
    }
    if ('roomId' in conversation) {
      return this.getRoomMessage(conversation.roomId, desc, num, begin, end, lastid, uid, options);
    }
    return this.getBroadcastMessage(desc, num, begin, end, lastid, uid, options);
  }
}
