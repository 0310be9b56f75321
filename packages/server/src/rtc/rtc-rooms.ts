import { ERROR_CODES, type RtcRoomType, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Session } from '../sessions/session.ts';
import { RtcMember, type WayIn } from './rtc-member.ts';
import { RtcRoom } from './rtc-room.ts';
import type { LeaveReason, RtcRoomEvents } from './rtc-room-events.ts';
import type { Timers } from './timers.ts';

/** How long somebody who was pulled may take to enter. */
const ENTER_MS = 60_000;
/** How long a member whose media went away may take to come back with it. */
const RETURN_MS = 10_000;

/**
 * The RTC rooms of this process, and who is in them. A room begins with its first member and ends when it is closed or
 * when the last one has left.
 */
export class RtcRooms {
  readonly #events: RtcRoomEvents;
  readonly #timers: Timers;
  readonly #projects = new Map<number, Map<bigint, RtcRoom>>();
  readonly #roomsOfUsers = new Map<string, Set<RtcRoom>>();
  /** The member that a connection or a publication stands for. A session may stand for several. */
  readonly #places = new Map<object, Set<{ room: RtcRoom; member: RtcMember }>>();

  constructor(parts: { events: RtcRoomEvents; timers: Timers }) {
    this.#events = parts.events;
    this.#timers = parts.timers;
  }

  find(pid: number, rid: bigint): RtcRoom | undefined {
    return this.#projects.get(pid)?.get(rid);
  }

  /** @throws RtmError 700005. */
  require(pid: number, rid: bigint): RtcRoom {
    const room = this.find(pid, rid);
    if (room !== undefined) return room;
    throw new RtmError(ERROR_CODES.rtcRoomNotFound, `rid: there is no RTC room ${rid}`);
  }

  /** The rooms of a project, the oldest first. */
  list(pid: number): RtcRoom[] {
    return [...(this.#projects.get(pid)?.values() ?? [])];
  }

  /** The rooms that a user is a member of. */
  roomsOf(pid: number, uid: bigint): RtcRoom[] {
    return [...(this.#roomsOfUsers.get(nameOf(pid, uid)) ?? [])];
  }

  /** All rooms. */
  get count(): number {
    let count = 0;
    for (const rooms of this.#projects.values()) count += rooms.size;
    return count;
  }

  *all(): Iterable<RtcRoom> {
    for (const rooms of this.#projects.values()) yield* rooms.values();
  }

  /** Opens a room; somebody must enter it in the same turn. @param owner - 0 for none. @throws RtmError 700004, 700008. */
  open(project: Project, rid: bigint, type: RtcRoomType, owner: bigint): RtcRoom {
    if (this.find(project.pid, rid) !== undefined) {
      throw new RtmError(ERROR_CODES.rtcRoomExists, `rid: there is an RTC room ${rid} already`);
    }
    const rooms = this.#projects.get(project.pid) ?? new Map<bigint, RtcRoom>();
    const { rtcRoomsPerProjectMax } = project.settings.limits;
    if (rooms.size >= rtcRoomsPerProjectMax) {
      throw new RtmError(
        ERROR_CODES.rtcRoomMax,
        `rid: the project has ${rooms.size} RTC rooms; at most ${rtcRoomsPerProjectMax} are allowed`,
      );
    }
    const room = new RtcRoom({ project, rid, type, owner });
    this.#projects.set(project.pid, rooms.set(rid, room));
    this.#events.emit('roomOpened', room);
    return room;
  }

  /**
   * Makes users members at once, connected or not; who has not entered within 60 s is dropped. Who is in stays as it is. A
   * room that is missing is opened, without an owner.
   *
   * @param type - Of a new room.
   * @throws RtmError 700008, or 700009 when not all of them have room; then none is put in.
   */
  pull(project: Project, rid: bigint, type: RtcRoomType, uids: readonly bigint[]): void {
    const present = this.find(project.pid, rid);
    requireSpace(project, rid, present, uids);
    const room = present ?? this.open(project, rid, type, 0n);
    for (const uid of new Set(uids)) {
      const known = room.members.get(uid);
      const member = known ?? this.#add(room, uid);
      if (known === undefined) this.#await(room, member, ENTER_MS, 'notEntered');
      if (!member.hasEntered) this.#events.emit('memberPulled', room, member);
    }
  }

  /**
   * Somebody is here in one more way.
   *
   * @param key - What stands for the way; `leaveWay` takes it back.
   * @throws RtmError 700009 when the room is full.
   */
  enter(room: RtcRoom, uid: bigint, key: object, way: WayIn): RtcMember {
    this.requireSpace(room, [uid]);
    const member = room.members.get(uid) ?? this.#add(room, uid);
    member.stopAwaiting?.();
    member.stopAwaiting = undefined;
    member.addWay(key, way);
    const places = this.#places.get(key) ?? new Set();
    if (![...places].some((place) => place.member === member)) places.add({ room, member });
    this.#places.set(key, places);
    if (member.hasEntered) return member;
    member.hasEntered = true;
    this.#events.emit('memberEntered', room, member);
    return member;
  }

  /** @throws RtmError 700009 when not all of these users have room. */
  requireSpace(room: RtcRoom, uids: readonly bigint[]): void {
    requireSpace(room.project, room.rid, room, uids);
  }

  /**
   * A session left one room by itself. The user stays a member while another session of it is in.
   *
   * @throws RtmError 700002 for a user who is no member.
   */
  leaveWith(room: RtcRoom, session: Session): void {
    const member = this.requireMember(room, session.uid);
    for (const key of member.waysOf(session)) this.#forgetPlace(key, member);
    if (!member.has('session')) this.remove(room, session.uid, 'left');
  }

  /**
   * A media connection or a publication has ended. Who is not here otherwise is expected back for 10 s. A native client is
   * so too when only its session is left: without media it hears and says nothing.
   */
  leaveWay(key: object): void {
    for (const { room, member } of this.#places.get(key) ?? []) {
      const kind = this.#forgetPlace(key, member);
      const isMediaGone = kind === 'media' && !member.has('media') && !member.has('web');
      if (isMediaGone || !member.isHere) this.#await(room, member, RETURN_MS, 'lost');
    }
  }

  /** A session has ended, and with it the media connections that it had tickets for. */
  handleLogout(session: Session, isLast: boolean): void {
    for (const room of this.roomsOf(session.project.pid, session.uid)) {
      const member = room.members.get(session.uid)!;
      const ways = member.waysOf(session);
      for (const key of ways) this.#forgetPlace(key, member);
      if (member.has('web') || !member.hasEntered) continue;
      if (isLast || (ways.length > 0 && !member.isHere)) this.remove(room, session.uid, 'lost');
    }
  }

  /** Ends a membership, if there is one. @param by - Who removed the member. */
  remove(room: RtcRoom, uid: bigint, reason: LeaveReason, by = 0n): void {
    const member = room.members.get(uid);
    if (member === undefined) return;
    this.#forget(room, member);
    room.members.delete(uid);
    room.microphoneClosed.delete(uid);
    room.cameraClosed.delete(uid);
    if (reason !== 'lost') room.administrators.delete(uid);
    if (uid === room.owner && (reason === 'kicked' || reason === 'banned')) room.owner = 0n;
    this.#events.emit('memberLeft', room, member, reason, by);
    if (room.members.size === 0) this.close(room);
  }

  /** Ends all memberships of a user. */
  removeUser(pid: number, uid: bigint, reason: LeaveReason): void {
    for (const room of this.roomsOf(pid, uid)) this.remove(room, uid, reason);
  }

  close(room: RtcRoom): void {
    const rooms = this.#projects.get(room.pid);
    if (rooms?.get(room.rid) !== room) return;
    rooms.delete(room.rid);
    if (rooms.size === 0) this.#projects.delete(room.pid);
    for (const member of room.members.values()) this.#forget(room, member);
    this.#events.emit('roomClosed', room);
  }

  /** @throws RtmError 700002. */
  requireMember(room: RtcRoom, uid: bigint, param = 'rid'): RtcMember {
    const member = room.members.get(uid);
    if (member !== undefined) return member;
    throw new RtmError(ERROR_CODES.notInRtcRoom, `${param}: user ${uid} is not in RTC room ${room.rid}`);
  }

  #add(room: RtcRoom, uid: bigint): RtcMember {
    const member = new RtcMember(uid);
    room.members.set(uid, member);
    const name = nameOf(room.pid, uid);
    this.#roomsOfUsers.set(name, (this.#roomsOfUsers.get(name) ?? new Set()).add(room));
    return member;
  }

  #await(room: RtcRoom, member: RtcMember, timeMs: number, reason: LeaveReason): void {
    member.stopAwaiting?.();
    member.stopAwaiting = this.#timers.after(timeMs, () => this.remove(room, member.uid, reason));
  }

  /** Everything that leads to the member from outside of its room. */
  #forget(room: RtcRoom, member: RtcMember): void {
    member.stopAwaiting?.();
    const name = nameOf(room.pid, member.uid);
    const rooms = this.#roomsOfUsers.get(name);
    if (rooms?.delete(room) && rooms.size === 0) this.#roomsOfUsers.delete(name);
    for (const key of member.keys()) this.#forgetPlace(key, member, { keepsWay: true });
  }

  /** @returns the kind of the way that ended. */
  #forgetPlace(key: object, member: RtcMember, { keepsWay = false } = {}): WayIn['kind'] | undefined {
    const places = this.#places.get(key);
    for (const place of places ?? []) if (place.member === member) places?.delete(place);
    if (places?.size === 0) this.#places.delete(key);
    return keepsWay ? undefined : member.removeWay(key);
  }
}

function requireSpace(project: Project, rid: bigint, room: RtcRoom | undefined, uids: readonly bigint[]): void {
  const added = [...new Set(uids)].filter((uid) => room?.members.has(uid) !== true).length;
  const present = room?.members.size ?? 0;
  const { rtcRoomMembersMax } = project.settings.limits;
  if (added === 0 || present + added <= rtcRoomMembersMax) return;
  throw new RtmError(
    ERROR_CODES.rtcMemberMax,
    `rid: RTC room ${rid} has ${present} members and would get ${added}; at most ${rtcRoomMembersMax} are allowed`,
  );
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
