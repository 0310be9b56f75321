import { RTC_CALL_EVENTS, RTC_ROOM_TYPES, type RtcCallEvent } from '@parley/contract';
import type { ParleyClient } from '../../client.ts';
import type { JoinOptions } from '../room-session.ts';
import type { RtcRoom } from '../rtc-room.ts';
import { RtcCall, type RtcCallEnd } from './rtc-call.ts';

export type RtcCallsParts = {
  readonly client: ParleyClient;
  readonly join: (roomId: bigint, type: 'voice' | 'video', options: JoinOptions) => Promise<RtcRoom>;
  readonly onIncoming: (call: RtcCall) => void;
  readonly onError: (error: unknown) => void;
};

const ENDS: Readonly<Record<Exclude<RtcCallEvent, 3>, RtcCallEnd['reason']>> = {
  [RTC_CALL_EVENTS.cancelled]: 'cancelled',
  [RTC_CALL_EVENTS.hungUp]: 'hung-up',
  [RTC_CALL_EVENTS.refused]: 'refused',
  [RTC_CALL_EVENTS.noAnswer]: 'no-answer',
};

/** Calls between two users: the ringing of the service, and a room for the media of both. */
export class RtcCalls {
  readonly #parts: RtcCallsParts;
  readonly #calls = new Map<bigint, RtcCall>();

  constructor(parts: RtcCallsParts) {
    this.#parts = parts;
    const { pushes } = parts.client;
    pushes.on('pushP2PRTCRequest', ({ callId, peerUid, type }) => {
      parts.onIncoming(this.#create(callId, peerUid, type === RTC_ROOM_TYPES.voice ? 'voice' : 'video', true));
    });
    pushes.on('pushP2PRTCEvent', ({ callId, event }) => {
      const call = this.#calls.get(callId);
      if (event === RTC_CALL_EVENTS.accepted) call?.handleAccepted();
      else call?.finish({ reason: ENDS[event as Exclude<RtcCallEvent, 3>] });
    });
    // The server ends the calls of a connection with it.
    parts.client.on('stateChange', ({ state }) => {
      if (state === 'online') return;
      for (const call of [...this.#calls.values()]) call.finish({ reason: 'lost' });
    });
  }

  async request(peerUid: bigint, type: 'voice' | 'video', options: JoinOptions): Promise<RtcCall> {
    const { callId } = await this.#parts.client.call('requestP2PRTC', { peerUid, type: RTC_ROOM_TYPES[type] });
    return this.#create(callId, peerUid, type, false, options);
  }

  #create(
    id: bigint,
    peerUid: bigint,
    type: 'voice' | 'video',
    isIncoming: boolean,
    options: JoinOptions = {},
  ): RtcCall {
    const { client, join, onError } = this.#parts;
    const call = new RtcCall(
      {
        id,
        peerUid,
        type,
        isIncoming,
        call: (method, params, callOptions) => client.call(method, params, callOptions),
        // Rooms of applications have positive ids.
        join: (joinOptions) => join(-id, type, joinOptions),
        onEnded: () => void this.#calls.delete(id),
        onError,
      },
      options,
    );
    this.#calls.set(id, call);
    return call;
  }
}
