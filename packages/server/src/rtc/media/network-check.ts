import type { MediaEngine } from '@parley/media';
import type { RtcRoom } from '../rtc-room.ts';
import { mediaRoomOf } from './media-names.ts';
import type { WebPublishing } from './web-publishing.ts';

/** What the server sees of the media of one member. */
export type NetworkReport = {
  hasPublicAddress: boolean;
  hasTurn: boolean;
  udpPorts: number[];
  isAnswered: boolean;
  isConnected: boolean;
  audioPackets: number;
  videoPackets: number;
  players: number;
  playersConnected: number;
};

type Parts = {
  engine: MediaEngine;
  publishing: WebPublishing;
  settings: { hasPublicAddress: boolean; hasTurn: boolean };
};

/** Finds out how far the media of a member has come, for whoever looks for the reason why it does not flow. */
export class NetworkCheck {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async report(room: RtcRoom, uid: bigint): Promise<NetworkReport> {
    const { engine, publishing, settings } = this.#parts;
    const { publishers, players } = await engine.statistics(mediaRoomOf(room));
    const ofMember = publishers.filter(({ member }) => member === String(uid));
    // Beside it there may be some that were given up before they were up.
    const published = ofMember.find(({ isConnected }) => isConnected) ?? ofMember[0];
    const played = players.filter(({ viewer }) => viewer === String(uid));
    return {
      ...settings,
      udpPorts: engine.workers().flatMap(({ port }) => port ?? []),
      isAnswered: publishing.isPublishing(room, uid),
      isConnected: published?.isConnected ?? false,
      audioPackets: published?.audio.packets ?? 0,
      videoPackets: published?.video.packets ?? 0,
      players: played.length,
      playersConnected: played.filter(({ isConnected }) => isConnected).length,
    };
  }
}
