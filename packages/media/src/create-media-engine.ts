import type { MediaEngine } from './media-engine.ts';
import { type MediaLogger, SILENT_LOGGER } from './media-logger.ts';
import { PooledEngine } from './pool/pooled-engine.ts';
import type { WorkerLimits } from './worker/protocol.ts';

/** Limits of an engine. Each has a default. */
export type MediaLimits = WorkerLimits & {
  readonly roomsMax: number;
  /** Forbidden and blocked kinds of a room. */
  readonly rulesPerRoomMax: number;
};

export type MediaEngineOptions = {
  /** Worker processes. Default 1; a core each is of use. */
  readonly workers?: number | undefined;
  /** UDP port of the first worker; the others take those after it. 0, the default, for free ones. */
  readonly portBase?: number | undefined;
  /** Local address to bind. Default every address of the host. */
  readonly host?: string | undefined;
  /** Address under which browsers reach the host, when it is not its own. Answers offer it instead. */
  readonly publicAddress?: string | undefined;
  /** `stun:host:port`, `turn:user:password@host:port`, for the server's own side. Rarely of use. */
  readonly iceServers?: readonly string[] | undefined;
  readonly log?: MediaLogger | undefined;
  /** Clock in ms. */
  readonly now?: (() => number) | undefined;
  /** A peer must be connected by then. Default 15,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** A worker that has not answered five times is killed and started again. Default 2000. */
  readonly pingIntervalMs?: number | undefined;
  readonly limits?: Partial<MediaLimits> | undefined;
};

/** A room is carried by one worker, and one worker by one core: about 600 viewers at 1 Mbps. */
export const MEDIA_LIMITS: MediaLimits = {
  publishersPerRoomMax: 200,
  playersPerRoomMax: 2000,
  publishersPerWorkerMax: 1000,
  playersPerWorkerMax: 4000,
  bitrateFloorBps: 300_000,
  bitrateCapBps: 2_500_000,
  roomsMax: 20_000,
  rulesPerRoomMax: 20_000,
};

/** A worker is up again in far less; the rooms of one that died are to be usable within 3 s. */
const WORKER_WAIT_MS = 3000;
const CONNECT_TIMEOUT_MS = 15_000;
const PING_INTERVAL_MS = 2000;
const WORKERS_MAX = 256;
const PORT_MAX = 65_535;
const EVERY_ADDRESS = new Set(['0.0.0.0', '::', '']);

/**
 * Starts an engine and its workers.
 *
 * @throws RangeError for options out of range. @throws MediaError `unavailable` when a worker does not come up, for
 * instance because its port is in use.
 */
export async function createMediaEngine(options: MediaEngineOptions = {}): Promise<MediaEngine> {
  const { workers = 1, portBase = 0, host = '', connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
    throw new RangeError(`workers must be 1 to ${WORKERS_MAX}`);
  }
  if (!Number.isInteger(portBase) || portBase < 0 || portBase + workers - 1 > PORT_MAX) {
    throw new RangeError(`portBase must be 0 to ${PORT_MAX} with room for ${workers} workers`);
  }
  const limits = { ...MEDIA_LIMITS, ...options.limits };
  const engine = new PooledEngine({
    workers: Array.from({ length: workers }, (_, index) => ({
      port: portBase === 0 ? 0 : portBase + index,
      bindAddress: EVERY_ADDRESS.has(host) ? undefined : host,
      publicAddress: options.publicAddress,
      iceServers: options.iceServers ?? [],
      connectTimeoutMs,
      limits,
    })),
    log: options.log ?? SILENT_LOGGER,
    now: options.now ?? Date.now,
    roomsMax: limits.roomsMax,
    rulesPerRoomMax: limits.rulesPerRoomMax,
    workerWaitMs: WORKER_WAIT_MS,
    pingIntervalMs: options.pingIntervalMs ?? PING_INTERVAL_MS,
  });
  await engine.start();
  return engine;
}
