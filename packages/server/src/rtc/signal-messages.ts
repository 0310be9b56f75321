import { CONVERSATION_TYPES, MTYPES } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import { clientPush } from '../delivery/client-push.ts';
import type { DeliveredMessage } from '../delivery/delivered-message.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Session } from '../sessions/session.ts';

/** Sends signals that no browser sent: room messages in somebody's name, which nothing stores. */
export class SignalMessages {
  readonly #delivery: Pick<Delivery, 'deliver' | 'encoder'>;
  readonly #now: () => number;
  #lastMid: bigint;

  constructor(delivery: Pick<Delivery, 'deliver' | 'encoder'>, now: () => number) {
    this.#delivery = delivery;
    this.#now = now;
    this.#lastMid = BigInt(now()) * 1000n;
  }

  /** To everybody in the RTM room. */
  sayToRoom(pid: number, rid: bigint, from: bigint, attrs: string): void {
    this.#delivery.deliver(this.#message(pid, rid, from, attrs));
  }

  /** To some connections alone. */
  sayTo(sessions: Iterable<Session>, rid: bigint, from: bigint, attrs: string): void {
    const { method, params } = clientPush(this.#message(0, rid, from, attrs));
    const packet = this.#delivery.encoder.encode(method, params);
    for (const session of sessions) session.push(packet);
  }

  #message(pid: number, rid: bigint, from: bigint, attrs: string): DeliveredMessage {
    this.#lastMid += 1n;
    return {
      pid,
      type: CONVERSATION_TYPES.room,
      from,
      xid: rid,
      mid: this.#lastMid,
      mtype: MTYPES.command,
      msg: new RawString(new Uint8Array()),
      attrs: new RawString(Buffer.from(attrs)),
      mtime: this.#now(),
    };
  }
}
