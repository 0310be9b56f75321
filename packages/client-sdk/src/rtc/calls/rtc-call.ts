import type { RtmError } from '@parley/contract/sdk';
import { toRtmError } from '@parley/contract/sdk';
import type { Call } from '../../call.ts';
import { Emitter } from '../../emitter.ts';
import type { JoinOptions } from '../room-session.ts';
import type { RtcRoom } from '../rtc-room.ts';

/** How far a call is. */
export type RtcCallState =
  | 'ringing'
  /** It was accepted; the devices and the room are being opened. */
  | 'connecting'
  /** `room` has the media of both sides. */
  | 'talking'
  | 'ended';

/** Why a call has ended. */
export type RtcCallEnd = {
  readonly reason: /** The caller gave up, or the user answered elsewhere. */
    | 'cancelled'
    /** The other side hung up, or its connection was lost. */
    | 'hung-up'
    | 'refused'
    | 'no-answer'
    /** This side ended it. */
    | 'ended-here'
    /** The own connection was lost. */
    | 'lost'
    /** No device, or no room; see `error`. */
    | 'failed';
  readonly error?: RtmError;
};

export type RtcCallEvents = {
  stateChange: { readonly state: RtcCallState };
  /** Both sides are in the room. */
  talking: { readonly room: RtcRoom };
  ended: RtcCallEnd;
};

export type RtcCallParts = {
  readonly id: bigint;
  readonly peerUid: bigint;
  readonly type: 'voice' | 'video';
  readonly isIncoming: boolean;
  readonly call: Call;
  /** Enters the room of the call. */
  readonly join: (options: JoinOptions) => Promise<RtcRoom>;
  readonly onEnded: () => void;
  readonly onError: (error: unknown) => void;
};

/** A call with one other user. Its media is that of a room for the two. */
export class RtcCall {
  readonly id: bigint;
  readonly peerUid: bigint;
  readonly type: 'voice' | 'video';
  readonly isIncoming: boolean;
  readonly #parts: RtcCallParts;
  readonly #events: Emitter<RtcCallEvents>;
  readonly #options: JoinOptions;
  #state: RtcCallState = 'ringing';
  #room: RtcRoom | undefined;
  #end: RtcCallEnd | undefined;

  /** @param options - For the room; of an incoming call `accept` gives them. */
  constructor(parts: RtcCallParts, options: JoinOptions = {}) {
    this.id = parts.id;
    this.peerUid = parts.peerUid;
    this.type = parts.type;
    this.isIncoming = parts.isIncoming;
    this.#parts = parts;
    this.#options = options;
    this.#events = new Emitter(parts.onError);
  }

  get state(): RtcCallState {
    return this.#state;
  }

  /** Undefined until both talk. */
  get room(): RtcRoom | undefined {
    return this.#room;
  }

  /** Why the call has ended; undefined while it has not. */
  get ended(): RtcCallEnd | undefined {
    return this.#end;
  }

  /** @returns A function that takes the listener out again. */
  on<Name extends keyof RtcCallEvents>(name: Name, listener: (event: RtcCallEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Accepts an incoming call, and opens devices and media.
   *
   * @throws RtmError 700006 or 700010 when it rings no more, 300003 when a device cannot be used; then the call ends.
   */
  async accept(options: JoinOptions = {}): Promise<RtcRoom> {
    if (!this.isIncoming) throw new TypeError('only an incoming call can be accepted');
    await this.#parts.call('acceptP2PRTC', { callId: this.id });
    return this.#connect(options);
  }

  /** Ends the call, whatever its state: gives up, refuses or hangs up. Calling it again is harmless. */
  async hangUp(): Promise<void> {
    if (this.#end !== undefined) return;
    const isRinging = this.#state === 'ringing';
    this.finish({ reason: 'ended-here' });
    const method = isRinging ? (this.isIncoming ? 'refuseP2PRTC' : 'cancelP2PRTC') : 'closeP2PRTC';
    // It may have ended on the other side at the same moment.
    await this.#parts.call(method, { callId: this.id }).catch(() => undefined);
  }

  /** The other side has accepted. */
  handleAccepted(): void {
    // Whoever listens is told of a failure by `ended`.
    if (this.#state === 'ringing' && !this.isIncoming) this.#connect(this.#options).catch(() => undefined);
  }

  /** Ends the call here, without a word to the server. */
  finish(end: RtcCallEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#setState('ended');
    void this.#room?.leave();
    this.#parts.onEnded();
    this.#events.emit('ended', end);
  }

  async #connect(options: JoinOptions): Promise<RtcRoom> {
    this.#setState('connecting');
    let room: RtcRoom;
    try {
      room = await this.#parts.join(options);
    } catch (cause) {
      const error = toRtmError(cause);
      if (this.#end === undefined) {
        this.finish({ reason: 'failed', error });
        await this.#parts.call('closeP2PRTC', { callId: this.id }).catch(() => undefined); // It has ended there too.
      }
      throw error;
    }
    this.#room = room;
    if (this.#end !== undefined) {
      await room.leave();
      return room;
    }
    this.#setState('talking');
    this.#events.emit('talking', { room });
    return room;
  }

  #setState(state: RtcCallState): void {
    this.#state = state;
    this.#events.emit('stateChange', { state });
  }
}
