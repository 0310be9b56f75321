import { RawString } from '@parley/fpnn';
import type { Project } from '../projects/project-settings.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { AdminCommands } from './admin-commands.ts';
import { formatSignal, parseSignal, type RoomSignal } from './room-signals.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { LeaveReason, RtcRoomListener } from './rtc-room-events.ts';
import type { RtcRooms } from './rtc-rooms.ts';

/** What becomes of a signal: its attrs for the others, or `swallowed`. */
export type SignalVerdict = { readonly attrs: RawString } | 'swallowed';

type Parts = {
  rooms: RtcRooms;
  sessions: Pick<SessionDirectory, 'isOnline'>;
  commands: AdminCommands;
  /** A browser says that its microphone is open or closed. */
  onMicrophone(room: RtcRoom, uid: bigint, isOpen: boolean): void;
};

/**
 * Reads the signals that browsers send as room messages, before they are passed on. What was closed by command stays
 * closed in them until the member opens it; of members who were removed none are passed on, since a heartbeat would
 * bring them back for the others.
 */
export class SignalFilter implements RtcRoomListener {
  /** Signals of removed members that were not passed on. */
  swallowed = 0;
  readonly #parts: Parts;
  /** Who was removed from a room and has not entered again. */
  readonly #silenced = new Map<string, Set<bigint>>();
  /** Publishing members who have said that they entered. What they report before is no wish of their users. */
  readonly #announced = new WeakSet<RtcMember>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  isSignal(attrs: RawString): boolean {
    return parseSignal(attrs.bytes) !== undefined;
  }

  /** @returns undefined for a message that is no signal. */
  judge(project: Project, rid: bigint, from: bigint, attrs: RawString): SignalVerdict | undefined {
    const signal = parseSignal(attrs.bytes);
    if (signal === undefined) return undefined;
    if (this.isSilenced(project.pid, rid, from)) {
      this.swallowed += 1;
      return 'swallowed';
    }
    const room = this.#parts.rooms.find(project.pid, rid);
    const member = room?.members.get(from);
    if (room === undefined || member === undefined) return { attrs };
    const passed = this.#read(room, member, signal);
    return { attrs: passed === signal ? attrs : new RawString(Buffer.from(formatSignal(passed))) };
  }

  isSilenced(pid: number, rid: bigint, uid: bigint): boolean {
    return this.#silenced.get(nameOf(pid, uid))?.has(rid) ?? false;
  }

  /** Whoever enters anew is heard again. */
  unsilence(pid: number, rid: bigint, uid: bigint): void {
    const rids = this.#silenced.get(nameOf(pid, uid));
    if (rids?.delete(rid) && rids.size === 0) this.#silenced.delete(nameOf(pid, uid));
  }

  /** A user who is offline sends no heartbeats. */
  forgetUser(pid: number, uid: bigint): void {
    this.#silenced.delete(nameOf(pid, uid));
  }

  /** A member publishes anew: it reports what its devices are, which is no wish. */
  expectReport(member: RtcMember): void {
    this.#announced.delete(member);
  }

  memberEntered(room: RtcRoom, { uid }: RtcMember): void {
    this.unsilence(room.pid, room.rid, uid);
  }

  memberLeft(room: RtcRoom, { uid, isWeb }: RtcMember, reason: LeaveReason): void {
    if (isWeb && reason !== 'left' && reason !== 'lost') this.#silence(room, uid);
  }

  roomClosed(room: RtcRoom): void {
    for (const { uid, isWeb } of room.members.values()) if (isWeb) this.#silence(room, uid);
  }

  /** Not of who is offline: no logout would ever end it. */
  #silence({ pid, rid }: RtcRoom, uid: bigint): void {
    if (!this.#parts.sessions.isOnline(pid, uid)) return;
    const name = nameOf(pid, uid);
    this.#silenced.set(name, (this.#silenced.get(name) ?? new Set()).add(rid));
  }

  /** @returns the signal as the others may get it. */
  #read(room: RtcRoom, member: RtcMember, signal: RoomSignal): RoomSignal {
    const { uid } = member;
    switch (signal.kind) {
      case 'enter':
        this.#announced.add(member);
        member.devices = signal;
        return corrected(room, uid, signal);
      case 'heartbeat':
        member.devices = signal;
        return corrected(room, uid, signal);
      case 'leave':
        return signal;
      case 'camera':
      case 'microphone': {
        const closed = signal.kind === 'camera' ? room.cameraClosed : room.microphoneClosed;
        const isReport = !this.#announced.has(member);
        if (signal.isOpen && closed.has(uid) && isReport) return { kind: signal.kind, isOpen: false };
        if (signal.isOpen) this.#parts.commands.open(room, uid, signal.kind);
        if (signal.kind === 'microphone') this.#parts.onMicrophone(room, uid, signal.isOpen);
        return signal;
      }
    }
  }
}

function corrected(
  room: RtcRoom,
  uid: bigint,
  signal: RoomSignal & { kind: 'enter' | 'heartbeat' },
): RoomSignal & { kind: 'enter' | 'heartbeat' } {
  const camera = signal.camera && !room.cameraClosed.has(uid);
  const microphone = signal.microphone && !room.microphoneClosed.has(uid);
  if (camera === signal.camera && microphone === signal.microphone) return signal;
  return { kind: signal.kind, camera, microphone };
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
