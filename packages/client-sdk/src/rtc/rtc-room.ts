import { type AdminCommand, RTC_ROOM_TYPES } from '@parley/contract';
import type { Id } from '@parley/contract/sdk';
import { toId } from '../conversation.ts';
import { Emitter } from '../emitter.ts';
import type { RtcRoomEnd, RtcRoomEvents } from './events.ts';
import type { StreamStatistics } from './link-meter.ts';
import type { RtcMember } from './member.ts';
import type { NetworkQuality } from './network-quality.ts';
import { type JoinOptions, RoomSession, type RoomSessionParts } from './room-session.ts';
import type { StreamState } from './stream-keeper.ts';

export type RtcRoomParts = Omit<RoomSessionParts, 'events'> & {
  /** Gets what a listener throws. */
  readonly onError: (error: unknown) => void;
};

/** How long the server has to answer that the user has left. */
const EXIT_TIMEOUT_MS = 2_000;

/**
 * A voice or video room that the user is in. What is published and played survives lost connections, of the session and of
 * media, with the devices as they were.
 */
export class RtcRoom {
  readonly id: bigint;
  readonly #client: RoomSessionParts['client'];
  readonly #events: Emitter<RtcRoomEvents>;
  readonly #session: RoomSession;

  private constructor(parts: RtcRoomParts, options: JoinOptions) {
    this.id = parts.roomId;
    this.#client = parts.client;
    this.#events = new Emitter(parts.onError);
    this.#session = new RoomSession({ ...parts, events: this.#events }, options);
  }

  /** As `ParleyRtc.joinVideoRoom`. */
  static async join(parts: RtcRoomParts, options: JoinOptions): Promise<RtcRoom> {
    const room = new RtcRoom(parts, options);
    try {
      await room.#session.join(options);
      return room;
    } catch (error) {
      await room.leave();
      throw error;
    }
  }

  get type(): 'voice' | 'video' {
    return this.#session.type === RTC_ROOM_TYPES.voice ? 'voice' : 'video';
  }

  /** Everybody in the room, the own user included. */
  get members(): RtcMember[] {
    return this.#session.membership.members;
  }

  /** Undefined for a user who is not in the room. */
  member(uid: Id): RtcMember | undefined {
    return this.#session.membership.find(toId('uid', uid));
  }

  /** The own user; undefined before the server has listed it. */
  get self(): RtcMember | undefined {
    return this.#session.self;
  }

  /** Why the room has ended; undefined while it has not. */
  get ended(): RtcRoomEnd | undefined {
    return this.#session.end;
  }

  /**
   * What a member sends, for the `srcObject` of an element; of the own user what its devices make, which is not to be
   * heard in the page. The stream of a member stays the same; its tracks are replaced with the connections.
   */
  stream(uid: Id): MediaStream {
    return this.#session.streamOf(toId('uid', uid));
  }

  /** How the media of a member flows; the own uid is what is published. */
  streamState(uid: Id): StreamState {
    return this.#session.media.stateOf(toId('uid', uid));
  }

  /** Undefined before anything was measured. */
  statistics(uid: Id): StreamStatistics | undefined {
    return this.#session.media.statisticsOf(toId('uid', uid));
  }

  /** How loud a member is now: 0 silence, 1 the loudest. */
  level(uid: Id): number {
    return this.#session.media.levelOf(toId('uid', uid));
  }

  isSpeaking(uid: Id): boolean {
    return this.#session.media.isSpeaking(toId('uid', uid));
  }

  /** Undefined while nobody speaks. */
  get activeSpeaker(): bigint | undefined {
    return this.#session.media.activeSpeaker;
  }

  /** The worst of all streams. */
  get quality(): NetworkQuality {
    return this.#session.quality;
  }

  get isMicrophoneOpen(): boolean {
    return this.#session.control.devices.microphone.isOpen;
  }

  get isCameraOpen(): boolean {
    return this.#session.control.devices.camera.isOpen;
  }

  /** @returns A function that takes the listener out again. */
  on<Name extends keyof RtcRoomEvents>(name: Name, listener: (event: RtcRoomEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Opens or closes the own microphone, and tells the others. Closed, it sends silence; opening it again takes no time.
   *
   * @throws RtmError 300003 when it cannot be used, 300005 when the room has ended.
   */
  async setMicrophoneOpen(isOpen: boolean): Promise<void> {
    await this.#session.setOpen('microphone', isOpen);
  }

  /** As {@link setMicrophoneOpen}. A closed camera is given back to the browser. */
  async setCameraOpen(isOpen: boolean): Promise<void> {
    await this.#session.setOpen('camera', isOpen);
  }

  /** Uses another microphone from now on. @throws RtmError 300003; then the one before stays. */
  async setMicrophone(deviceId: string): Promise<void> {
    this.#session.requireNotEnded();
    await this.#session.control.devices.microphone.choose(deviceId);
  }

  /** Uses another camera from now on. @throws RtmError 300003; then the one before stays. */
  async setCamera(deviceId: string): Promise<void> {
    this.#session.requireNotEnded();
    await this.#session.control.devices.camera.choose(deviceId);
  }

  /**
   * Does something to members: the owner and administrators may, and only the owner appoints and dismisses those.
   *
   * @param command - One of `ADMIN_COMMANDS`.
   * @throws RtmError 700007 for somebody who may not, 700002 for a user who is not in the room.
   */
  async command(command: AdminCommand, uids: Iterable<Id>): Promise<void> {
    await this.#client.call('adminCommand', { rid: this.id, uids: [...uids], command });
  }

  /** Does not want to hear a member any more, or does again; nobody else notices. */
  async setVoiceBlocked(uid: Id, isBlocked: boolean): Promise<void> {
    await this.#session.setBlocked(toId('uid', uid), { isVoiceBlocked: isBlocked });
  }

  /** Does not want to see a member any more, or does again: the server sends no video of it, which saves bandwidth. */
  async setVideoBlocked(uid: Id, isBlocked: boolean): Promise<void> {
    await this.#session.setBlocked(toId('uid', uid), { isVideoBlocked: isBlocked });
  }

  /** Invites users, who get an `invited` event. */
  async invite(uids: Iterable<Id>): Promise<void> {
    await this.#client.call('inviteUserIntoRTCRoom', { rid: this.id, uids: [...uids] });
  }

  /** Sends an event of the application's own to the other members. */
  async sendEvent(event: Uint8Array): Promise<void> {
    await this.#client.call('roomEvent', { rid: this.id, event });
  }

  /** Publishes anew: takes back what another page of the user has taken over. */
  publishAgain(): void {
    this.#session.requireNotEnded();
    this.#session.media.publishAgain();
  }

  /** Leaves the room, and gives the devices back. Calling it again is harmless. */
  async leave(): Promise<void> {
    if (this.ended !== undefined) return;
    this.#session.finish({ reason: 'left' });
    if (!this.#session.hasEntered) return;
    // Media ends with the membership, and that with the session, if this does not get through.
    await this.#client.call('exitRTCRoom', { rid: this.id }, { timeoutMs: EXIT_TIMEOUT_MS }).catch(() => undefined);
  }
}
