import type { RtcRoomType } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { RtcMember } from './rtc-member.ts';

/**
 * The state of one RTC room. It lasts from the first member to the last; nothing of it is stored. Roles and what is
 * forbidden stay when a member is lost, so that nobody sheds them by a new connection.
 */
export class RtcRoom {
  readonly project: Project;
  readonly rid: bigint;
  readonly type: RtcRoomType;
  /** 0 when there is none: rooms of the server API have no owner. */
  owner: bigint;
  readonly administrators = new Set<bigint>();
  /** In the order in which they came. */
  readonly members = new Map<bigint, RtcMember>();
  /** Whether the microphone of those who enter later is open at first. */
  isMicrophoneOpen = true;
  readonly audioForbidden = new Set<bigint>();
  readonly videoForbidden = new Set<bigint>();
  /** Whose microphone was closed by command, until they open it again. */
  readonly microphoneClosed = new Set<bigint>();
  /** Whose camera was closed by command, until they open it again. */
  readonly cameraClosed = new Set<bigint>();

  constructor(options: { project: Project; rid: bigint; type: RtcRoomType; owner: bigint }) {
    this.project = options.project;
    this.rid = options.rid;
    this.type = options.type;
    this.owner = options.owner;
  }

  get pid(): number {
    return this.project.pid;
  }

  /** 2 the owner, 1 an administrator, 0 anybody else. */
  rankOf(uid: bigint): 0 | 1 | 2 {
    if (uid === this.owner) return 2;
    return this.administrators.has(uid) ? 1 : 0;
  }

  /** Whether voice of this user may be passed on. */
  mayBeHeard(uid: bigint): boolean {
    return !this.audioForbidden.has(uid) && !this.microphoneClosed.has(uid);
  }

  /** Whether video of this user may be passed on. */
  mayBeSeen(uid: bigint): boolean {
    return !this.videoForbidden.has(uid) && !this.cameraClosed.has(uid);
  }
}
