import { ADMIN_COMMANDS, type AdminCommand, type RoomSignal } from '@parley/contract';
import type { DeviceKind, RtcMember, RtcRole } from './member.ts';
import type { Timers } from './timers.ts';

export type MembershipOptions = {
  readonly uid: bigint;
  /** Whether a camera counts as open of which nothing is known yet. */
  readonly isVideo: boolean;
  readonly now: Timers['now'];
  readonly onJoined: (member: RtcMember) => void;
  readonly onLeft: (member: RtcMember) => void;
  readonly onChanged: (member: RtcMember, previous: RtcMember) => void;
};

/** The members as the server lists them. */
export type MemberList = {
  readonly uids: readonly bigint[];
  readonly administrators: readonly bigint[];
  /** 0 when there is none. */
  readonly owner: bigint;
};

/** A member of whom only signals tell is dropped after so long without one. */
export const SIGNAL_SILENCE_MS = 10_000;

type Known = {
  member: RtcMember;
  /** When the last signal came from a member that the server has not named; undefined for those it has. */
  lastSignalAt: number | undefined;
};

/**
 * Who is in a room, and what is known of them: from the list of the server, from its pushes, and from the signals of
 * members in browsers. Keeps no timer.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #known = new Map<bigint, Known>();
  readonly #administrators = new Set<bigint>();
  #owner = 0n;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  get members(): RtcMember[] {
    return [...this.#known.values()].map(({ member }) => member);
  }

  get owner(): bigint {
    return this.#owner;
  }

  find(uid: bigint): RtcMember | undefined {
    return this.#known.get(uid)?.member;
  }

  /** Takes the list of the server for the truth. Members that stay keep what is known of them. */
  reset({ uids, administrators, owner }: MemberList): void {
    this.#owner = owner;
    this.#administrators.clear();
    for (const uid of administrators) this.#administrators.add(uid);
    const present = new Set(uids);
    for (const uid of [...this.#known.keys()]) if (!present.has(uid)) this.handleLeft(uid);
    for (const uid of present) this.handleEntered(uid);
    for (const uid of present) this.#change(uid, { role: this.#roleOf(uid) });
  }

  /** The server says that somebody is in the room. */
  handleEntered(uid: bigint): void {
    const known = this.#known.get(uid);
    if (known === undefined) this.#add(uid, undefined);
    else known.lastSignalAt = undefined;
  }

  handleLeft(uid: bigint): void {
    const known = this.#known.get(uid);
    if (known === undefined) return;
    this.#known.delete(uid);
    this.#options.onLeft(known.member);
  }

  /** A member in a browser, or the server in its name, says something to the room. */
  handleSignal(from: bigint, signal: RoomSignal): void {
    const { uid, now } = this.#options;
    // What the server says in the own name repeats what was told to it.
    if (from === uid) return;
    if (signal.kind === 'leave') {
      // The server tells by a push of those it has named, and does so last.
      if (this.#known.get(from)?.lastSignalAt !== undefined) this.handleLeft(from);
      return;
    }
    const known = this.#known.get(from) ?? this.#add(from, now());
    if (known.lastSignalAt !== undefined) known.lastSignalAt = now();
    switch (signal.kind) {
      case 'enter':
      case 'heartbeat':
        this.#change(from, { isCameraOpen: signal.camera, isMicrophoneOpen: signal.microphone });
        break;
      case 'camera':
      case 'microphone':
        this.handleDevice(from, signal.kind, signal.isOpen);
        break;
    }
  }

  handleDevice(uid: bigint, device: DeviceKind, isOpen: boolean): void {
    this.#change(uid, device === 'camera' ? { isCameraOpen: isOpen } : { isMicrophoneOpen: isOpen });
  }

  /** The owner, an administrator or the back end has done something to members. */
  handleCommand(command: AdminCommand, uids: readonly bigint[]): void {
    for (const uid of uids) this.#carryOut(command, uid);
  }

  setBlocked(uid: bigint, changed: Partial<Pick<RtcMember, 'isVoiceBlocked' | 'isVideoBlocked'>>): void {
    this.#change(uid, changed);
  }

  /** Drops members of whom nothing but signals told, and who have stopped sending them. */
  dropSilent(): void {
    for (const [uid, { lastSignalAt }] of [...this.#known]) {
      if (lastSignalAt !== undefined && this.#options.now() - lastSignalAt >= SIGNAL_SILENCE_MS) this.handleLeft(uid);
    }
  }

  #carryOut(command: AdminCommand, uid: bigint): void {
    switch (command) {
      case ADMIN_COMMANDS.appointAdministrators:
      case ADMIN_COMMANDS.dismissAdministrators:
        if (command === ADMIN_COMMANDS.appointAdministrators) this.#administrators.add(uid);
        else this.#administrators.delete(uid);
        this.#change(uid, { role: this.#roleOf(uid) });
        break;
      case ADMIN_COMMANDS.forbidAudio:
      case ADMIN_COMMANDS.allowAudio:
        this.#change(uid, { isAudioForbidden: command === ADMIN_COMMANDS.forbidAudio });
        break;
      case ADMIN_COMMANDS.forbidVideo:
      case ADMIN_COMMANDS.allowVideo:
        this.#change(uid, { isVideoForbidden: command === ADMIN_COMMANDS.forbidVideo });
        break;
      case ADMIN_COMMANDS.closeMicrophone:
        this.#change(uid, { isMicrophoneOpen: false });
        break;
      case ADMIN_COMMANDS.closeCamera:
        this.#change(uid, { isCameraOpen: false });
        break;
    }
  }

  #add(uid: bigint, lastSignalAt: number | undefined): Known {
    const isOwn = uid === this.#options.uid;
    const member: RtcMember = {
      uid,
      isOwn,
      role: this.#roleOf(uid),
      // Of oneself everything is known; of others it is told with the next signal.
      isMicrophoneOpen: !isOwn,
      isCameraOpen: !isOwn && this.#options.isVideo,
      isAudioForbidden: false,
      isVideoForbidden: false,
      isVoiceBlocked: false,
      isVideoBlocked: false,
    };
    const known = { member, lastSignalAt };
    this.#known.set(uid, known);
    this.#options.onJoined(member);
    return known;
  }

  #change(uid: bigint, changes: Partial<RtcMember>): void {
    const known = this.#known.get(uid);
    if (known === undefined) return;
    const previous = known.member;
    const names = Object.keys(changes) as (keyof RtcMember)[];
    if (names.every((name) => previous[name] === changes[name])) return;
    known.member = { ...previous, ...changes };
    this.#options.onChanged(known.member, previous);
  }

  #roleOf(uid: bigint): RtcRole {
    if (uid === this.#owner) return 'owner';
    return this.#administrators.has(uid) ? 'administrator' : 'member';
  }
}
