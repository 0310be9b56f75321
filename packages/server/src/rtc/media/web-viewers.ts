import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Project } from '../../projects/project-settings.ts';
import { mediaRoomOf } from './media-names.ts';

/** A stream that a browser plays, or is about to. */
export type Watch = {
  readonly project: Project;
  readonly rid: bigint;
  /** Whose stream it is. */
  readonly target: bigint;
  /** Who may be the one who plays it: one user where that is known, none where nobody publishes from the address. */
  readonly viewers: ReadonlySet<bigint>;
  /** The engine's name of it; undefined until there is an answer. */
  player: string | undefined;
  /** It has to end as soon as it has begun. */
  isRevoked: boolean;
};

export type WatchRequest = {
  readonly project: Project;
  readonly rid: bigint;
  readonly target: bigint;
  /** Where the request came from. */
  readonly address: string;
  /** Who it says that it is by a ticket. */
  readonly viewer?: bigint | undefined;
};

/** What is known of a room: where its publishers publish from, where removed ones did, and what is played. */
type WatchedRoom = {
  readonly publishers: Map<bigint, string>;
  readonly removedFrom: Set<string>;
  readonly watches: Set<Watch>;
};

/** More than one removes from a room before it closes. */
const REMOVED_ADDRESSES_MAX = 1000;

/**
 * Who plays what. A request to play names the publisher and not the viewer; the official browser SDK publishes before it
 * plays, from the same address, so a viewer is one of those who publish from there. When several do, or none, it is
 * not known which, and whoever is removed may be any of them.
 */
export class WebViewers {
  readonly #rooms = new Map<string, WatchedRoom>();

  /** A user publishes from an address. */
  handlePublished(project: Project, rid: bigint, uid: bigint, address: string): void {
    const room = this.#room(project.pid, rid);
    room.publishers.set(uid, address);
    room.removedFrom.delete(address);
  }

  /** It does so no longer. @param isRemoved - It may not even play from there, unless somebody else does. */
  handleUnpublished(pid: number, rid: bigint, uid: bigint, isRemoved: boolean): void {
    const room = this.#rooms.get(mediaRoomOf({ pid, rid }));
    const address = room?.publishers.get(uid);
    if (room === undefined || address === undefined) return;
    room.publishers.delete(uid);
    if (isRemoved) {
      if (room.removedFrom.size >= REMOVED_ADDRESSES_MAX) room.removedFrom.delete(first(room.removedFrom)!);
      room.removedFrom.add(address);
    }
    this.#forgetIfEmpty(pid, rid, room);
  }

  /** @throws RtmError 700002 when everybody who published from this address was removed from the room. */
  begin({ project, rid, target, address, viewer }: WatchRequest): Watch {
    const room = this.#room(project.pid, rid);
    const viewers = viewer === undefined ? publishersAt(room, address, target) : new Set([viewer]);
    if (viewers.size === 0 && room.removedFrom.has(address)) {
      throw new RtmError(ERROR_CODES.notInRtcRoom, `streamurl: who plays was removed from room ${rid}`);
    }
    const watch: Watch = { project, rid, target, viewers, player: undefined, isRevoked: false };
    room.watches.add(watch);
    return watch;
  }

  end(watch: Watch): void {
    const { project, rid } = watch;
    const room = this.#rooms.get(mediaRoomOf({ pid: project.pid, rid }));
    if (room?.watches.delete(watch)) this.#forgetIfEmpty(project.pid, rid, room);
  }

  /** As `end`, by the engine's names. */
  endPlayer(roomName: string, player: string): void {
    for (const watch of this.#rooms.get(roomName)?.watches ?? []) {
      if (watch.player === player) this.end(watch);
    }
  }

  /** What a user may be playing, and what it surely plays. */
  watchesOf(pid: number, rid: bigint, uid: bigint): { certain: Watch[]; possible: Watch[] } {
    const all = this.watchesIn(pid, rid);
    const possible = all.filter(({ viewers }) => viewers.size === 0 || (viewers.size > 1 && viewers.has(uid)));
    return { certain: all.filter(({ viewers }) => viewers.size === 1 && viewers.has(uid)), possible };
  }

  /** Everything that is played in a room. */
  watchesIn(pid: number, rid: bigint): Watch[] {
    return [...(this.#rooms.get(mediaRoomOf({ pid, rid }))?.watches ?? [])];
  }

  /** Everything that was played in a room has ended. */
  forgetRoom(pid: number, rid: bigint): void {
    for (const watch of this.watchesIn(pid, rid)) {
      watch.isRevoked = true;
      this.end(watch);
    }
  }

  /** Nobody is in a room any more: who was removed from it is forgotten. */
  closeRoom(pid: number, rid: bigint): void {
    this.forgetRoom(pid, rid);
    const room = this.#rooms.get(mediaRoomOf({ pid, rid }));
    room?.removedFrom.clear();
    if (room !== undefined) this.#forgetIfEmpty(pid, rid, room);
  }

  #room(pid: number, rid: bigint): WatchedRoom {
    const name = mediaRoomOf({ pid, rid });
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { publishers: new Map(), removedFrom: new Set(), watches: new Set() };
      this.#rooms.set(name, room);
    }
    return room;
  }

  #forgetIfEmpty(pid: number, rid: bigint, { publishers, removedFrom, watches }: WatchedRoom): void {
    if (publishers.size + removedFrom.size + watches.size === 0) this.#rooms.delete(mediaRoomOf({ pid, rid }));
  }
}

/** Nobody plays itself. */
function publishersAt({ publishers }: WatchedRoom, address: string, target: bigint): Set<bigint> {
  const found = new Set<bigint>();
  for (const [uid, from] of publishers) if (from === address && uid !== target) found.add(uid);
  return found;
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const value of set) return value;
  return undefined;
}
