import { RTC_ROOM_TYPES, type RtcRoomType } from '@parley/contract';
import { type Id, type Logger, silentLogger } from '@parley/contract/sdk';
import type { ParleyClient } from '../client.ts';
import { type Connector, webSocketConnector } from '../connection/connector.ts';
import { toId } from '../conversation.ts';
import { Emitter } from '../emitter.ts';
import type { RtcCall } from './calls/rtc-call.ts';
import { RtcCalls } from './calls/rtc-calls.ts';
import { DIAGNOSIS_ROOM_TYPE, type DiagnoseOptions, diagnose } from './doctor/diagnose.ts';
import type { Diagnosis } from './doctor/diagnosis.ts';
import type { MediaTransport } from './media-transport.ts';
import { Offers } from './offers.ts';
import { RoomEntrance } from './room-entrance.ts';
import { RoomPushes } from './room-pushes.ts';
import type { JoinOptions } from './room-session.ts';
import { RtcRoom } from './rtc-room.ts';
import { realTimers, type Timers } from './timers.ts';
import { webRtcTransport } from './webrtc/web-rtc-transport.ts';

export type ParleyRtcOptions = {
  /**
   * Where offers go, as `wss://host:13706` or `ws://host:13707`. Default: what the server tells, over TLS.
   */
  endpoint?: string;
  /** `relay` sends all media through the TURN server, `all` wherever it gets through. Default `all`. */
  iceTransportPolicy?: 'all' | 'relay';
  /** For the connection that brings an offer, and for the answer. Default 10000. */
  offerTimeoutMs?: number;
  /** Default: silent. */
  logger?: Logger;
  /** Opens connections to the web RTC endpoint. Default: the WebSocket of the environment. */
  connector?: Connector;
  /** Default: the clock and the timers of the environment. */
  timers?: Timers;
  /** A number from 0 up to but not including 1. Default `Math.random`. */
  random?: () => number;
};

/** Rooms of applications have positive ids, those of calls small negative ones. */
const DIAGNOSIS_ROOMS = -(2n ** 63n);

/** What comes to a user who is in no room. */
export type ParleyRtcEvents = {
  /** A member of a room invites the user; `joinVideoRoom` or `joinVoiceRoom` accepts. */
  invited: { readonly roomId: bigint; readonly fromUid: bigint };
  /** Another user calls. */
  incomingCall: { readonly call: RtcCall };
  /** The back end put the user into a room, and drops it unless it joins within 60 s. */
  pulled: { readonly roomId: bigint };
};

/** Voice and video for a client: rooms, devices, calls. One for each client. */
export class ParleyRtc {
  readonly #client: ParleyClient;
  readonly #events: Emitter<ParleyRtcEvents>;
  readonly #pushes: RoomPushes;
  readonly #offers: Offers;
  readonly #transport: MediaTransport<MediaStreamTrack>;
  readonly #options: ParleyRtcOptions;
  readonly #onError: (error: unknown) => void;
  readonly #calls: RtcCalls;
  readonly #rooms = new Map<bigint, Promise<RtcRoom>>();

  constructor(client: ParleyClient, options: ParleyRtcOptions = {}) {
    const { connector = webSocketConnector(), offerTimeoutMs = 10_000, logger = silentLogger } = options;
    this.#client = client;
    this.#options = options;
    this.#onError = (error) => logger.error('an event listener threw', { error });
    this.#events = new Emitter(this.#onError);
    this.#offers = new Offers({ connector, timeoutMs: offerTimeoutMs });
    this.#transport = webRtcTransport({ iceTransportPolicy: options.iceTransportPolicy });
    this.#pushes = new RoomPushes(client.pushes);
    this.#calls = new RtcCalls({
      client,
      join: (roomId, type, joinOptions) => this.#join(roomId, RTC_ROOM_TYPES[type], joinOptions),
      onIncoming: (call) => this.#events.emit('incomingCall', { call }),
      onError: this.#onError,
    });
    client.pushes.on('pushInviteIntoRTCRoom', ({ rid, fromUid }) =>
      this.#events.emit('invited', { roomId: rid, fromUid }),
    );
    client.pushes.on('pushPullIntoRTCRoom', ({ rid }) => this.#events.emit('pulled', { roomId: rid }));
  }

  /** @returns A function that takes the listener out again. */
  on<Name extends keyof ParleyRtcEvents>(name: Name, listener: (event: ParleyRtcEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Joins a room for voice; it is created if there is none. The microphone is opened first, so that a user who refuses it
   * was never in the room. The promise resolves when the user is in; media follows, see `streamState`.
   *
   * The RTM room of the same id is entered too: its messages are the chat beside.
   *
   * @throws RtmError 300003 when a device cannot be used, 200060 when the server carries no media, 200045 for a user who is
   * banned, 700008 and 700009 for too many rooms or members, 700005 with `create: false`. TypeError when the client is in
   * the room already.
   */
  joinVoiceRoom(roomId: Id, options: JoinOptions = {}): Promise<RtcRoom> {
    return this.#join(roomId, RTC_ROOM_TYPES.voice, options);
  }

  /** Joins a room for voice and video. As {@link joinVoiceRoom}. */
  joinVideoRoom(roomId: Id, options: JoinOptions = {}): Promise<RtcRoom> {
    return this.#join(roomId, RTC_ROOM_TYPES.video, options);
  }

  /**
   * Calls a user, who gets an `incomingCall`. When it is accepted, both are in a room for the two.
   *
   * @param options - For the room of the call.
   * @throws RtmError 200055 for a user who is offline, 700030 when one of the two is in a call, and the refusals of a
   * message to the user.
   */
  async call(peerUid: Id, type: 'voice' | 'video', options: JoinOptions = {}): Promise<RtcCall> {
    if (!Object.hasOwn(RTC_ROOM_TYPES, type)) throw new TypeError("type must be 'voice' or 'video'");
    return this.#calls.request(toId('peerUid', peerUid), type, options);
  }

  /**
   * Finds out why no media flows: names the step that fails, and the setting of the server to change. Takes a few seconds,
   * uses a room of its own and no device, and disturbs no room that the user is in.
   */
  async diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
    const { uid } = this.#client;
    const roomId = DIAGNOSIS_ROOMS + uid;
    const entrance = this.#createEntrance(roomId, DIAGNOSIS_ROOM_TYPE, true);
    const call: ParleyClient['call'] = (method, params, callOptions) => this.#client.call(method, params, callOptions);
    return diagnose({ call, entrance, roomId, uid }, options);
  }

  async #join(id: Id, type: RtcRoomType, options: JoinOptions): Promise<RtcRoom> {
    const roomId = toId('roomId', id);
    if (this.#rooms.has(roomId)) throw new TypeError(`room ${roomId} was joined already`);
    const joining = RtcRoom.join(
      {
        client: this.#client,
        roomId,
        type,
        entrance: this.#createEntrance(roomId, type, options.create ?? true),
        transport: this.#transport,
        pushes: this.#pushes,
        timers: this.#options.timers ?? realTimers,
        random: this.#options.random ?? Math.random,
        onError: this.#onError,
      },
      options,
    );
    this.#rooms.set(roomId, joining);
    try {
      const room = await joining;
      const forget = () => void this.#rooms.delete(roomId);
      room.on('ended', forget);
      if (room.ended !== undefined) forget();
      return room;
    } catch (error) {
      this.#rooms.delete(roomId);
      throw error;
    }
  }

  #createEntrance(roomId: bigint, type: RtcRoomType, mayCreate: boolean): RoomEntrance {
    const { endpoint } = this.#options;
    const { pid } = this.#client;
    const call: ParleyClient['call'] = (method, params, options) => this.#client.call(method, params, options);
    return new RoomEntrance({ call, offers: this.#offers, pid, roomId, type, mayCreate, endpoint });
  }
}
