import type { ServerKey } from '@parley/fpnn/node';
import { createMediaEngine, type MediaEngine } from '@parley/media';
import type { ServerConfig } from './config/server-config.ts';
import { clientCallHandlers } from './gates/client-gate/client-call-handlers.ts';
import { clientMediaHandlers } from './gates/client-gate/client-media-handlers.ts';
import { clientRtcHandlers } from './gates/client-gate/client-rtc-handlers.ts';
import { MediaGate } from './gates/media-gate/media-gate.ts';
import { Offers } from './gates/rtc-gate/offers.ts';
import { RtcGate } from './gates/rtc-gate/rtc-gate.ts';
import type { CertificateWatch } from './gates/tls/certificate-watch.ts';
import type { ProjectDirectory } from './projects/project-directory.ts';
import type { RoomService } from './rooms/room-service.ts';
import { NoMediaEngine } from './rtc/media/no-media-engine.ts';
import { RtcMedia } from './rtc/media/rtc-media.ts';
import type { Rtc } from './rtc/rtc.ts';
import type { Timers } from './rtc/timers.ts';
import type { SessionDirectory } from './sessions/session-directory.ts';
import type { Logger } from './telemetry/logger.ts';
import { registerMediaMetrics } from './telemetry/media-metrics.ts';
import type { Metrics } from './telemetry/metrics.ts';

export type StartRtcParts = {
  config: ServerConfig;
  key: ServerKey;
  certificate: CertificateWatch;
  projects: ProjectDirectory;
  rtc: Rtc;
  rooms: RoomService;
  sessions: SessionDirectory;
  timers: Timers;
  log: Logger;
};

type Address = { host: string; port: number };

/** Voice and video: the engine with its worker processes, and the two gates that lead to it. */
export type RunningRtc = {
  readonly addresses: {
    readonly rtcGate: Address;
    readonly rtcGatePlain: Address;
    readonly mediaGate: Address;
  };
  /** What users ask about RTC on the client gate. */
  readonly clientHandlers: ReturnType<typeof clientHandlers>;
  /** Whether all workers are up; nothing on a server without any. */
  readiness(): { media?: boolean };
  registerMetrics(metrics: Metrics): void;
  stopAccepting(): Promise<void>;
  close(): Promise<void>;
};

/** Starts the workers and listens. @throws Error when a worker does not come up or a port is taken. */
export async function startRtc(parts: StartRtcParts): Promise<RunningRtc> {
  const { config, key, certificate, projects, rtc, rooms, sessions, timers, log } = parts;
  const { host, media: settings } = config;
  const { now } = timers;
  const engine = await startEngine(config, log, now);
  const media = new RtcMedia({
    engine,
    rtc,
    rooms,
    sessions,
    timers,
    log,
    settings: { hasPublicAddress: settings.publicAddress !== undefined, hasTurn: settings.turn.urls.length > 0 },
  });
  const offers = new Offers({ projects, tickets: rtc.tickets, media });
  const rtcGate = new RtcGate({ host, config: config.rtcGate, certificate, offers, log, now });
  const mediaGate = new MediaGate({ host, config: config.mediaGate, key, projects, rtc, engine, log, now });
  const close = async () => {
    await Promise.all([rtcGate.close(), mediaGate.close()]);
    await engine.close();
  };
  try {
    const web = await rtcGate.listen();
    const addresses = { rtcGate: web.tls, rtcGatePlain: web.plain, mediaGate: await mediaGate.listen() };
    return {
      addresses,
      clientHandlers: clientHandlers({ config, rtc, media, addresses, now }),
      readiness: () => (settings.workers === 0 ? {} : { media: engine.workers().every(({ isUp }) => isUp) }),
      registerMetrics: (metrics) => registerMediaMetrics(metrics, { engine, rtc, media, rtcGate, mediaGate }),
      stopAccepting: async () => {
        await Promise.all([rtcGate.stopAccepting(), mediaGate.stopAccepting()]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startEngine({ host, media }: ServerConfig, log: Logger, now: () => number): Promise<MediaEngine> {
  if (media.workers === 0) return new NoMediaEngine();
  return createMediaEngine({
    workers: media.workers,
    portBase: media.portBase,
    host,
    publicAddress: media.publicAddress,
    limits: { bitrateCapBps: media.bitrateMaxBps },
    log,
    now,
  });
}

function clientHandlers(parts: {
  config: ServerConfig;
  rtc: Rtc;
  media: RtcMedia;
  addresses: RunningRtc['addresses'];
  now: () => number;
}) {
  const { config, rtc, media, addresses, now } = parts;
  const endpointOf = (configured: string | undefined, { port }: Address) => configured ?? `${config.host}:${port}`;
  const webEndpoint = config.media.workers === 0 ? '' : endpointOf(config.rtcGate.endpoint, addresses.rtcGate);
  return {
    ...clientRtcHandlers(rtc, endpointOf(config.mediaGate.endpoint, addresses.mediaGate)),
    ...clientCallHandlers(rtc),
    ...clientMediaHandlers({ rtc, check: media.check, endpoint: webEndpoint, turn: config.media.turn, now }),
  };
}
