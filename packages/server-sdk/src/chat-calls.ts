import { CHAT_MTYPES, type ConversationType, MTYPES } from '@parley/contract';
import type { CallOptions, Id } from './call-options.ts';
import { type HistoryMessage, toHistoryMessage } from './history-message.ts';
import type { HistoryResult } from './history-page.ts';
import { asText } from './message-calls.ts';
import { RecallCalls } from './recall-calls.ts';
import type { MessageBody, SendOptions, SendResult } from './send-calls.ts';

/** The end of a chat call: options alone, or the documented `attrs` and then options. */
export type ChatArguments = [options?: SendOptions] | [attrs: string, options?: SendOptions];

/** Text (type 30), audio (31) and commands (32), and the history of these three. */
export abstract class ChatCalls extends RecallCalls {
  /** Sends text from one user to another. */
  async sendChat(fromUid: Id, toUid: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToUser(fromUid, toUid, MTYPES.chat, asText(message), optionsOf(rest));
  }

  /** Sends audio from one user to another, as bytes or as text that describes it. */
  async sendAudio(fromUid: Id, toUid: Id, message: MessageBody, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToUser(fromUid, toUid, MTYPES.audio, message, optionsOf(rest));
  }

  /** Sends a command from one user to another: text for programs. */
  async sendCmd(fromUid: Id, toUid: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToUser(fromUid, toUid, MTYPES.command, asText(message), optionsOf(rest));
  }

  /** Sends the same text from one user to many. */
  async sendChats(fromUid: Id, toUids: Iterable<Id>, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToUsers(fromUid, toUids, MTYPES.chat, asText(message), optionsOf(rest));
  }

  /** Sends the same audio from one user to many. */
  async sendAudios(
    fromUid: Id,
    toUids: Iterable<Id>,
    message: MessageBody,
    ...rest: ChatArguments
  ): Promise<SendResult> {
    return this.sendToUsers(fromUid, toUids, MTYPES.audio, message, optionsOf(rest));
  }

  /** Sends the same command from one user to many. */
  async sendCmds(fromUid: Id, toUids: Iterable<Id>, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToUsers(fromUid, toUids, MTYPES.command, asText(message), optionsOf(rest));
  }

  /** Sends text to all members of a group. */
  async sendGroupChat(fromUid: Id, groupId: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToGroup(fromUid, groupId, MTYPES.chat, asText(message), optionsOf(rest));
  }

  /** Sends audio to all members of a group. */
  async sendGroupAudio(fromUid: Id, groupId: Id, message: MessageBody, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToGroup(fromUid, groupId, MTYPES.audio, message, optionsOf(rest));
  }

  /** Sends a command to all members of a group. */
  async sendGroupCmd(fromUid: Id, groupId: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToGroup(fromUid, groupId, MTYPES.command, asText(message), optionsOf(rest));
  }

  /** Sends text to everybody who is in a room. */
  async sendRoomChat(fromUid: Id, roomId: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToRoom(fromUid, roomId, MTYPES.chat, asText(message), optionsOf(rest));
  }

  /** Sends audio to everybody who is in a room. */
  async sendRoomAudio(fromUid: Id, roomId: Id, message: MessageBody, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToRoom(fromUid, roomId, MTYPES.audio, message, optionsOf(rest));
  }

  /** Sends a command to everybody who is in a room. */
  async sendRoomCmd(fromUid: Id, roomId: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToRoom(fromUid, roomId, MTYPES.command, asText(message), optionsOf(rest));
  }

  /** Sends text to every user of the project. */
  async broadcastChat(fromUid: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToAll(fromUid, MTYPES.chat, asText(message), optionsOf(rest));
  }

  /** Sends audio to every user of the project. */
  async broadcastAudio(fromUid: Id, message: MessageBody, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToAll(fromUid, MTYPES.audio, message, optionsOf(rest));
  }

  /** Sends a command to every user of the project. */
  async broadcastCmd(fromUid: Id, message: string, ...rest: ChatArguments): Promise<SendResult> {
    return this.sendToAll(fromUid, MTYPES.command, asText(message), optionsOf(rest));
  }

  /** Reads a page of texts, audio and commands of a group; see `getGroupMessage`. */
  async getGroupChat(
    groupId: Id,
    desc: boolean,
    count: number,
    beginMsec: number,
    endMsec: number,
    lastId: Id,
    uid: Id,
    options?: CallOptions,
  ): Promise<HistoryResult> {
    return this.getGroupMessage(groupId, desc, count, beginMsec, endMsec, lastId, uid, chatOnly(options));
  }

  /** Reads a page of texts, audio and commands of a room; see `getRoomMessage`. */
  async getRoomChat(
    roomId: Id,
    desc: boolean,
    count: number,
    beginMsec: number,
    endMsec: number,
    lastId: Id,
    uid: Id,
    options?: CallOptions,
  ): Promise<HistoryResult> {
    return this.getRoomMessage(roomId, desc, count, beginMsec, endMsec, lastId, uid, chatOnly(options));
  }

  /** Reads a page of broadcast texts, audio and commands; see `getBroadcastMessage`. */
  async getBroadcastChat(
    desc: boolean,
    count: number,
    beginMsec: number,
    endMsec: number,
    lastId: Id,
    uid: Id,
    options?: CallOptions,
  ): Promise<HistoryResult> {
    return this.getBroadcastMessage(desc, count, beginMsec, endMsec, lastId, uid, chatOnly(options));
  }

  /** Reads a page of texts, audio and commands between two users; see `getP2PMessage`. */
  async getP2PChat(
    userId: Id,
    otherUserId: Id,
    desc: boolean,
    count: number,
    beginMsec: number,
    endMsec: number,
    lastId: Id,
    options?: CallOptions,
  ): Promise<HistoryResult> {
    return this.getP2PMessage(userId, otherUserId, desc, count, beginMsec, endMsec, lastId, chatOnly(options));
  }

  /**
   * Reads one stored message, of any type.
   *
   * @param toId - The receiver, group or room; 0 for a broadcast.
   * @param messageCategory - 1 P2P, 2 group, 3 room, 4 broadcast; see `CONVERSATION_TYPES`.
   * @throws RtmError 200070 when there is no such message.
   */
  async getChat(
    mid: Id,
    fromUid: Id,
    toId: Id,
    messageCategory: ConversationType,
    options?: CallOptions,
  ): Promise<HistoryMessage> {
    const answer = await this.call('getmsg', { mid, from: fromUid, xid: toId, type: messageCategory }, options);
    return toHistoryMessage({ ...answer, mid: BigInt(mid) }, BigInt(fromUid), BigInt(toId));
  }

  /** Recalls one message, of any type. The parameters are those of `getChat`. */
  async deleteChat(
    mid: Id,
    fromUid: Id,
    toId: Id,
    messageCategory: ConversationType,
    options?: CallOptions,
  ): Promise<void> {
    await this.deleteMessage(mid, fromUid, toId, messageCategory, options);
  }
}

function optionsOf(rest: ChatArguments): SendOptions | undefined {
  const [first, second] = rest;
  return typeof first === 'string' ? { ...second, attrs: first } : first;
}

function chatOnly(options?: CallOptions) {
  return { ...options, mtypes: CHAT_MTYPES };
}
