import type { MediaEngine } from '@parley/media';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import { type ClientPushes, isOwnSdk, knowsRtc } from '../client-pushes.ts';
import type { RtcRooms } from '../rtc-rooms.ts';
import type { Timers } from '../timers.ts';
import type { Publication } from '../web-members.ts';
import { parseMediaRoom } from './media-names.ts';
import type { WebPublishing } from './web-publishing.ts';
import type { WebViewers } from './web-viewers.ts';

type Parts = {
  engine: MediaEngine;
  rooms: RtcRooms;
  publishing: WebPublishing;
  viewers: WebViewers;
  sessions: SessionDirectory;
  pushes: ClientPushes;
  timers: Timers;
};

/** Who has not published again by then is expected back as after any other loss. */
const REPUBLISH_MS = 10_000;

/**
 * Brings rooms back whose media worker has died: it asks those who published and played to do so again. Our own SDK gets
 * a push. The official browser SDK knows none, but publishes and enters anew after a lost connection, and whoever enters
 * is played anew by the others: so its connections are closed, without a word that would keep it from coming back.
 */
export class MediaRecovery {
  readonly #parts: Parts;
  /** Rooms that were brought back. */
  roomsLost = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.engine.on('roomsLost', (names) => {
      for (const name of names) this.#recover(name);
    });
  }

  #recover(name: string): void {
    const { publishing, viewers, timers } = this.#parts;
    const { pid, rid } = parseMediaRoom(name);
    const publications = publishing.publicationsIn(name);
    this.roomsLost += 1;
    viewers.forgetRoom(pid, rid);
    for (const publication of publications) {
      timers.after(REPUBLISH_MS, () => publishing.handleLost(publication));
    }
    this.#askAgain(pid, rid, publications);
  }

  #askAgain(pid: number, rid: bigint, publications: readonly Publication[]): void {
    const { rooms, sessions, pushes } = this.#parts;
    const uids = new Set([...publications.map(({ uid }) => uid), ...(rooms.find(pid, rid)?.members.keys() ?? [])]);
    const all: Session[] = [...uids].flatMap((uid) => [...sessions.of(pid, uid)]);
    const own = all.filter(isOwnSdk);
    pushes.send('pushRTCMediaLost', { rid }, own);
    const publishers = new Set(publications.map(({ uid }) => uid));
    for (const session of all) if (publishers.has(session.uid) && !knowsRtc(session)) session.peer.close();
  }
}
