import { isOwnSdk } from './client-pushes.ts';
import { devicesOf } from './member-devices.ts';
import { formatSignal, type RoomSignal } from './room-signals.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { LeaveReason, RtcRoomListener } from './rtc-room-events.ts';
import type { RtcRooms } from './rtc-rooms.ts';
import type { Timers } from './timers.ts';

/** As the official browser SDK sends them. It drops a member after 10 s without. */
const HEARTBEAT_MS = 2000;

/** Passes a signal to everybody in the RTM room, in somebody's name. */
export type SpeakSignal = (pid: number, rid: bigint, from: bigint, attrs: string) => void;

/**
 * Speaks to browsers, which know signals and no pushes: in the name of members who were removed or whose devices were
 * closed, and in the name of those who send none themselves.
 */
export class SignalSpeaker implements RtcRoomListener {
  readonly #rooms: RtcRooms;
  readonly #speak: SpeakSignal;
  readonly #timers: Timers;
  #stopHeartbeat: (() => void) | undefined;

  constructor(parts: { rooms: RtcRooms; speak: SpeakSignal; timers: Timers }) {
    this.#rooms = parts.rooms;
    this.#speak = parts.speak;
    this.#timers = parts.timers;
  }

  close(): void {
    this.#stopHeartbeat?.();
    this.#stopHeartbeat = undefined;
  }

  memberEntered(room: RtcRoom, member: RtcMember): void {
    if (!hasReaders(room)) return;
    this.#stopHeartbeat ??= this.#timers.after(HEARTBEAT_MS, () => this.#heartbeat());
    if (!member.sendsSignals) this.#say(room, member.uid, { kind: 'enter', ...devicesOf(room, member) });
  }

  memberLeft(room: RtcRoom, { uid, sendsSignals, hasEntered }: RtcMember, reason: LeaveReason): void {
    const saidSoItself = sendsSignals && reason === 'left';
    if (hasEntered && !saidSoItself && (sendsSignals || hasReaders(room))) this.#say(room, uid, { kind: 'leave' });
  }

  roomClosed(room: RtcRoom): void {
    if (!hasReaders(room)) return;
    for (const { uid, hasEntered } of room.members.values()) if (hasEntered) this.#say(room, uid, { kind: 'leave' });
  }

  microphoneClosed(room: RtcRoom, uid: bigint): void {
    this.#tellDevice(room, uid, { kind: 'microphone', isOpen: false });
  }

  cameraClosed(room: RtcRoom, uid: bigint): void {
    this.#tellDevice(room, uid, { kind: 'camera', isOpen: false });
  }

  deviceReported(room: RtcRoom, member: RtcMember, kind: 'camera' | 'microphone', isOpen: boolean): void {
    if (!member.sendsSignals) this.#tellDevice(room, member.uid, { kind, isOpen });
  }

  #tellDevice(room: RtcRoom, uid: bigint, signal: RoomSignal): void {
    if (room.members.get(uid)?.hasEntered && hasReaders(room)) this.#say(room, uid, signal);
  }

  #heartbeat(): void {
    let isNeeded = false;
    for (const room of this.#rooms.all()) {
      if (!hasReaders(room)) continue;
      isNeeded = true;
      for (const member of room.members.values()) {
        if (!member.hasEntered || member.sendsSignals) continue;
        this.#say(room, member.uid, { kind: 'heartbeat', ...devicesOf(room, member) });
      }
    }
    this.#stopHeartbeat = isNeeded ? this.#timers.after(HEARTBEAT_MS, () => this.#heartbeat()) : undefined;
  }

  #say(room: RtcRoom, from: bigint, signal: RoomSignal): void {
    this.#speak(room.pid, room.rid, from, formatSignal(signal));
  }
}

/** Whether somebody reads signals: pages of the official browser SDK, and this project's own SDK. */
function hasReaders(room: RtcRoom): boolean {
  for (const { sendsSignals, sessions } of room.members.values()) {
    if (sendsSignals || sessions.some(isOwnSdk)) return true;
  }
  return false;
}
