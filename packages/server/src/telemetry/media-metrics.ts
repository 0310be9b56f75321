import type { MediaEngine, WorkerStatistics } from '@parley/media';
import type { MediaGate } from '../gates/media-gate/media-gate.ts';
import type { RtcGate } from '../gates/rtc-gate/rtc-gate.ts';
import type { RtcMedia } from '../rtc/media/rtc-media.ts';
import type { Rtc } from '../rtc/rtc.ts';
import type { Metrics } from './metrics.ts';

/** Names every number about voice and video for `/metrics`. */
export function registerMediaMetrics(
  metrics: Metrics,
  parts: { engine: MediaEngine; rtc: Rtc; media: RtcMedia; rtcGate: RtcGate; mediaGate: MediaGate },
): void {
  const { engine, rtc, media, rtcGate, mediaGate } = parts;
  const sum = (value: (worker: WorkerStatistics) => number) => () =>
    engine.workers().reduce((total, worker) => total + value(worker), 0);
  metrics.gauge('parley_rtc_members', 'Members of RTC rooms', () => {
    let members = 0;
    for (const room of rtc.rooms.all()) members += room.members.size;
    return members;
  });
  metrics.gauge(
    'parley_media_workers_up',
    'Media workers that can be asked',
    sum(({ isUp }) => (isUp ? 1 : 0)),
  );
  metrics.total(
    'parley_media_worker_restarts_total',
    'Media workers started again',
    sum(({ restarts }) => restarts),
  );
  metrics.gauge(
    'parley_media_rooms',
    'Rooms with media of browsers',
    sum(({ rooms }) => rooms),
  );
  metrics.gauge(
    'parley_media_publishers',
    'Streams published from browsers',
    sum(({ publishers }) => publishers),
  );
  metrics.gauge(
    'parley_media_players',
    'Streams played in browsers',
    sum(({ players }) => players),
  );
  metrics.total(
    'parley_media_packets_sent_total',
    'Packets sent to players in browsers',
    sum(({ sentPackets }) => sentPackets),
  );
  metrics.total(
    'parley_media_rooms_lost_total',
    'Rooms brought back after the death of their worker',
    () => media.recovery.roomsLost,
  );

  metrics.gauge('parley_rtc_gate_connections', 'Open connections of the web RTC gate', () => rtcGate.connectionCount);
  registerGate(metrics, 'rtc_gate', 'web RTC gate', rtcGate);

  metrics.gauge('parley_media_gate_connections', 'Open connections of the media gate', () => mediaGate.connectionCount);
  metrics.gauge('parley_media_gate_rooms', 'RTC rooms with native members', () => mediaGate.roomCount);
  registerGate(metrics, 'media_gate', 'media gate', mediaGate);
  const { frames } = mediaGate;
  metrics.total('parley_media_frames_received_total', 'Frames of native clients', () => frames.received);
  metrics.total('parley_media_frames_sent_total', 'Frames sent to native clients', () => frames.sent);
  metrics.totals('parley_media_frames_lost_total', 'Frames that were not relayed, by reason', ['reason'], () =>
    frames.losses(),
  );
}

function registerGate(
  metrics: Metrics,
  name: string,
  title: string,
  { calls, connections }: Pick<RtcGate, 'calls' | 'connections'>,
): void {
  metrics.totals(`parley_${name}_calls_total`, `Calls on the ${title} by method`, ['method'], () => calls.calls());
  metrics.totals(
    `parley_${name}_refusals_total`,
    `Error answers of the ${title} by method and code`,
    ['method', 'code'],
    () => calls.refusals(),
  );
  metrics.totals(
    `parley_${name}_connections_closed_total`,
    `Ended connections of the ${title} by reason`,
    ['reason'],
    () => connections.closes(),
  );
  metrics.totals(`parley_${name}_violations_total`, `Protocol rules broken on the ${title} by reason`, ['reason'], () =>
    connections.violations(),
  );
}
