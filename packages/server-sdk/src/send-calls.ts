import type { CallOptions, Id } from './call-options.ts';
import { toIdList } from './id-list.ts';
import { RtmCalls } from './rtm-calls.ts';

export type SendOptions = CallOptions & {
  /** Free text beside the message, JSON advised. Default empty. */
  attrs?: string;
  /**
   * The message id, unique for this sender in this conversation. Default: a new one. Repeat a failed send with the `mid`
   * of the first try and the message is stored once.
   */
  mid?: Id;
};

export type SendResult = {
  /** The id that recalls, edits or repeats the message. */
  mid: bigint;
  /** When the service accepted the message, in epoch milliseconds. */
  mtime: number;
};

/** Text goes out as str, bytes go out as bin; receivers see the difference. */
export type MessageBody = string | Uint8Array;

/** The five ways that a message goes, whatever its type. */
export abstract class SendCalls extends RtmCalls {
  protected async sendToUser(from: Id, to: Id, mtype: number, body: MessageBody, options?: SendOptions) {
    const { message, callOptions } = this.#prepare(from, mtype, body, options);
    return sent(message.mid, await this.call('sendmsg', { ...message, to }, callOptions));
  }

  protected async sendToUsers(from: Id, to: Iterable<Id>, mtype: number, body: MessageBody, options?: SendOptions) {
    const { message, callOptions } = this.#prepare(from, mtype, body, options);
    return sent(message.mid, await this.call('sendmsgs', { ...message, tos: toIdList('toUids', to) }, callOptions));
  }

  protected async sendToGroup(from: Id, gid: Id, mtype: number, body: MessageBody, options?: SendOptions) {
    const { message, callOptions } = this.#prepare(from, mtype, body, options);
    return sent(message.mid, await this.call('sendgroupmsg', { ...message, gid }, callOptions));
  }

  protected async sendToRoom(from: Id, rid: Id, mtype: number, body: MessageBody, options?: SendOptions) {
    const { message, callOptions } = this.#prepare(from, mtype, body, options);
    return sent(message.mid, await this.call('sendroommsg', { ...message, rid }, callOptions));
  }

  protected async sendToAll(from: Id, mtype: number, body: MessageBody, options?: SendOptions) {
    const { message, callOptions } = this.#prepare(from, mtype, body, options);
    return sent(message.mid, await this.call('broadcastmsg', message, callOptions));
  }

  #prepare(from: Id, mtype: number, msg: MessageBody, options: SendOptions = {}) {
    const { attrs = '', mid = this.nextMid(), ...callOptions } = options;
    return { message: { mtype, from, mid, msg, attrs }, callOptions };
  }
}

function sent(mid: Id, answer: { mtime: number }): SendResult {
  return { mid: BigInt(mid), mtime: answer.mtime };
}
