import { FpnnListener, type ServerKey } from '@parley/fpnn/node';
import type { MediaEngine } from '@parley/media';
import type { ServerConfig } from '../../config/server-config.ts';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import { parseMediaRoom } from '../../rtc/media/media-names.ts';
import type { Rtc } from '../../rtc/rtc.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { CallCounters } from '../server-gate/call-counters.ts';
import { ConnectionCounters } from '../server-gate/connection-counters.ts';
import { CallRelay } from './call-relay.ts';
import { FrameCounters } from './frame-counters.ts';
import { MediaConnection, type MediaGateParts } from './media-connection.ts';
import { RoomRelay } from './room-relay.ts';

export type MediaGateOptions = {
  host: string;
  config: ServerConfig['mediaGate'];
  /** Lets clients encrypt. */
  key: ServerKey;
  projects: ProjectDirectory;
  rtc: Rtc;
  engine: MediaEngine;
  log: Logger;
  now: () => number;
};

/** A video frame of the largest size that a project may allow, with its parameter sets. */
const PACKET_MAX_BYTES = 4 * 1024 * 1024;
/** Frames are dropped long before; a connection gets here only when it does not read at all. */
const OUTPUT_MAX_BYTES = 8 * 1024 * 1024;
const IDLE_TIMEOUT_MS = 60_000;

/** Where native clients send and get voice and video: one-way quests over FPNN, in rooms and in calls. */
export class MediaGate {
  readonly #listener: FpnnListener;
  readonly #roomRelay: RoomRelay;
  readonly calls = new CallCounters();
  readonly connections = new ConnectionCounters();
  readonly frames = new FrameCounters();

  constructor({ host, config, key, projects, rtc, engine, log, now }: MediaGateOptions) {
    const roomRelay = new RoomRelay({ engine, commands: rtc.commands, counters: this.frames, now });
    const callRelay = new CallRelay({ counters: this.frames, now });
    this.#roomRelay = roomRelay;
    rtc.events.listen(roomRelay);
    rtc.calls.listen(callRelay);
    engine.on('voice', ({ room: name, member: uid }, frame) => {
      const { pid, rid } = parseMediaRoom(name);
      const room = rtc.rooms.find(pid, rid);
      const member = room?.members.get(BigInt(uid));
      if (room !== undefined && member !== undefined) roomRelay.hear(room, member, frame);
    });
    const parts: MediaGateParts = {
      projects,
      rtc,
      roomRelay,
      callRelay,
      calls: this.calls,
      frames: this.frames,
      log,
      now,
    };
    this.#listener = new FpnnListener({
      host,
      port: config.port,
      encryption: key,
      packetMaxBytes: PACKET_MAX_BYTES,
      outputMaxBytes: OUTPUT_MAX_BYTES,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      connectionsMax: config.connectionsMax,
      onConnection: (connection) => new MediaConnection(parts, connection),
      onViolation: (reason) => this.connections.countViolation(reason),
      onClosed: (reason) => this.connections.countClose(reason),
      onError: (error) => log.error('the media gate failed on a connection', { cause: String(error) }),
    });
  }

  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  /** Rooms with native members. */
  get roomCount(): number {
    return this.#roomRelay.roomCount;
  }

  listen(): Promise<{ host: string; port: number }> {
    return this.#listener.listen();
  }

  stopAccepting(): Promise<void> {
    return this.#listener.stopAccepting();
  }

  close(): Promise<void> {
    return this.#listener.close();
  }
}
