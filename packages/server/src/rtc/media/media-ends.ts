import type { MediaEngine } from '@parley/media';
import type { Logger } from '../../telemetry/logger.ts';
import type { RtcMember } from '../rtc-member.ts';
import type { RtcRoom } from '../rtc-room.ts';
import type { LeaveReason, RtcRoomListener } from '../rtc-room-events.ts';
import { mediaAddressOf, mediaRoomOf } from './media-names.ts';
import type { ViewerRecall } from './viewer-recall.ts';
import type { WebPublishing } from './web-publishing.ts';
import type { Watch, WebViewers } from './web-viewers.ts';

type Parts = {
  engine: MediaEngine;
  publishing: WebPublishing;
  viewers: WebViewers;
  recall: ViewerRecall;
  log: Logger;
};

/** Who was removed may have pages that play on, against its wish or not. */
const REMOVED: ReadonlySet<LeaveReason> = new Set(['kicked', 'banned', 'loggedOut']);

/**
 * Ends media with memberships, in both directions, at the engine: the pages of the official browser SDK keep their
 * connections when they are told to go.
 */
export class MediaEnds implements RtcRoomListener {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  memberLeft(room: RtcRoom, { uid }: RtcMember, reason: LeaveReason): void {
    const { publishing, viewers } = this.#parts;
    const isRemoved = REMOVED.has(reason);
    const address = mediaAddressOf(room, uid);
    if (isRemoved) publishing.revoke(address);
    // Somebody who was lost may be about to publish again.
    if (isRemoved || !publishing.isAnswering(address)) this.#end((engine) => engine.closeMember(address));
    viewers.handleUnpublished(room.pid, room.rid, uid, isRemoved);
    const { certain, possible } = viewers.watchesOf(room.pid, room.rid, uid);
    this.#endAll(room, certain);
    if (isRemoved) this.#endPossible(room, possible);
  }

  roomClosed(room: RtcRoom): void {
    const { publishing, viewers } = this.#parts;
    const name = mediaRoomOf(room);
    for (const uid of room.members.keys()) publishing.revoke(mediaAddressOf(room, uid));
    for (const uid of room.members.keys()) viewers.handleUnpublished(room.pid, room.rid, uid, false);
    if (publishing.hasNewcomers(room)) this.#empty(room);
    else this.#end((engine) => engine.closeRoom(name));
    viewers.closeRoom(room.pid, room.rid);
  }

  /** Ends what there is and forgets the rules, except what belongs to those who will open the room again. */
  #empty(room: RtcRoom): void {
    for (const uid of room.members.keys()) this.#end((engine) => engine.closeMember(mediaAddressOf(room, uid)));
    for (const uid of [...room.audioForbidden, ...room.microphoneClosed]) {
      this.#end((engine) => engine.setForbidden(mediaAddressOf(room, uid), 'audio', false));
    }
    for (const uid of [...room.videoForbidden, ...room.cameraClosed]) {
      this.#end((engine) => engine.setForbidden(mediaAddressOf(room, uid), 'video', false));
    }
    this.#endAll(room, this.#parts.viewers.watchesIn(room.pid, room.rid));
  }

  /** It may be one of these: all end, and those who stay are made to play anew. */
  #endPossible(room: RtcRoom, watches: readonly Watch[]): void {
    this.#endAll(room, watches);
    this.#parts.recall.playAgain(room, new Set(watches.map(({ target }) => target)));
  }

  #endAll(room: RtcRoom, watches: readonly Watch[]): void {
    for (const watch of watches) {
      watch.isRevoked = true;
      const { player } = watch;
      if (player !== undefined) this.#end((engine) => engine.closePlayer(mediaRoomOf(room), player));
    }
  }

  #end(how: (engine: MediaEngine) => Promise<void>): void {
    how(this.#parts.engine).catch((cause: unknown) => {
      this.#parts.log.error('media was not ended', { cause: String(cause) });
    });
  }
}
