import type { AdminCommand } from '@parley/contract';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { ClientPushes } from './client-pushes.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { LeaveReason, RtcRoomListener } from './rtc-room-events.ts';
import type { RtcTickets } from './rtc-tickets.ts';

type Parts = {
  pushes: ClientPushes;
  sessions: SessionDirectory;
  tickets: RtcTickets;
  now: () => number;
};

/** Tells users what happens in their RTC rooms. */
export class RoomPushes implements RtcRoomListener {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To users who are no members. */
  invite(room: RtcRoom, fromUid: bigint, uids: readonly bigint[]): void {
    const receivers = [...new Set(uids)].flatMap((uid) => [...this.#parts.sessions.of(room.pid, uid)]);
    this.#parts.pushes.send('pushInviteIntoRTCRoom', { fromUid, rid: room.rid }, receivers);
  }

  /** An event that a member sends to the others. */
  event(room: RtcRoom, from: bigint, event: Uint8Array): void {
    this.#parts.pushes.send('pushRoomEvent', { rid: room.rid, event }, this.#others(room, from));
  }

  /** Browsers tell each other by signals; native members learn of their microphones so. */
  microphone(room: RtcRoom, uid: bigint, isOpen: boolean): void {
    const params = { rid: room.rid, uid, micStatus: isOpen ? 1 : 0 } as const;
    this.#parts.pushes.send('pushMicStatus', params, this.#others(room, uid));
  }

  deviceReported(room: RtcRoom, { uid }: RtcMember, device: 'microphone' | 'camera', isOpen: boolean): void {
    if (device === 'microphone') this.microphone(room, uid, isOpen);
  }

  memberPulled(room: RtcRoom, member: RtcMember): void {
    const token = this.#parts.tickets.issue({ room, member, session: undefined });
    this.#parts.pushes.send('pushPullIntoRTCRoom', { rid: room.rid, token }, this.#sessionsOf(room, member));
  }

  memberEntered(room: RtcRoom, { uid }: RtcMember): void {
    const params = { rid: room.rid, uid, mtime: this.#parts.now() };
    this.#parts.pushes.send('pushEnterRTCRoom', params, this.#others(room, uid));
  }

  memberLeft(room: RtcRoom, member: RtcMember, reason: LeaveReason, by: bigint): void {
    const { rid } = room;
    const { uid } = member;
    if (reason === 'kicked' || reason === 'banned' || reason === 'loggedOut') {
      this.#parts.pushes.send('pushKickOutRTCRoom', { fromUid: by, rid }, this.#sessionsOf(room, member));
    }
    if (!member.hasEntered) return;
    const params = { rid, uid, mtime: this.#parts.now() };
    this.#parts.pushes.send('pushExitRTCRoom', params, this.#others(room, uid));
  }

  roomClosed(room: RtcRoom): void {
    this.#parts.pushes.send('pushRTCRoomClosed', { rid: room.rid }, this.#everybody(room));
  }

  commandGiven(room: RtcRoom, command: AdminCommand, uids: readonly bigint[]): void {
    this.#parts.pushes.send('pushAdminCommand', { command, uids, rid: room.rid }, this.#everybody(room));
  }

  /** The connections that a member entered with; of one that came otherwise, or not yet, all that its user has. */
  #sessionsOf(room: RtcRoom, member: RtcMember): Iterable<Session> {
    const entered = member.sessions;
    return entered.length > 0 ? entered : this.#parts.sessions.of(room.pid, member.uid);
  }

  *#everybody(room: RtcRoom): Iterable<Session> {
    for (const member of room.members.values()) yield* this.#sessionsOf(room, member);
  }

  /** Who is here, but for one. Those who were pulled and have not come yet see nothing of the room. */
  *#others(room: RtcRoom, uid: bigint): Iterable<Session> {
    for (const member of room.members.values()) {
      if (member.uid !== uid && member.hasEntered) yield* this.#sessionsOf(room, member);
    }
  }
}
