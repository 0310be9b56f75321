import { ERROR_CODES, type RtcRoomType, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Session } from '../sessions/session.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { RtcRooms } from './rtc-rooms.ts';
import type { RtcTickets } from './rtc-tickets.ts';

/** Who may not be in the RTM room of an id may not be in the RTC room of it either. */
export type RoomBans = { isBanned(project: Project, rid: bigint, uid: bigint): boolean };

/** What somebody who enters is told. */
export type Entered = { room: RtcRoom; member: RtcMember; token: string };

/** How users get into RTC rooms on the client gate and on the media gate. */
export class RtcEntrance {
  readonly #rooms: RtcRooms;
  readonly #tickets: RtcTickets;
  readonly #bans: RoomBans;
  readonly #listeners: ((room: RtcRoom, uid: bigint) => void)[] = [];

  constructor(parts: { rooms: RtcRooms; tickets: RtcTickets; bans: RoomBans }) {
    this.#rooms = parts.rooms;
    this.#tickets = parts.tickets;
    this.#bans = parts.bans;
  }

  /** @param listener - Called whenever somebody has entered, also once more. It may change rooms. */
  onEntered(listener: (room: RtcRoom, uid: bigint) => void): void {
    this.#listeners.push(listener);
  }

  /** The creator owns the room and is in it. @throws RtmError 200045, 700004, 700008. */
  create(session: Session, rid: bigint, type: RtcRoomType): Entered {
    this.requireNotBanned(session.project, rid, session.uid);
    this.#requireFewRooms(session, rid);
    return this.#enterWith(session, this.#rooms.open(session.project, rid, type, session.uid));
  }

  /** Entering again is harmless. @throws RtmError 200045, 700005, 700008, 700009. */
  enter(session: Session, rid: bigint): Entered {
    const room = this.#rooms.require(session.project.pid, rid);
    this.requireNotBanned(session.project, rid, session.uid);
    this.#requireFewRooms(session, rid);
    return this.#enterWith(session, room);
  }

  /**
   * A connection of the media gate enters with a ticket. `RtcRooms.leaveWay` takes it out again.
   *
   * @param connection - Stands for the connection from now on.
   * @throws RtmError 700005, 200045, 700001 when the ticket is not good, or no longer.
   */
  enterWithTicket(
    project: Project,
    wanted: { rid: bigint; uid: bigint; token: string },
    connection: object,
  ): { room: RtcRoom; member: RtcMember } {
    const { rid, uid, token } = wanted;
    this.#rooms.require(project.pid, rid);
    this.requireNotBanned(project, rid, uid);
    const ticket = this.#tickets.find(token, { pid: project.pid, rid, uid });
    if (ticket === undefined) {
      throw new RtmError(ERROR_CODES.rtcTryAgain, `token: not good for user ${uid} in RTC room ${rid}, or no longer`);
    }
    const { room, session } = ticket;
    const member = this.#rooms.enter(room, uid, connection, { kind: 'media', session });
    this.#tellEntered(room, uid);
    return { room, member };
  }

  /** @throws RtmError 200045. */
  requireNotBanned(project: Project, rid: bigint, uid: bigint): void {
    if (!this.#bans.isBanned(project, rid, uid)) return;
    throw new RtmError(ERROR_CODES.bannedInRoom, `rid: user ${uid} is banned in room ${rid}`);
  }

  #enterWith(session: Session, room: RtcRoom): Entered {
    const member = this.#rooms.enter(room, session.uid, session, { kind: 'session', session });
    this.#tellEntered(room, session.uid);
    return { room, member, token: this.#tickets.issue({ room, member, session }) };
  }

  #tellEntered(room: RtcRoom, uid: bigint): void {
    for (const listener of this.#listeners) listener(room, uid);
  }

  #requireFewRooms({ project, uid }: Session, rid: bigint): void {
    const rooms = this.#rooms.roomsOf(project.pid, uid);
    if (rooms.some((room) => room.rid === rid)) return;
    const { rtcRoomsPerUserMax } = project.settings.limits;
    if (rooms.length < rtcRoomsPerUserMax) return;
    throw new RtmError(
      ERROR_CODES.rtcRoomMax,
      `rid: user ${uid} is in ${rooms.length} RTC rooms; at most ${rtcRoomsPerUserMax} are allowed`,
    );
  }
}
