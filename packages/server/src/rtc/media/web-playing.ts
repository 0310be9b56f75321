import { ERROR_CODES, RtmError } from '@parley/contract';
import type { MediaEngine } from '@parley/media';
import type { RtcRooms } from '../rtc-rooms.ts';
import { mediaAddressOf, mediaRoomOf } from './media-names.ts';
import { inTime } from './media-refusals.ts';
import type { WatchRequest, WebViewers } from './web-viewers.ts';

type Parts = {
  engine: MediaEngine;
  rooms: RtcRooms;
  viewers: WebViewers;
  /** Whether anybody is in the RTM room of this id. */
  isAnybodyIn(pid: number, rid: bigint): boolean;
};

/** What browsers play. Nobody has to publish it yet. */
export class WebPlaying {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.engine.on('playerEnded', ({ room, player }) => parts.viewers.endPlayer(room, player));
  }

  /**
   * @returns the SDP answer, within 10 s.
   * @throws RtmError 700005 when nobody is in the room, 700002 for somebody who was removed from it, and those of the
   * engine as when publishing.
   */
  async play(request: WatchRequest, sdp: string): Promise<string> {
    const { engine, viewers } = this.#parts;
    const { project, rid, target } = request;
    this.#requireRoom(project.pid, rid);
    const watch = viewers.begin(request);
    const [only] = watch.viewers.size === 1 ? watch.viewers : [];
    const viewer = only === undefined ? undefined : String(only);
    const made = engine.play({ ...mediaAddressOf({ pid: project.pid, rid }, target), viewer, offer: sdp });
    try {
      const { answer, player } = await inTime(made);
      if (watch.isRevoked) {
        throw new RtmError(ERROR_CODES.notInRtcRoom, `streamurl: who plays was removed from room ${rid} meanwhile`);
      }
      watch.player = player;
      return answer;
    } catch (error) {
      viewers.end(watch);
      made
        .then(
          ({ player }) => engine.closePlayer(mediaRoomOf({ pid: project.pid, rid }), player),
          () => undefined, // Nothing was made.
        )
        .catch(() => undefined); // Its worker is gone, and the player with it.
      throw error;
    }
  }

  #requireRoom(pid: number, rid: bigint): void {
    const { rooms, isAnybodyIn } = this.#parts;
    if (rooms.find(pid, rid) !== undefined || isAnybodyIn(pid, rid)) return;
    throw new RtmError(ERROR_CODES.rtcRoomNotFound, `streamurl: nobody is in room ${rid}`);
  }
}
