import { MediaError } from '../media-error.ts';
import type { Assignment, PooledRoom } from './pooled-room.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Which worker has which room. */
export class RoomPlacement {
  readonly #workers: readonly WorkerProcess[];
  /** By number. */
  readonly #rooms = new Map<number, PooledRoom>();
  #count = 0;

  constructor(workers: readonly WorkerProcess[]) {
    this.#workers = workers;
  }

  /** The room of that number, while a worker has it. */
  find(number: number): PooledRoom | undefined {
    return this.#rooms.get(number);
  }

  roomsOf(worker: WorkerProcess): PooledRoom[] {
    return [...this.#rooms.values()].filter(({ assignment }) => assignment?.worker === worker);
  }

  /**
   * Gives the room to the worker that has least to do, with everything that was set for it, unless one has it already.
   *
   * @throws MediaError `unavailable` when no worker is up.
   */
  assign(room: PooledRoom): Assignment {
    if (room.assignment !== undefined) return room.assignment;
    const worker = this.#leastLoaded();
    if (worker === undefined) throw new MediaError('unavailable', 'no media worker is up');
    this.#count += 1;
    const number = this.#count;
    room.assignment = { worker, number, publishers: new Set(), players: new Map(), pending: 0 };
    this.#rooms.set(number, room);
    const { rules, hearsVoices } = room.policy;
    const calls: Promise<undefined>[] = [];
    if (rules.length > 0) calls.push(worker.call('setRules', { room: number, rules, isOn: true }));
    if (hearsVoices) calls.push(worker.call('hearVoices', { room: number, isWanted: true }));
    // They precede every other call of the room; when the worker dies, so does the assignment.
    Promise.all(calls).catch(() => undefined);
    return room.assignment;
  }

  unassign(room: PooledRoom): void {
    if (room.assignment === undefined) return;
    this.#rooms.delete(room.assignment.number);
    room.assignment = undefined;
  }

  clear(): void {
    this.#rooms.clear();
  }

  #leastLoaded(): WorkerProcess | undefined {
    const loads = new Map<WorkerProcess, number>();
    for (const worker of this.#workers) if (worker.isUp) loads.set(worker, 0);
    for (const { assignment } of this.#rooms.values()) {
      const load = assignment === undefined ? undefined : loads.get(assignment.worker);
      if (assignment !== undefined && load !== undefined) {
        loads.set(assignment.worker, load + 1 + assignment.publishers.size + assignment.players.size);
      }
    }
    let least: WorkerProcess | undefined;
    for (const [worker, load] of loads) {
      if (least === undefined || load < loads.get(least)!) least = worker;
    }
    return least;
  }
}
