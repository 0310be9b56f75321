import { ERROR_CODES, RTC_ROOM_TYPES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { RoomLeaveCause } from '../rooms/room-listener.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { AdminCommands } from './admin-commands.ts';
import type { RtcEntrance } from './rtc-entrance.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { LeaveReason, RtcRoomListener } from './rtc-room-events.ts';
import type { RtcRooms } from './rtc-rooms.ts';
import type { SignalFilter } from './signal-filter.ts';
import type { Timers } from './timers.ts';

/** The official browser SDK enters the RTM room right after it has published. */
const ENTER_ROOM_MS = 10_000;

/** A stream that a browser publishes, or is about to. */
export type Publication = {
  readonly project: Project;
  readonly rid: bigint;
  readonly uid: bigint;
  /** Called when it is not wanted any more: its user is no member, or did not become one in time. Called once at most. */
  readonly onEnded: () => void;
};

type Registered = Publication & {
  /** True: it lasts as long as its user is in the RTM room. False: its user entered the RTC room by a quest. */
  followsRoom: boolean;
  stopWaiting: (() => void) | undefined;
};

type Parts = {
  rooms: RtcRooms;
  entrance: RtcEntrance;
  commands: AdminCommands;
  signals: SignalFilter;
  sessions: SessionDirectory;
  isInRoom(pid: number, rid: bigint, uid: bigint): boolean;
  timers: Timers;
};

/**
 * Members who publish from a browser. The official SDK knows no RTC room: it publishes as project, room and user, and
 * enters the RTM room of that id. Both together make its user a member, and create the RTC room when there is none. Users
 * of other SDKs may enter the RTC room itself instead, before they publish or after.
 */
export class WebMembers implements RtcRoomListener {
  readonly #parts: Parts;
  /** By user, then by room: every logout asks for those of its user. */
  readonly #publications = new Map<string, Map<bigint, Registered>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What `publish` asks for, without its effect. @throws RtmError as `publish`. */
  requireMayPublish({ project, rid, uid }: Pick<Publication, 'project' | 'rid' | 'uid'>): void {
    const { rooms, entrance, sessions } = this.#parts;
    if (!sessions.isOnline(project.pid, uid)) {
      throw new RtmError(ERROR_CODES.notOnline, `streamurl: user ${uid} has no connection that is logged in`);
    }
    entrance.requireNotBanned(project, rid, uid);
    const room = rooms.find(project.pid, rid);
    if (room !== undefined) rooms.requireSpace(room, [uid]);
  }

  /**
   * A browser wants to publish; it may be no member yet, and has 10 s to become one. An older publication of the same
   * user in the room is replaced without being told to end: that is for the gate.
   *
   * @throws RtmError 200055 for a user without a connection, 200045, 700008, 700009.
   */
  publish(publication: Publication): void {
    this.requireMayPublish(publication);
    const { project, rid, uid } = publication;
    const { rooms, timers } = this.#parts;
    const member = rooms.find(project.pid, rid)?.members.get(uid);
    const older = this.#find(project.pid, rid, uid);
    const followsRoom = member === undefined || !(member.has('session') || member.has('media'));
    const registered: Registered = { ...publication, followsRoom, stopWaiting: undefined };
    older?.stopWaiting?.();
    if (!followsRoom || this.#parts.isInRoom(project.pid, rid, uid)) this.#enter(registered);
    else registered.stopWaiting = timers.after(ENTER_ROOM_MS, () => this.#end(registered));
    const ofUser = this.#publications.get(nameOf(project.pid, uid)) ?? new Map<bigint, Registered>();
    this.#publications.set(nameOf(project.pid, uid), ofUser.set(rid, registered));
    this.#parts.signals.unsilence(project.pid, rid, uid);
    // The new way first: a member without any would be expected back, or end.
    if (older !== undefined) rooms.leaveWay(older);
  }

  /** The publication has ended by itself; its user is expected back for 10 s. */
  unpublish(publication: Pick<Publication, 'project' | 'rid' | 'uid' | 'onEnded'>): void {
    const { project, rid, uid } = publication;
    const registered = this.#find(project.pid, rid, uid);
    // It may have been replaced meanwhile.
    if (registered === undefined || registered.onEnded !== publication.onEnded) return;
    this.#forget(registered);
    this.#parts.rooms.leaveWay(registered);
  }

  /** A user has come into an RTM room. */
  handleRoomEntered(pid: number, rid: bigint, uid: bigint): void {
    const registered = this.#find(pid, rid, uid);
    if (registered !== undefined) this.#handleCome(registered);
  }

  /** A user has come into an RTC room by a quest, on whichever gate; it needs no RTM room then. */
  handleRtcRoomEntered({ pid, rid }: RtcRoom, uid: bigint): void {
    const registered = this.#find(pid, rid, uid);
    if (registered === undefined) return;
    registered.followsRoom = false;
    this.#handleCome(registered);
  }

  /** A user is out of an RTM room. */
  handleRoomLeft(pid: number, rid: bigint, uid: bigint, cause: RoomLeaveCause): void {
    const registered = this.#find(pid, rid, uid);
    if (registered === undefined || !registered.followsRoom) return;
    if (cause === 'lost') this.#expectBack(registered);
    else this.#remove(registered, cause === 'left' ? 'left' : 'kicked');
  }

  /** A user may not be here any more: what it was about to publish ends as well. @param rid - Absent: in all rooms. */
  handleRemoved(pid: number, uid: bigint, reason: LeaveReason, rid?: bigint): void {
    for (const registered of this.#publicationsOf(pid, uid)) {
      if (rid === undefined || registered.rid === rid) this.#remove(registered, reason);
    }
  }

  /** A user has no connection left: without one nobody publishes. */
  handleOffline(pid: number, uid: bigint): void {
    for (const registered of this.#publicationsOf(pid, uid)) this.#expectBack(registered);
  }

  memberLeft(room: RtcRoom, { uid }: RtcMember): void {
    this.#drop(room, uid);
  }

  roomClosed(room: RtcRoom): void {
    for (const uid of room.members.keys()) this.#drop(room, uid);
  }

  #handleCome(registered: Registered): void {
    const { project, rid, uid } = registered;
    registered.stopWaiting?.();
    registered.stopWaiting = undefined;
    // Another connection of a member: what its page reports has been reported.
    if (this.#parts.rooms.find(project.pid, rid)?.members.get(uid)?.hasWay(registered)) return;
    try {
      this.#enter(registered);
    } catch (error) {
      if (!(error instanceof RtmError)) throw error;
      this.#end(registered); // The room has filled up since the publication was accepted.
    }
  }

  #enter(registered: Registered): void {
    const { project, rid, uid } = registered;
    const { rooms, commands, signals } = this.#parts;
    const room = rooms.find(project.pid, rid) ?? rooms.open(project, rid, RTC_ROOM_TYPES.video, 0n);
    const isFirst = !room.members.get(uid)?.isWeb;
    const member = rooms.enter(room, uid, registered, { kind: 'web' });
    signals.expectReport(member);
    if (isFirst && !room.isMicrophoneOpen) commands.closeMicrophone(room, uid);
  }

  /** Its user may come back with a new connection, enter the RTM room again, and publish on. */
  #expectBack(registered: Registered): void {
    const { rooms, timers } = this.#parts;
    const isMember = rooms.find(registered.project.pid, registered.rid)?.members.has(registered.uid) ?? false;
    if (isMember) rooms.leaveWay(registered);
    else registered.stopWaiting ??= timers.after(ENTER_ROOM_MS, () => this.#end(registered));
  }

  #remove(registered: Registered, reason: LeaveReason): void {
    const { project, rid, uid } = registered;
    const room = this.#parts.rooms.find(project.pid, rid);
    if (room?.members.has(uid)) this.#parts.rooms.remove(room, uid, reason);
    else this.#end(registered);
  }

  #publicationsOf(pid: number, uid: bigint): Registered[] {
    return [...(this.#publications.get(nameOf(pid, uid))?.values() ?? [])];
  }

  #drop({ pid, rid }: RtcRoom, uid: bigint): void {
    const registered = this.#find(pid, rid, uid);
    if (registered !== undefined) this.#end(registered);
  }

  #end(registered: Registered): void {
    this.#forget(registered);
    registered.onEnded();
  }

  #find(pid: number, rid: bigint, uid: bigint): Registered | undefined {
    return this.#publications.get(nameOf(pid, uid))?.get(rid);
  }

  #forget(registered: Registered): void {
    registered.stopWaiting?.();
    const name = nameOf(registered.project.pid, registered.uid);
    const ofUser = this.#publications.get(name);
    if (ofUser?.get(registered.rid) !== registered) return;
    ofUser.delete(registered.rid);
    if (ofUser.size === 0) this.#publications.delete(name);
  }
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
