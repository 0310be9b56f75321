import type { MediaEngine, MediaKind } from '@parley/media';
import type { Logger } from '../../telemetry/logger.ts';
import type { RtcMember } from '../rtc-member.ts';
import type { RtcRoom } from '../rtc-room.ts';
import type { RtcRoomListener } from '../rtc-room-events.ts';
import { mediaAddressOf } from './media-names.ts';

/**
 * Makes the engine obey what rooms say about the media of browsers: whose voice and video is passed on, and who does not
 * want to hear whom. A rule holds from the turn in which it was given, also for media that is published later.
 */
export class MediaRules implements RtcRoomListener {
  readonly #engine: MediaEngine;
  readonly #log: Logger;
  /** What the engine was told of the wishes of a member. */
  readonly #blocked: Readonly<Record<MediaKind, WeakMap<RtcMember, Set<bigint>>>> = {
    audio: new WeakMap(),
    video: new WeakMap(),
  };

  constructor(parts: { engine: MediaEngine; log: Logger }) {
    this.#engine = parts.engine;
    this.#log = parts.log;
  }

  audioForbidden(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'audio');
  }

  microphoneClosed(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'audio');
  }

  microphoneOpened(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'audio');
  }

  videoForbidden(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'video');
  }

  cameraClosed(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'video');
  }

  cameraOpened(room: RtcRoom, uid: bigint): void {
    this.#setForbidden(room, uid, 'video');
  }

  blocksChanged(room: RtcRoom, member: RtcMember): void {
    this.#setBlocks(room, member, 'audio', member.blocked);
  }

  subscriptionsChanged(room: RtcRoom, member: RtcMember): void {
    this.#setBlocks(room, member, 'video', member.videoDeclined);
  }

  /** Devices that were closed by command are open for whoever comes again; what is forbidden stays so. */
  memberLeft(room: RtcRoom, member: RtcMember): void {
    this.#setForbidden(room, member.uid, 'audio');
    this.#setForbidden(room, member.uid, 'video');
    this.#setBlocks(room, member, 'audio', new Set());
    this.#setBlocks(room, member, 'video', new Set());
  }

  #setForbidden(room: RtcRoom, uid: bigint, kind: MediaKind): void {
    const isForbidden = !(kind === 'audio' ? room.mayBeHeard(uid) : room.mayBeSeen(uid));
    const address = mediaAddressOf(room, uid);
    this.#engine.setForbidden(address, kind, isForbidden).catch((cause: unknown) => {
      this.#log.error('media could not be forbidden; it is ended instead', { cause: String(cause) });
      if (isForbidden) this.#engine.closePublisher(address).catch(() => undefined); // Nothing flows then either.
    });
  }

  #setBlocks(room: RtcRoom, member: RtcMember, kind: MediaKind, wanted: ReadonlySet<bigint>): void {
    const told = this.#blocked[kind].get(member) ?? new Set<bigint>();
    for (const uid of told) if (!wanted.has(uid)) this.#setBlocked(room, uid, member, kind, false);
    for (const uid of wanted) if (!told.has(uid)) this.#setBlocked(room, uid, member, kind, true);
    this.#blocked[kind].set(member, new Set(wanted));
  }

  #setBlocked(room: RtcRoom, uid: bigint, viewer: RtcMember, kind: MediaKind, isBlocked: boolean): void {
    const address = { ...mediaAddressOf(room, uid), viewer: String(viewer.uid) };
    this.#engine.setBlocked(address, kind, isBlocked).catch((cause: unknown) => {
      this.#log.warn('media could not be blocked for a viewer', { cause: String(cause) });
    });
  }
}
