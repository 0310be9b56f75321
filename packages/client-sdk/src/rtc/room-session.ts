import { ADMIN_COMMANDS, type AdminCommand, type RoomSignal, RTC_ROOM_TYPES, type RtcRoomType } from '@parley/contract';
import { RtmError, toRtmError } from '@parley/contract/sdk';
import type { ParleyClient } from '../client.ts';
import type { Emitter } from '../emitter.ts';
import { isTransient } from '../errors.ts';
import { DeviceControl } from './device-control.ts';
import type { RtcRoomEnd, RtcRoomEvents } from './events.ts';
import type { MediaTransport } from './media-transport.ts';
import type { DeviceKind, RtcMember } from './member.ts';
import { Membership } from './membership.ts';
import { type NetworkQuality, worstOf } from './network-quality.ts';
import type { RoomEntrance } from './room-entrance.ts';
import { RoomMedia } from './room-media.ts';
import type { RoomPushes } from './room-pushes.ts';
import { RTC_SDK_CODES } from './rtc-codes.ts';
import type { Timers } from './timers.ts';
import { replaceTracks } from './webrtc/own-devices.ts';

export type JoinOptions = {
  /** Opens the microphone at once. Default true. */
  microphone?: boolean;
  /** Opens the camera at once. Default: in a video room. */
  camera?: boolean;
  /** Creates the room when there is none; the user owns it then. Default true. */
  create?: boolean;
  /** What to ask the browser for. Default: its own echo cancellation, noise suppression and gain control. */
  microphoneConstraints?: MediaTrackConstraints;
  /** Default 640 x 480, 30 frames a second. */
  cameraConstraints?: MediaTrackConstraints;
};

export type RoomSessionParts = {
  readonly client: ParleyClient;
  readonly roomId: bigint;
  readonly type: RtcRoomType;
  readonly entrance: RoomEntrance;
  readonly transport: MediaTransport<MediaStreamTrack>;
  readonly pushes: RoomPushes;
  readonly timers: Timers;
  readonly random: () => number;
  readonly events: Emitter<RtcRoomEvents>;
};

const SILENCE_CHECK_MS = 1_000;
/** A second look shows whether packets still come in; a page sends fifty of voice in a second. */
const SECOND_LOOK_MS = 1_000;
const RESTORE_AGAIN_MS = 1_000;
const CAMERA = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

/** The life of a room for one client: entering it, following what is told of it, coming back to it, and its end. */
export class RoomSession {
  readonly membership: Membership;
  readonly media: RoomMedia<MediaStreamTrack>;
  readonly control: DeviceControl;
  /** Of the other members; made when they are asked for. */
  readonly streams = new Map<bigint, MediaStream>();
  quality: NetworkQuality = 'unknown';
  type: RtcRoomType;
  /** The server has let the user in. */
  hasEntered = false;
  readonly #parts: RoomSessionParts;
  readonly #stops: (() => void)[] = [];
  #end: RtcRoomEnd | undefined;
  /** Stands for the newest restoration. */
  #restoring: object | undefined;
  #hasJoined = false;
  /** The application had entered the room for its messages, and stays in it. */
  #wasEntered = false;

  constructor(parts: RoomSessionParts, options: JoinOptions) {
    this.#parts = parts;
    this.type = parts.type;
    this.membership = this.#createMembership();
    this.media = this.#createMedia();
    this.control = new DeviceControl({
      roomId: parts.roomId,
      call: (method, params, callOptions) => parts.client.call(method, params, callOptions),
      microphone: options.microphoneConstraints ?? {},
      camera: options.cameraConstraints ?? CAMERA,
      onTrack: (device, track) => this.media.setTrack(device, track),
      onChanged: (device, isOpen, by) => {
        if (this.#end !== undefined) return;
        this.membership.handleDevice(parts.client.uid, device, isOpen);
        parts.events.emit('deviceChanged', { device, isOpen, by });
      },
    });
  }

  get end(): RtcRoomEnd | undefined {
    return this.#end;
  }

  get self(): RtcMember | undefined {
    return this.membership.find(this.#parts.client.uid);
  }

  streamOf(uid: bigint): MediaStream {
    if (uid === this.#parts.client.uid) return this.control.devices.stream;
    const stream = this.streams.get(uid) ?? new MediaStream();
    this.streams.set(uid, stream);
    return stream;
  }

  async join({ microphone = true, camera = this.type === RTC_ROOM_TYPES.video }: JoinOptions): Promise<void> {
    const { client, entrance, roomId } = this.#parts;
    // Before anybody is told: whoever is refused a device has not been in the room.
    await this.control.open({ microphone, camera });
    this.#listen();
    await entrance.config();
    this.type = await entrance.enter();
    this.hasEntered = true;
    this.#wasEntered = client.rooms.entered.includes(roomId);
    if (!this.#wasEntered) await client.rooms.enter(roomId);
    // Before anything is published: then the rules of the room count, which may close a microphone.
    await this.control.reportAll();
    this.media.start();
    // Who came in meanwhile.
    for (const { uid, isOwn } of this.membership.members) if (!isOwn) this.media.play(uid);
    await this.#readMembers();
    this.membership.handleDevice(client.uid, 'microphone', microphone);
    this.membership.handleDevice(client.uid, 'camera', camera);
    if (this.#end !== undefined) throw new RtmError(RTC_SDK_CODES.roomEnded, `the room has ended: ${this.#end.reason}`);
    this.#hasJoined = true;
  }

  async setOpen(device: DeviceKind, isOpen: boolean): Promise<void> {
    this.requireNotEnded();
    await this.control.setOpen(device, isOpen);
  }

  /** What the user does not want to get of a member. */
  async setBlocked(uid: bigint, changed: { isVoiceBlocked: boolean } | { isVideoBlocked: boolean }): Promise<void> {
    const { client, roomId: rid } = this.#parts;
    const params = { rid, uids: [uid] };
    if ('isVoiceBlocked' in changed) {
      await client.call(changed.isVoiceBlocked ? 'blockUserVoiceInRTCRoom' : 'unblockUserVoiceInRTCRoom', params);
    } else {
      await client.call(changed.isVideoBlocked ? 'unsubscribeVideo' : 'subscribeVideo', params);
    }
    this.membership.setBlocked(uid, changed);
  }

  /** @throws RtmError 300005. */
  requireNotEnded(): void {
    if (this.#end === undefined) return;
    throw new RtmError(RTC_SDK_CODES.roomEnded, `the room has ended: ${this.#end.reason}`);
  }

  /** Ends the room for this client, once. */
  finish(end: RtcRoomEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const stop of this.#stops.splice(0)) stop();
    this.media.stop();
    this.control.devices.stop();
    const { client, roomId, events } = this.#parts;
    if (!this.#wasEntered && client.rooms.entered.includes(roomId)) {
      client.rooms.leave(roomId).catch(() => undefined); // It ends with the connection then.
    }
    if (this.#hasJoined) events.emit('ended', end);
  }

  #listen(): void {
    const { client, pushes, roomId, events } = this.#parts;
    this.#stops.push(
      pushes.listen(roomId, {
        entered: (uid) => this.membership.handleEntered(uid),
        left: (uid) => this.membership.handleLeft(uid),
        closed: () => this.finish({ reason: 'closed' }),
        kicked: (byUid) => this.finish({ reason: 'kicked', byUid }),
        command: (command, uids) => this.#handleCommand(command, uids),
        microphone: (uid, isOpen) => this.membership.handleDevice(uid, 'microphone', isOpen),
        roomEvent: (event) => events.emit('roomEvent', { event }),
        mediaLost: () => this.#handleMediaLost(),
      }),
      client.on('roomSignal', (event) => {
        if (event.roomId === roomId) this.#handleSignal(event.from, event.signal);
      }),
      client.on('stateChange', ({ state }) => {
        if (state === 'online') void this.#restore();
      }),
      client.on('sessionEnded', ({ error }) => this.finish({ reason: 'session-ended', error })),
      this.#every(SILENCE_CHECK_MS, () => this.membership.dropSilent()),
    );
  }

  #createMembership(): Membership {
    const { client, timers, type, events } = this.#parts;
    return new Membership({
      uid: client.uid,
      isVideo: type === RTC_ROOM_TYPES.video,
      now: timers.now,
      onJoined: (member) => {
        if (!member.isOwn) this.media.play(member.uid);
        if (this.#hasJoined) events.emit('memberJoined', { member });
      },
      onLeft: (member) => {
        this.media.stopPlaying(member.uid);
        this.streams.delete(member.uid);
        events.emit('memberLeft', { member });
      },
      onChanged: (member, previous) => events.emit('memberChanged', { member, previous }),
    });
  }

  #createMedia(): RoomMedia<MediaStreamTrack> {
    const { client, entrance, transport, timers, random, events } = this.#parts;
    return new RoomMedia<MediaStreamTrack>({
      uid: client.uid,
      transport,
      entrance,
      timers,
      random,
      localTracks: () => this.control.devices.tracks,
      mayPublish: () => this.#mayPublish(),
      on: {
        tracks: (uid, tracks) => replaceTracks(this.streamOf(uid), tracks),
        streamState: (uid, state) => {
          events.emit('streamState', { uid, state });
          this.#judgeQuality();
        },
        streamFailed: (uid, error) => events.emit('streamFailed', { uid, error }),
        replaced: () => events.emit('replaced', {}),
        speaking: (uid, isSpeaking) => events.emit('speaking', { uid, isSpeaking }),
        activeSpeaker: (uid) => events.emit('activeSpeaker', { uid }),
        levels: (levels) => events.emit('levels', { levels }),
        statistics: (statistics) => {
          events.emit('statistics', { statistics });
          this.#judgeQuality();
        },
      },
    });
  }

  #judgeQuality(): void {
    const qualities = this.membership.members.map(({ uid }) => this.media.statisticsOf(uid)?.quality ?? 'unknown');
    const quality = worstOf(qualities);
    if (quality === this.quality) return;
    this.quality = quality;
    this.#parts.events.emit('qualityChanged', { quality });
  }

  #handleCommand(command: AdminCommand, uids: readonly bigint[]): void {
    this.membership.handleCommand(command, uids);
    this.#parts.events.emit('command', { command, uids });
    if (!uids.includes(this.#parts.client.uid)) return;
    if (command === ADMIN_COMMANDS.closeMicrophone) void this.control.handleCommand('microphone');
    if (command === ADMIN_COMMANDS.closeCamera) void this.control.handleCommand('camera');
  }

  #handleSignal(from: bigint, signal: RoomSignal): void {
    const { self } = this;
    if (from !== this.#parts.client.uid) this.membership.handleSignal(from, signal);
    else if (self !== undefined && this.#hasJoined) this.control.handleOwnSignal(signal, self);
  }

  #handleMediaLost(): void {
    this.media.publishAgain();
    this.media.playAgain();
  }

  /** After a new login: enters again, and brings back what the server has lost meanwhile. */
  async #restore(): Promise<void> {
    if (!this.#hasJoined) return;
    const restoring = {};
    this.#restoring = restoring;
    const { entrance, events, timers } = this.#parts;
    try {
      await entrance.enter();
      await this.#readMembers();
      await this.#restoreWishes();
      if (this.#end !== undefined || this.#restoring !== restoring) return;
      this.media.publishAgain();
      const { playersConnected } = await this.#parts.client.call('checkRTCNetwork', { rid: this.#parts.roomId });
      if (this.#end !== undefined) return;
      if (playersConnected < this.media.players.connected) this.media.playAgain();
      events.emit('restored', {});
    } catch (cause) {
      const error = toRtmError(cause);
      if (this.#end !== undefined || this.#restoring !== restoring) return;
      // With the next login it begins anew.
      if (isTransient(error)) this.#stops.push(timers.after(RESTORE_AGAIN_MS, () => void this.#restore()));
      else this.finish({ reason: 'lost', error });
    }
  }

  /** A membership that was lost took along what the user had closed and blocked. */
  async #restoreWishes(): Promise<void> {
    const { client, roomId } = this.#parts;
    await this.control.reportAgain(this.type);
    const { members } = this.membership;
    const unheard = members.filter(({ isVoiceBlocked }) => isVoiceBlocked).map(({ uid }) => uid);
    const unseen = members.filter(({ isVideoBlocked }) => isVideoBlocked).map(({ uid }) => uid);
    if (unheard.length > 0) await client.call('blockUserVoiceInRTCRoom', { rid: roomId, uids: unheard });
    if (unseen.length > 0) await client.call('unsubscribeVideo', { rid: roomId, uids: unseen });
  }

  async #readMembers(): Promise<void> {
    this.membership.reset(await this.#parts.client.call('getRTCRoomMembers', { rid: this.#parts.roomId }));
  }

  /** When the own stream was lost although the server still gets it: from another page, then. */
  async #mayPublish(): Promise<boolean> {
    const { client, roomId, timers } = this.#parts;
    const look = () => client.call('checkRTCNetwork', { rid: roomId });
    const first = await look();
    if (!first.isConnected) return true;
    await new Promise<void>((resolve) => timers.after(SECOND_LOOK_MS, resolve));
    const second = await look();
    return !second.isConnected || second.audioPackets + second.videoPackets <= first.audioPackets + first.videoPackets;
  }

  #every(timeMs: number, run: () => void): () => void {
    const { timers } = this.#parts;
    const tick = () => {
      run();
      stop = timers.after(timeMs, tick);
    };
    let stop = timers.after(timeMs, tick);
    return () => stop();
  }
}
