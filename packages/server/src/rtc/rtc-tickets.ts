import type { Session } from '../sessions/session.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { RtcRoomListener } from './rtc-room-events.ts';

/** What a ticket of the media gate stands for. */
export type RtcTicket = {
  readonly room: RtcRoom;
  readonly member: RtcMember;
  /** Who asked for it; absent for somebody who was pulled. */
  readonly session: Session | undefined;
};

/**
 * Tickets for media: opaque, bound to project, user and room. One is good as long as the membership that it was issued
 * for, so it serves again after a media connection was lost, and dies with a kick. There is at most one per member and
 * session.
 */
export class RtcTickets implements RtcRoomListener {
  readonly #randomBytes: (size: number) => Buffer;
  readonly #tickets = new Map<string, RtcTicket>();
  readonly #tokens = new Map<RtcMember, Map<Session | undefined, string>>();

  constructor(randomBytes: (size: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** The ticket of a member; the same one each time. */
  issue(ticket: RtcTicket): string {
    const { member, session } = ticket;
    const tokens = this.#tokens.get(member) ?? new Map<Session | undefined, string>();
    const issued = tokens.get(session);
    if (issued !== undefined) return issued;
    const token = this.#randomBytes(24).toString('base64url');
    this.#tokens.set(member, tokens.set(session, token));
    this.#tickets.set(token, ticket);
    return token;
  }

  /** What a token is good for, if it is for this room and user. @param wanted.uid - Absent: whoever it was issued for. */
  find(token: string, wanted: { pid: number; rid: bigint; uid?: bigint }): RtcTicket | undefined {
    const ticket = this.#tickets.get(token);
    if (ticket === undefined) return undefined;
    const { room, member } = ticket;
    const { uid = member.uid } = wanted;
    return room.pid === wanted.pid && room.rid === wanted.rid && member.uid === uid ? ticket : undefined;
  }

  memberLeft(_room: RtcRoom, member: RtcMember): void {
    this.#revoke(member);
  }

  roomClosed(room: RtcRoom): void {
    for (const member of room.members.values()) this.#revoke(member);
  }

  /** Those of a session that has ended. */
  forget(session: Session, rooms: readonly RtcRoom[]): void {
    for (const room of rooms) {
      const tokens = this.#tokens.get(room.members.get(session.uid)!);
      const token = tokens?.get(session);
      if (token === undefined) continue;
      tokens?.delete(session);
      this.#tickets.delete(token);
    }
  }

  #revoke(member: RtcMember): void {
    for (const token of this.#tokens.get(member)?.values() ?? []) this.#tickets.delete(token);
    this.#tokens.delete(member);
  }
}
