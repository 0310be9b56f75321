import { encodePush, type PushName, type PushOf } from '@parley/contract';
import type { PushEncoder } from '../sessions/push-batch.ts';
import type { Session } from '../sessions/session.ts';

/** An unknown push throws in the page of the official browser SDK; every other SDK answers it with an error. */
const DOES_NOT_KNOW_RTC = /^WebSocket/;

/** Whether pushes about RTC may be sent over this connection. */
export function knowsRtc(session: Session): boolean {
  return !DOES_NOT_KNOW_RTC.test(session.version);
}

const OWN_SDK = /^Parley-/;

/** Whether the connection is one of this project's own SDK. */
export function isOwnSdk({ version }: Session): boolean {
  return OWN_SDK.test(version);
}

/** Sends pushes to those connections that know them. */
export class ClientPushes {
  readonly #encoder: PushEncoder;

  constructor(encoder: PushEncoder) {
    this.#encoder = encoder;
  }

  send<N extends PushName>(push: N, params: PushOf<N>, sessions: Iterable<Session>): void {
    const receivers = [...sessions].filter(knowsRtc);
    if (receivers.length === 0) return;
    const batch = this.#encoder.encode(push, encodePush(push, params));
    for (const session of receivers) session.push(batch);
  }
}
