import { ERROR_CODES, isWebRtcMethodName, RtmError, type WebRtcMethodName, webRtcCalls } from '@parley/contract';
import { FpnnError, type IncomingQuest } from '@parley/fpnn';
import type { Connection, ConnectionHandlers } from '@parley/fpnn/node';
import type { Logger } from '../../telemetry/logger.ts';
import type { CallCounters } from '../server-gate/call-counters.ts';
import type { AddressRate } from './address-rate.ts';
import type { Offers } from './offers.ts';

/** What every connection of the gate shares. */
export type RtcGateParts = {
  offers: Pick<Offers, 'answer' | 'limitsFor'>;
  rate: Pick<AddressRate, 'take'>;
  calls: CallCounters;
  log: Logger;
};

/** The official browser SDK never closes its connections, which serve one offer each. */
const LINGER_MS = 15_000;

/** One connection of a browser that brings an offer. */
export class RtcGateConnection implements ConnectionHandlers {
  readonly #parts: RtcGateParts;
  readonly #connection: Connection;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RtcGateParts, connection: Connection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#linger();
  }

  async onQuest(quest: IncomingQuest): Promise<void> {
    const { method } = quest;
    const isKnown = isWebRtcMethodName(method);
    this.#parts.calls.countCall(isKnown ? method : 'unknown');
    if (!isKnown) {
      this.#refuse(quest, 'unknown', new FpnnError(ERROR_CODES.unknownMethod, `there is no method ${method}`));
      return;
    }
    this.#waiting += 1;
    try {
      quest.answer(await this.#serve(method, quest));
    } catch (error) {
      this.#refuse(quest, method, error);
    }
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#linger();
  }

  onClose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #serve(method: WebRtcMethodName, { params }: IncomingQuest) {
    const { offers, rate } = this.#parts;
    const { remoteAddress } = this.#connection;
    if (!rate.take(remoteAddress)) {
      throw new RtmError(ERROR_CODES.frequencyLimited, `too many offers come from ${remoteAddress}`);
    }
    const { streamurl, sdp } = webRtcCalls.check(method, params, offers.limitsFor(params));
    const answer = await offers.answer(method, streamurl.text, sdp.text, remoteAddress);
    return webRtcCalls.encodeAnswer(method, { sdp: answer });
  }

  #refuse(quest: IncomingQuest, method: string, error: unknown): void {
    const known = error instanceof FpnnError ? error : undefined;
    const code = known?.code ?? ERROR_CODES.fpnnUnknown;
    this.#parts.calls.countRefusal(method, code);
    if (known === undefined) this.#parts.log.error('an offer failed', { method, code, cause: String(error) });
    quest.fail(code, known?.message ?? 'the server could not serve this call');
  }

  #linger(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#waiting === 0) this.#connection.close();
    }, LINGER_MS).unref();
  }
}
