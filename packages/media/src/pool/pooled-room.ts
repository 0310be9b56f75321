import type { PlayerAddress } from '../media-engine.ts';
import { RoomPolicy } from '../room-policy.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A room while a worker has it. */
export type Assignment = {
  readonly worker: WorkerProcess;
  /** The room's number in the worker. A room that is assigned again gets a new one. */
  readonly number: number;
  readonly publishers: Set<string>;
  readonly players: Map<string, PlayerAddress>;
  /** Calls that may still make a publisher or a player. */
  pending: number;
};

/** What the engine knows of a room. */
export class PooledRoom {
  readonly name: string;
  readonly policy = new RoomPolicy();
  assignment: Assignment | undefined;

  constructor(name: string) {
    this.name = name;
  }
}

export function isIdle({ publishers, players, pending }: Assignment): boolean {
  return publishers.size === 0 && players.size === 0 && pending === 0;
}
