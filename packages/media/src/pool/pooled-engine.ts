import type {
  MediaEngine,
  MediaEngineEvents,
  MediaKind,
  MemberAddress,
  PlayRequest,
  PublishRequest,
  RoomStatistics,
  VoiceFrame,
  WorkerStatistics,
} from '../media-engine.ts';
import { MediaError } from '../media-error.ts';
import type { MediaLogger } from '../media-logger.ts';
import type { RoomRule } from '../room-policy.ts';
import type { WorkerEvent, WorkerSettings } from '../worker/protocol.ts';
import { EventHandlers } from './event-handlers.ts';
import { type Assignment, isIdle, PooledRoom } from './pooled-room.ts';
import { RoomPlacement } from './room-placement.ts';
import { WorkerProcess } from './worker-process.ts';

export type PooledEngineOptions = {
  /** One for each worker. */
  readonly workers: readonly WorkerSettings[];
  readonly log: MediaLogger;
  readonly now: () => number;
  readonly roomsMax: number;
  readonly rulesPerRoomMax: number;
  /** How long a call waits for a worker that is being restarted. */
  readonly workerWaitMs: number;
  readonly pingIntervalMs: number;
};

const VOICE_FRAME_MAX_BYTES = 1275;

/** An engine whose rooms are spread over worker processes, each room in one of them. */
export class PooledEngine implements MediaEngine {
  readonly #options: PooledEngineOptions;
  readonly #events = new EventHandlers();
  readonly #workers: WorkerProcess[];
  readonly #rooms = new Map<string, PooledRoom>();
  readonly #placement: RoomPlacement;
  readonly #waiting = new Set<() => void>();
  #playerCount = 0;
  #isClosed = false;

  constructor(options: PooledEngineOptions) {
    this.#options = options;
    const { log, now, pingIntervalMs } = options;
    this.#workers = options.workers.map((settings) => {
      const worker: WorkerProcess = new WorkerProcess(settings, {
        log,
        now,
        pingIntervalMs,
        handler: {
          handleEvent: (event) => this.#handleEvent(event),
          handleDeath: () => this.#handleDeath(worker),
          handleReady: () => {
            for (const wake of this.#waiting) wake();
          },
        },
      });
      return worker;
    });
    this.#placement = new RoomPlacement(this.#workers);
  }

  /** @throws MediaError `unavailable` when a worker does not come up. */
  async start(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#workers.map((worker) => worker.start()));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return;
    await this.close();
    throw failed.reason;
  }

  async publish({ room: name, member, offer }: PublishRequest): Promise<{ answer: string }> {
    return this.#inRoom(name, async ({ worker, number, publishers }) => {
      const answer = await worker.call('publish', { room: number, member, offer });
      publishers.add(member);
      return answer;
    });
  }

  async play({ room: name, member, offer, viewer }: PlayRequest): Promise<{ answer: string; player: string }> {
    return this.#inRoom(name, async ({ worker, number, players }) => {
      this.#playerCount += 1;
      const player = String(this.#playerCount);
      const { answer } = await worker.call('play', { room: number, member, viewer, player, offer });
      players.set(player, { room: name, member, player, viewer });
      return { answer, player };
    });
  }

  async closePublisher({ room, member }: MemberAddress): Promise<void> {
    await this.#tell(room, ({ worker, number }) => worker.call('closePublisher', { room: number, member }));
  }

  async closePlayer(room: string, player: string): Promise<void> {
    await this.#tell(room, ({ worker, number }) => worker.call('closePlayer', { room: number, player }));
  }

  async closeMember({ room, member }: MemberAddress): Promise<void> {
    await this.#tell(room, ({ worker, number }) => worker.call('closeMember', { room: number, member }));
  }

  async closeRoom(name: string): Promise<void> {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    this.#rooms.delete(name);
    await this.#tellAssigned(room, ({ worker, number }) => worker.call('closeRoom', { room: number }));
    this.#placement.unassign(room);
  }

  async setForbidden({ room, member }: MemberAddress, kind: MediaKind, isForbidden: boolean): Promise<void> {
    await this.#setRule(room, { member, kind }, isForbidden);
  }

  async setBlocked(
    { room, member, viewer }: MemberAddress & { viewer: string },
    kind: MediaKind,
    isBlocked: boolean,
  ): Promise<void> {
    await this.#setRule(room, { member, kind, viewer }, isBlocked);
  }

  async hearVoices(name: string, isWanted: boolean): Promise<void> {
    if (!isWanted && !this.#rooms.has(name)) return;
    const room = this.#room(name);
    room.policy.hearsVoices = isWanted;
    await this.#tellAssigned(room, ({ worker, number }) => worker.call('hearVoices', { room: number, isWanted }));
    this.#forgetIfEmpty(room);
  }

  sendVoice({ room, member }: MemberAddress, { data, timestampMs }: VoiceFrame): void {
    const assignment = this.#rooms.get(room)?.assignment;
    // Nobody plays anything here.
    if (assignment === undefined || assignment.players.size === 0) return;
    if (data.length === 0 || data.length > VOICE_FRAME_MAX_BYTES) return;
    assignment.worker.sendVoice(assignment.number, member, data, timestampMs);
  }

  async statistics(room: string): Promise<RoomStatistics> {
    const assignment = this.#rooms.get(room)?.assignment;
    if (assignment === undefined) return { publishers: [], players: [] };
    return assignment.worker.call('statistics', { room: assignment.number });
  }

  workers(): WorkerStatistics[] {
    return this.#workers.map((worker) => {
      const rooms = this.#placement.roomsOf(worker);
      const count = (size: (assignment: Assignment) => number) =>
        rooms.reduce((sum, { assignment }) => sum + (assignment === undefined ? 0 : size(assignment)), 0);
      return {
        pid: worker.pid,
        port: worker.port,
        isUp: worker.isUp,
        restarts: worker.restarts,
        sentPackets: worker.sentPackets,
        rooms: rooms.length,
        publishers: count(({ publishers }) => publishers.size),
        players: count(({ players }) => players.size),
      };
    });
  }

  on<Name extends keyof MediaEngineEvents>(name: Name, handler: MediaEngineEvents[Name]): void {
    this.#events.add(name, handler);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#rooms.clear();
    this.#placement.clear();
    for (const wake of this.#waiting) wake();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Runs a call that makes something in a room, which gets a worker if it has none. */
  async #inRoom<Result>(name: string, action: (assignment: Assignment) => Promise<Result>): Promise<Result> {
    if (!this.#workers.some(({ isUp }) => isUp)) await this.#waitForWorker();
    const room = this.#room(name);
    const assignment = this.#placement.assign(room);
    assignment.pending += 1;
    try {
      return await action(assignment);
    } finally {
      assignment.pending -= 1;
      this.#releaseIfIdle(room, assignment);
    }
  }

  async #setRule(name: string, rule: RoomRule, isOn: boolean): Promise<void> {
    if (!isOn && !this.#rooms.has(name)) return;
    const room = this.#room(name);
    const { rulesPerRoomMax } = this.#options;
    if (isOn && !room.policy.has(rule) && room.policy.size >= rulesPerRoomMax) {
      throw new MediaError('limit', `the room has ${rulesPerRoomMax} rules already`);
    }
    room.policy.set(rule, isOn);
    await this.#tellAssigned(room, ({ worker, number }) =>
      worker.call('setRules', { room: number, rules: [rule], isOn }),
    );
    this.#forgetIfEmpty(room);
  }

  async #tell(name: string, action: (assignment: Assignment) => Promise<unknown>): Promise<void> {
    const room = this.#rooms.get(name);
    if (room !== undefined) await this.#tellAssigned(room, action);
  }

  /** What ends or forbids media holds when the worker is gone: then nothing flows. */
  async #tellAssigned(room: PooledRoom, action: (assignment: Assignment) => Promise<unknown>): Promise<void> {
    if (room.assignment === undefined) return;
    const { worker } = room.assignment;
    try {
      await action(room.assignment);
    } catch (error) {
      if (error instanceof MediaError && error.code === 'unavailable' && !worker.isUp) return;
      throw error;
    }
  }

  #room(name: string): PooledRoom {
    if (this.#isClosed) throw new MediaError('closed', 'the media engine is closed');
    let room = this.#rooms.get(name);
    if (room === undefined) {
      const { roomsMax } = this.#options;
      if (this.#rooms.size >= roomsMax) throw new MediaError('limit', `there are ${roomsMax} rooms already`);
      room = new PooledRoom(name);
      this.#rooms.set(name, room);
    }
    return room;
  }

  async #waitForWorker(): Promise<void> {
    if (this.#isClosed) return;
    let timer: NodeJS.Timeout | undefined;
    let wake: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiting.add(wake);
      timer = setTimeout(resolve, this.#options.workerWaitMs);
    });
    clearTimeout(timer);
    this.#waiting.delete(wake);
  }

  #releaseIfIdle(room: PooledRoom, assignment: Assignment): void {
    if (room.assignment !== assignment || !isIdle(assignment)) return;
    const { worker, number } = assignment;
    // When the worker is gone, so is the room.
    worker.call('closeRoom', { room: number }).catch(() => undefined);
    this.#placement.unassign(room);
    this.#forgetIfEmpty(room);
  }

  #forgetIfEmpty(room: PooledRoom): void {
    if (room.assignment === undefined && room.policy.isEmpty && this.#rooms.get(room.name) === room) {
      this.#rooms.delete(room.name);
    }
  }

  #handleDeath(worker: WorkerProcess): void {
    const lost: string[] = [];
    for (const room of this.#placement.roomsOf(worker)) {
      const { assignment } = room;
      if (assignment !== undefined && assignment.publishers.size + assignment.players.size > 0) lost.push(room.name);
      this.#placement.unassign(room);
      this.#forgetIfEmpty(room);
    }
    if (lost.length > 0) this.#events.tell('roomsLost', lost);
  }

  #handleEvent(event: WorkerEvent): void {
    const room = this.#placement.find(event.params.room);
    const assignment = room?.assignment;
    if (room === undefined || assignment === undefined) return;
    switch (event.name) {
      case 'publisherConnected':
        this.#events.tell('publisherConnected', { room: room.name, member: event.params.member });
        break;
      case 'publisherEnded': {
        const { member, end } = event.params;
        if (end !== 'replaced') assignment.publishers.delete(member);
        this.#events.tell('publisherEnded', { room: room.name, member }, end);
        this.#releaseIfIdle(room, assignment);
        break;
      }
      case 'playerConnected': {
        const player = assignment.players.get(event.params.player);
        if (player !== undefined) this.#events.tell('playerConnected', player);
        break;
      }
      case 'playerEnded': {
        const player = assignment.players.get(event.params.player);
        assignment.players.delete(event.params.player);
        if (player !== undefined) this.#events.tell('playerEnded', player, event.params.end);
        this.#releaseIfIdle(room, assignment);
        break;
      }
      case 'levels':
        this.#events.tell('levels', room.name, event.params.levels);
        break;
      case 'activeSpeaker':
        this.#events.tell('activeSpeaker', room.name, event.params.member);
        break;
      case 'voice': {
        const { member, data } = event.params;
        const timestampMs = this.#options.now();
        this.#events.tell('voice', { room: room.name, member }, { data, timestampMs });
        break;
      }
    }
  }
}
