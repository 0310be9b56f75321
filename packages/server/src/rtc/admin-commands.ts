import { ADMIN_COMMANDS, type AdminCommand, ERROR_CODES, RtmError } from '@parley/contract';
import type { RtcRoom } from './rtc-room.ts';
import type { RtcRoomEvents } from './rtc-room-events.ts';
import type { RtcRooms } from './rtc-rooms.ts';

const OWNER = 2;
const { appointAdministrators, dismissAdministrators } = ADMIN_COMMANDS;

/** What the owner, administrators and the server API do to members: roles, silence, closed devices. */
export class AdminCommands {
  readonly #rooms: RtcRooms;
  readonly #events: RtcRoomEvents;

  constructor(parts: { rooms: RtcRooms; events: RtcRoomEvents }) {
    this.#rooms = parts.rooms;
    this.#events = parts.events;
  }

  /**
   * Carries a command out on all of `uids`, or refuses it.
   *
   * @param actor - The member who gives it; absent for the server API, which may do everything.
   * @throws RtmError 700002 for somebody who is not in the room, 700007 for an actor who may not, 200032 when the room
   * would remember too many users.
   */
  run(room: RtcRoom, uids: readonly bigint[], command: AdminCommand, actor?: bigint): void {
    if (actor !== undefined) this.#requireRole(room, uids, command, actor);
    const targets = [...new Set(uids)];
    for (const uid of targets) this.#rooms.requireMember(room, uid, 'uids');
    const changed = setOf(room, command);
    const isAdded = !REMOVES.has(command);
    if (isAdded) requireSpace(room, changed, targets);
    for (const uid of targets) {
      if (isAdded) changed.add(uid);
      else changed.delete(uid);
      this.#tell(room, command, uid);
    }
    this.#events.emit('commandGiven', room, command, targets);
  }

  /**
   * A member has opened itself again what a command or the room had closed. Browsers say so by a signal; a native client
   * says nothing, its frames go on after a pause.
   */
  open(room: RtcRoom, uid: bigint, device: 'microphone' | 'camera'): void {
    const closed = device === 'microphone' ? room.microphoneClosed : room.cameraClosed;
    if (!closed.delete(uid)) return;
    this.#events.emit(device === 'microphone' ? 'microphoneOpened' : 'cameraOpened', room, uid);
  }

  /** The microphone of a member who enters a room where it is closed at first, and does not close it by itself. */
  closeMicrophone(room: RtcRoom, uid: bigint): void {
    if (room.microphoneClosed.has(uid)) return;
    room.microphoneClosed.add(uid);
    this.#events.emit('microphoneClosed', room, uid);
  }

  #requireRole(room: RtcRoom, uids: readonly bigint[], command: AdminCommand, actor: bigint): void {
    this.#rooms.requireMember(room, actor);
    const rank = room.rankOf(actor);
    if (rank === 0) refuse(`rid: user ${actor} is neither owner nor administrator of RTC room ${room.rid}`);
    if (rank === OWNER) return;
    if (command === appointAdministrators || command === dismissAdministrators) {
      refuse(`command: only the owner of RTC room ${room.rid} appoints and dismisses administrators`);
    }
    if (uids.includes(room.owner)) refuse(`uids: user ${room.owner} owns RTC room ${room.rid}`);
  }

  #tell(room: RtcRoom, command: AdminCommand, uid: bigint): void {
    switch (command) {
      case ADMIN_COMMANDS.forbidAudio:
      case ADMIN_COMMANDS.allowAudio:
        this.#events.emit('audioForbidden', room, uid, command === ADMIN_COMMANDS.forbidAudio);
        break;
      case ADMIN_COMMANDS.forbidVideo:
      case ADMIN_COMMANDS.allowVideo:
        this.#events.emit('videoForbidden', room, uid, command === ADMIN_COMMANDS.forbidVideo);
        break;
      case ADMIN_COMMANDS.closeMicrophone:
        this.#events.emit('microphoneClosed', room, uid);
        break;
      case ADMIN_COMMANDS.closeCamera:
        this.#events.emit('cameraClosed', room, uid);
        break;
    }
  }
}

const REMOVES: ReadonlySet<AdminCommand> = new Set([
  ADMIN_COMMANDS.dismissAdministrators,
  ADMIN_COMMANDS.allowAudio,
  ADMIN_COMMANDS.allowVideo,
]);

/** The users that a command is about. */
function setOf(room: RtcRoom, command: AdminCommand): Set<bigint> {
  switch (command) {
    case ADMIN_COMMANDS.appointAdministrators:
    case ADMIN_COMMANDS.dismissAdministrators:
      return room.administrators;
    case ADMIN_COMMANDS.forbidAudio:
    case ADMIN_COMMANDS.allowAudio:
      return room.audioForbidden;
    case ADMIN_COMMANDS.forbidVideo:
    case ADMIN_COMMANDS.allowVideo:
      return room.videoForbidden;
    case ADMIN_COMMANDS.closeMicrophone:
      return room.microphoneClosed;
    case ADMIN_COMMANDS.closeCamera:
      return room.cameraClosed;
  }
}

/** Members who leave stay in these sets, so that members coming and going could fill them. */
function requireSpace(room: RtcRoom, set: ReadonlySet<bigint>, added: readonly bigint[]): void {
  const max = room.project.settings.limits.rtcRoomMembersMax;
  if (set.size + added.filter((uid) => !set.has(uid)).length <= max) return;
  throw new RtmError(
    ERROR_CODES.tooManyItemsInParameters,
    `uids: RTC room ${room.rid} would remember more than ${max} users for this command`,
  );
}

function refuse(sentence: string): never {
  throw new RtmError(ERROR_CODES.rtcNotAllowed, sentence);
}
