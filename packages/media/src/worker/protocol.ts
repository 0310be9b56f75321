import type { MediaEnd, MemberLevel, RoomStatistics } from '../media-engine.ts';
import type { MediaErrorCode } from '../media-error.ts';
import type { RoomRule } from '../room-policy.ts';

/**
 * What the engine and a worker process say to each other, over the channel of the child process with structured clones.
 * Messages arrive in the order of sending. A room has a number that is never used again, so that what is said of
 * a room that has been closed meanwhile reaches nobody.
 */

/** What a worker is told at its start, as JSON in its one argument. */
export type WorkerSettings = {
  /** UDP; 0 for a free one. */
  readonly port: number;
  readonly bindAddress: string | undefined;
  readonly publicAddress: string | undefined;
  readonly iceServers: readonly string[];
  readonly limits: WorkerLimits;
  readonly connectTimeoutMs: number;
};

export type WorkerLimits = {
  readonly publishersPerRoomMax: number;
  readonly playersPerRoomMax: number;
  readonly publishersPerWorkerMax: number;
  readonly playersPerWorkerMax: number;
  readonly bitrateFloorBps: number;
  readonly bitrateCapBps: number;
};

/** The calls a worker answers: what goes in, what comes out. */
export type WorkerCalls = {
  publish: { params: { room: number; member: string; offer: string }; result: { answer: string } };
  play: {
    params: { room: number; member: string; viewer: string | undefined; player: string; offer: string };
    result: { answer: string };
  };
  closePublisher: { params: { room: number; member: string }; result: undefined };
  closePlayer: { params: { room: number; player: string }; result: undefined };
  closeMember: { params: { room: number; member: string }; result: undefined };
  closeRoom: { params: { room: number }; result: undefined };
  setRules: { params: { room: number; rules: readonly RoomRule[]; isOn: boolean }; result: undefined };
  hearVoices: { params: { room: number; isWanted: boolean }; result: undefined };
  statistics: { params: { room: number }; result: RoomStatistics };
};

export type WorkerCallName = keyof WorkerCalls;

export type WorkerEvents = {
  publisherConnected: { room: number; member: string };
  publisherEnded: { room: number; member: string; end: MediaEnd };
  playerConnected: { room: number; player: string };
  playerEnded: { room: number; player: string; end: MediaEnd };
  levels: { room: number; levels: readonly MemberLevel[] };
  activeSpeaker: { room: number; member: string | undefined };
  voice: { room: number; member: string; data: Uint8Array };
};

export type WorkerEvent = {
  [Name in keyof WorkerEvents]: { type: 'event'; name: Name; params: WorkerEvents[Name] };
}[keyof WorkerEvents];

export type ToWorker =
  | { type: 'ping' }
  | { type: 'call'; id: number; name: WorkerCallName; params: unknown }
  | { type: 'voice'; room: number; member: string; data: Uint8Array; timestampMs: number };

export type FromWorker =
  | { type: 'ready'; port: number }
  | { type: 'pong'; sentPackets: number }
  | { type: 'answer'; id: number; result: unknown }
  | { type: 'refusal'; id: number; code: MediaErrorCode; message: string }
  | { type: 'fault'; message: string }
  | WorkerEvent;
