import { ERROR_CODES, type RtcRoomType, type WebRtcMethodName } from '@parley/contract';
import { RtmError } from '@parley/contract/sdk';
import type { Call } from '../call.ts';
import type { IceServer } from './media-transport.ts';
import type { Offers } from './offers.ts';

export type RoomEntranceOptions = {
  readonly call: Call;
  readonly offers: Offers;
  readonly pid: number;
  readonly roomId: bigint;
  /** Of a room that has to be created. */
  readonly type: RtcRoomType;
  /** False: a room that is not there is 700005. */
  readonly mayCreate: boolean;
  /** Instead of the web RTC endpoint that the server names, as `wss://host:port`. */
  readonly endpoint: string | undefined;
};

/** What `getRTCConfig` answers. */
export type RtcConfig = { readonly endpoint: string; readonly iceServers: readonly IceServer[] };

/** Others may create and close the room at the same time. */
const TRIES_MAX = 4;
/** Credentials that are about to expire are not used. */
const EXPIRY_MARGIN_S = 60;

/** The way into one room, and the right to publish and to play in it. */
export class RoomEntrance {
  readonly #options: RoomEntranceOptions;
  #token: string | undefined;
  #config: { readonly value: RtcConfig; readonly expires: number } | undefined;

  constructor(options: RoomEntranceOptions) {
    this.#options = options;
  }

  /** Enters the room, and creates it if need be. Doing so again is harmless. @returns the type of the room. */
  async enter(): Promise<RtcRoomType> {
    const { call, roomId: rid, type, mayCreate } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        const entered = await call('enterRTCRoom', { rid });
        this.#token = entered.token;
        return entered.type as RtcRoomType;
      } catch (error) {
        if (!mayCreate || tries === TRIES_MAX || !isCode(error, ERROR_CODES.rtcRoomNotFound)) throw error;
      }
      try {
        this.#token = (await call('createRTCRoom', { rid, type })).token;
        return type;
      } catch (error) {
        if (!isCode(error, ERROR_CODES.rtcRoomExists)) throw error;
      }
    }
  }

  /** Where offers go, and which TURN server may be used. @throws RtmError 200060 when the server carries no media. */
  async config(): Promise<RtcConfig> {
    if (this.#config !== undefined && this.#config.expires > Date.now() / 1000) return this.#config.value;
    const answer = await this.#options.call('getRTCConfig', {});
    const { turnUrls, turnUsername: username, turnCredential: credential, turnExpires } = answer;
    if (answer.endpoint === '') throw new RtmError(ERROR_CODES.noConfigInConsole, 'the server carries no media');
    const endpoint = this.#options.endpoint ?? `wss://${answer.endpoint}`;
    const iceServers = turnUrls.length === 0 ? [] : [{ urls: [...turnUrls], username, credential }];
    const expires = turnUrls.length === 0 ? Number.POSITIVE_INFINITY : turnExpires - EXPIRY_MARGIN_S;
    this.#config = { value: { endpoint, iceServers }, expires };
    return this.#config.value;
  }

  /** Brings an offer to the server. @param uid - Who publishes the stream. @throws RtmError the refusal. */
  async offer(method: WebRtcMethodName, uid: bigint, sdp: string): Promise<string> {
    const { pid, roomId, offers } = this.#options;
    const { endpoint } = await this.config();
    const token = this.#token ?? (await this.#enterAgain());
    try {
      return await offers.send(method, endpoint, { pid, roomId, uid, token }, sdp);
    } catch (error) {
      // The ticket died with a membership that was lost meanwhile.
      if (isCode(error, ERROR_CODES.rtcTryAgain)) this.#token = undefined;
      throw error;
    }
  }

  async #enterAgain(): Promise<string> {
    await this.enter();
    return this.#token!;
  }
}

export function isCode(error: unknown, code: number): boolean {
  return error instanceof RtmError && error.code === code;
}
