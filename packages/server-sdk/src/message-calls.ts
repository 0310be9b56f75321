import type { Id } from './call-options.ts';
import { SendCalls, type SendOptions, type SendResult } from './send-calls.ts';

/**
 * Messages of any type: 51..127 are free for applications, 30 is text, 31 audio, 32 a command, 40..50 files.
 *
 * A send whose connection breaks before the answer is repeated once with the same `mid`. Beside the errors of every call
 * these reject with RtmError 200005 for a type outside 1..127, 200030 when message or attrs are too long, and 200053
 * when the sender used the `mid` for another message.
 */
export abstract class MessageCalls extends SendCalls {
  /** Sends text from one user to another; neither has to be online. */
  async sendMessage(
    fromUid: Id,
    toUid: Id,
    mtype: number,
    message: string,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToUser(fromUid, toUid, mtype, asText(message), options);
  }

  /** Sends the same text from one user to many, with one `mid` for all of them. */
  async sendMessages(
    fromUid: Id,
    toUids: Iterable<Id>,
    mtype: number,
    message: string,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToUsers(fromUid, toUids, mtype, asText(message), options);
  }

  /** Sends text to all members of a group. */
  async sendGroupMessage(
    fromUid: Id,
    groupId: Id,
    mtype: number,
    message: string,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToGroup(fromUid, groupId, mtype, asText(message), options);
  }

  /** Sends text to everybody who is in a room. */
  async sendRoomMessage(
    fromUid: Id,
    roomId: Id,
    mtype: number,
    message: string,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToRoom(fromUid, roomId, mtype, asText(message), options);
  }

  /** Sends text to every user of the project. */
  async sendBroadcastMessage(fromUid: Id, mtype: number, message: string, options?: SendOptions): Promise<SendResult> {
    return this.sendToAll(fromUid, mtype, asText(message), options);
  }

  /** Sends bytes from one user to another; they stay bytes for the receiver. */
  async sendMessageByBinary(
    fromUid: Id,
    toUid: Id,
    messageType: number,
    message: Uint8Array,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToUser(fromUid, toUid, messageType, asBytes(message), options);
  }

  /** Sends the same bytes from one user to many, with one `mid` for all of them. */
  async sendMessagesByBinary(
    fromUid: Id,
    toUids: Iterable<Id>,
    messageType: number,
    message: Uint8Array,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToUsers(fromUid, toUids, messageType, asBytes(message), options);
  }

  /** Sends bytes to all members of a group. */
  async sendGroupMessageByBinary(
    fromUid: Id,
    groupId: Id,
    messageType: number,
    message: Uint8Array,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToGroup(fromUid, groupId, messageType, asBytes(message), options);
  }

  /** Sends bytes to everybody who is in a room. */
  async sendRoomMessageByBinary(
    fromUid: Id,
    roomId: Id,
    messageType: number,
    message: Uint8Array,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToRoom(fromUid, roomId, messageType, asBytes(message), options);
  }

  /** Sends bytes to every user of the project. */
  async sendBroadcastMessageByBinary(
    fromUid: Id,
    messageType: number,
    message: Uint8Array,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.sendToAll(fromUid, messageType, asBytes(message), options);
  }
}

export function asText(message: unknown): string {
  if (typeof message !== 'string') throw new TypeError('message must be a string');
  return message;
}

function asBytes(message: unknown): Uint8Array {
  if (!(message instanceof Uint8Array)) throw new TypeError('message must be a Uint8Array');
  return message;
}
