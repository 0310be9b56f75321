import type { Delivery } from '../delivery/delivery.ts';
import type { ClientGate } from '../gates/client-gate/client-gate.ts';
import type { CallAuthority } from '../gates/server-gate/call-authority.ts';
import type { ServerGate } from '../gates/server-gate/server-gate.ts';
import type { Listening } from '../listening/listening.ts';
import type { GroupCommit } from '../messaging/group-commit.ts';
import type { Rtc } from '../rtc/rtc.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { EmbeddedPostgres } from '../storage/embedded-postgres.ts';
import type { OutageRetry } from '../storage/outage-retry.ts';
import type { Metrics } from './metrics.ts';

/** Names every number that the parts keep for `/metrics`. */
export function registerServerMetrics(
  metrics: Metrics,
  parts: {
    serverGate: ServerGate;
    clientGate: ClientGate;
    sessions: SessionDirectory;
    delivery: Delivery;
    listening: Listening;
    groupCommit: GroupCommit;
    outage: OutageRetry;
    authority: CallAuthority;
    rtc: Rtc;
    postgres: EmbeddedPostgres | undefined;
  },
): void {
  const { serverGate, clientGate, sessions, delivery, listening, groupCommit, outage, authority, rtc, postgres } =
    parts;
  metrics.gauge('parley_connections', 'Open connections of the server gate', () => serverGate.connectionCount);
  metrics.gauge('parley_calls_in_progress', 'Calls being served', () => serverGate.callsInProgress);
  metrics.totals('parley_calls_total', 'Calls by method', ['method'], () => serverGate.calls.calls());
  metrics.totals('parley_refusals_total', 'Error answers by method and code', ['method', 'code'], () =>
    serverGate.calls.refusals(),
  );
  metrics.totals('parley_connections_closed_total', 'Ended connections by reason', ['reason'], () =>
    serverGate.connections.closes(),
  );
  metrics.totals('parley_violations_total', 'Broken protocol rules by reason', ['reason'], () =>
    serverGate.connections.violations(),
  );
  metrics.gauge('parley_client_connections', 'Open connections of the client gate', () => clientGate.connectionCount);
  metrics.gauge('parley_sessions', 'Connections that are logged in', () => sessions.count);
  metrics.total('parley_sessions_lost_total', 'Sessions that left a ping unanswered', () => clientGate.lostSessions);
  metrics.total(
    'parley_client_gate_full_total',
    'Times that a port of the client gate was closed for having all the connections it may have',
    () => clientGate.timesFull,
  );
  metrics.gauge('parley_listeners', 'Connections of back ends that listen', () => listening.count);
  metrics.total('parley_pushes_total', 'Messages pushed to connections', () => delivery.pushed);
  metrics.totals('parley_client_calls_total', 'Calls of clients by method', ['method'], () => clientGate.calls.calls());
  metrics.totals(
    'parley_client_refusals_total',
    'Error answers to clients by method and code',
    ['method', 'code'],
    () => clientGate.calls.refusals(),
  );
  metrics.totals('parley_client_connections_closed_total', 'Ended client connections by reason', ['reason'], () =>
    clientGate.connections.closes(),
  );
  metrics.totals('parley_client_violations_total', 'Rules broken by clients, by reason', ['reason'], () =>
    clientGate.connections.violations(),
  );
  metrics.gauge('parley_rtc_rooms', 'RTC rooms', () => rtc.rooms.count);
  metrics.gauge('parley_rtc_calls', 'Calls between two users, ringing ones too', () => rtc.calls.size);
  metrics.gauge('parley_rtc_tickets', 'Tickets for media that are good', () => rtc.tickets.size);
  metrics.total(
    'parley_rtc_signals_swallowed_total',
    'Signals of removed members that were not passed on',
    () => rtc.signals.swallowed,
  );
  metrics.gauge('parley_commit_queue', 'Messages waiting for a batch', () => groupCommit.queued);
  metrics.total('parley_commit_batches_total', 'Batches of messages written', () => groupCommit.batches);
  metrics.total('parley_outage_retries_total', 'Writes tried again since the database was away', () => outage.count);
  metrics.total(
    'parley_replays_forgotten_early_total',
    'Calls forgotten before their time',
    () => authority.replays.forgottenEarly,
  );
  if (postgres !== undefined) {
    metrics.total(
      'parley_postgres_restarts_total',
      'Times that the embedded PostgreSQL was started again',
      () => postgres.restarts,
    );
  }
}
