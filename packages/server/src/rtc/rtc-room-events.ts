import type { AdminCommand } from '@parley/contract';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';

/**
 * Why somebody is a member no longer. `left`: by itself. `lost`: its connections are gone. `notEntered`: pulled, and it
 * did not come in time. `kicked`, `banned` from the RTM room of the same id, `loggedOut` by the server API.
 */
export type LeaveReason = 'left' | 'lost' | 'notEntered' | 'kicked' | 'banned' | 'loggedOut';

/**
 * Learns what happens in RTC rooms: called in the order of registration, within the call that caused it, when the state
 * has changed already. A listener must not change rooms within its call.
 */
export type RtcRoomListener = {
  roomOpened?(room: RtcRoom): void;
  /** The members are still in it and get no `memberLeft`. An empty room was left by its last member. */
  roomClosed?(room: RtcRoom): void;
  /** Somebody was put in, who has to enter yet. */
  memberPulled?(room: RtcRoom, member: RtcMember): void;
  /** Somebody is here for the first time. */
  memberEntered?(room: RtcRoom, member: RtcMember): void;
  /** @param by - Who removed it; 0 for the server and where nobody did. */
  memberLeft?(room: RtcRoom, member: RtcMember, reason: LeaveReason, by: bigint): void;
  /** A command was carried out; the changes that it brought have been told. */
  commandGiven?(room: RtcRoom, command: AdminCommand, uids: readonly bigint[]): void;
  /** Whether anything may be heard of a user: 2 and 3. */
  audioForbidden?(room: RtcRoom, uid: bigint, isForbidden: boolean): void;
  /** Whether anything may be seen of a user: 4 and 5. */
  videoForbidden?(room: RtcRoom, uid: bigint, isForbidden: boolean): void;
  /** By command 6, or because the room closes it at first. */
  microphoneClosed?(room: RtcRoom, uid: bigint): void;
  /** By its user, after it had been closed so. */
  microphoneOpened?(room: RtcRoom, uid: bigint): void;
  /** By command 7. */
  cameraClosed?(room: RtcRoom, uid: bigint): void;
  cameraOpened?(room: RtcRoom, uid: bigint): void;
  /** A member said by a quest that one of its devices is open or closed. */
  deviceReported?(room: RtcRoom, member: RtcMember, device: 'microphone' | 'camera', isOpen: boolean): void;
  /** Whom the member hears. */
  blocksChanged?(room: RtcRoom, member: RtcMember): void;
  /** Whose video the member gets. */
  subscriptionsChanged?(room: RtcRoom, member: RtcMember): void;
};

/** The name of an event. */
export type RtcRoomEvent = keyof RtcRoomListener;

/** Hands events to whoever listens. */
export class RtcRoomEvents {
  readonly #listeners: RtcRoomListener[] = [];

  listen(listener: RtcRoomListener): void {
    this.#listeners.push(listener);
  }

  emit<E extends RtcRoomEvent>(event: E, ...args: Parameters<NonNullable<RtcRoomListener[E]>>): void {
    for (const listener of this.#listeners) {
      (listener[event] as ((...all: typeof args) => void) | undefined)?.call(listener, ...args);
    }
  }
}
