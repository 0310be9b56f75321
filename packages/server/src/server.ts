import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AdminServer } from './admin/admin-server.ts';
import { Bans } from './bans/bans.ts';
import { MemoryBus } from './bus/memory-bus.ts';
import type { ServerConfig } from './config/server-config.ts';
import { Delivery } from './delivery/delivery.ts';
import { DeviceService } from './devices/device-service.ts';
import { BlacklistService } from './friends/blacklist-service.ts';
import { FriendService } from './friends/friend-service.ts';
import { ClientGate } from './gates/client-gate/client-gate.ts';
import { clientHandlers } from './gates/client-gate/client-handlers.ts';
import { Login } from './gates/client-gate/login.ts';
import { SessionEntry } from './gates/client-gate/session-entry.ts';
import { startFileGate } from './gates/file-gate/start-file-gate.ts';
import { CallAuthority } from './gates/server-gate/call-authority.ts';
import { ServerGate } from './gates/server-gate/server-gate.ts';
import { serverHandlers } from './gates/server-gate/server-handlers.ts';
import { loadServerKey } from './gates/server-gate/server-key-file.ts';
import { CertificateWatch } from './gates/tls/certificate-watch.ts';
import { GroupService } from './groups/group-service.ts';
import { ConversationService } from './history/conversation-service.ts';
import { HistoryService } from './history/history-service.ts';
import { ReadMarks } from './history/read-marks.ts';
import { Listening } from './listening/listening.ts';
import { GroupCommit } from './messaging/group-commit.ts';
import { MessageChanges } from './messaging/message-changes.ts';
import { MessageClearing } from './messaging/message-clearing.ts';
import { MessageService } from './messaging/message-service.ts';
import { SendRules } from './messaging/send-rules.ts';
import { UnsavedMessages } from './messaging/unsaved-messages.ts';
import { WriteClock } from './messaging/write-clock.ts';
import { ProjectDirectory } from './projects/project-directory.ts';
import type { Project } from './projects/project-settings.ts';
import { RoomPresence } from './rooms/room-presence.ts';
import { RoomService } from './rooms/room-service.ts';
import { Rtc } from './rtc/rtc.ts';
import { processTimers } from './rtc/timers.ts';
import { Audiences } from './sessions/audiences.ts';
import { SessionDirectory } from './sessions/session-directory.ts';
import { startRtc } from './start-rtc.ts';
import { ConversationDirectory } from './storage/conversation-directory.ts';
import { HistoryReader } from './storage/history-reader.ts';
import { writeMessages } from './storage/message-writer.ts';
import { openDatabase } from './storage/open-database.ts';
import { OutageRetry } from './storage/outage-retry.ts';
import { Retention } from './storage/retention.ts';
import { registerFileMetrics } from './telemetry/file-metrics.ts';
import type { Logger } from './telemetry/logger.ts';
import { Metrics } from './telemetry/metrics.ts';
import { registerServerMetrics } from './telemetry/server-metrics.ts';
import { UserDataService } from './user-data/user-data-service.ts';
import { LoginTokens } from './users/login-tokens.ts';
import { UserService } from './users/user-service.ts';

export type Address = { host: string; port: number };

/** A server that is up. */
export type RunningServer = {
  readonly addresses: {
    serverGate: Address;
    clientGate: Address;
    clientGateTls: Address;
    /** `fileProxy` and `fileProxyTls` are the file gate for browsers; `downloads` is HTTP. */
    fileGate: Address;
    fileProxy: Address;
    fileProxyTls: Address;
    downloads: Address;
    /** Offers of browsers: over TLS, and without. */
    rtcGate: Address;
    rtcGatePlain: Address;
    mediaGate: Address;
    admin: Address;
  };
  readonly projects: readonly Project[];
  /** PEM file with the public key that clients of the server gate may encrypt with. */
  readonly publicKeyFile: string;
  /** Stops accepting, finishes the calls in progress, then closes everything. Safe to call twice. */
  close(): Promise<void>;
};

export type ServerParts = { log: Logger; now?: () => number };

/** Starts every part in order and wires them; the only place that knows all of them. */
export async function startServer(config: ServerConfig, parts: ServerParts): Promise<RunningServer> {
  const undo: (() => Promise<void>)[] = [];
  const rollback = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(config, { now: Date.now, ...parts }, undo, rollback);
  } catch (error) {
    await rollback();
    throw error;
  }
}

async function start(
  config: ServerConfig,
  { log, now }: Required<ServerParts>,
  undo: (() => Promise<void>)[],
  rollback: () => Promise<void>,
): Promise<RunningServer> {
  const dataDirectory = resolve(config.dataDirectory);
  const keys = join(dataDirectory, 'keys');
  const { key, publicKeyFile } = loadServerKey(keys, config.serverGate.curve);
  const certificate = await CertificateWatch.open({
    place: { directory: keys, ...config.clientGate },
    intervalMs: config.clientGate.certificateCheckMs,
    log,
    now,
  });

  const { db, postgres } = await openDatabase(config, dataDirectory, log, undo);
  const projects = await ProjectDirectory.open(db, config.projects);
  const bans = await Bans.open(db, now);

  const sessions = new SessionDirectory();
  const audiences = new Audiences();
  const conversations = new ConversationDirectory(db);
  const groups = new GroupService({ db, sessions, audiences, bans: bans.group });
  const rooms = new RoomService({ db, bans: bans.room, presence: new RoomPresence({ sessions, audiences }) });
  const users = new UserService({ db, bans, sessions });
  const friends = new FriendService({ db });
  const blacklists = new BlacklistService({ db });
  const tokens = new LoginTokens({ db, now });
  const rules = new SendRules({ users, friends, blacklists, groups, rooms });
  const outage = new OutageRetry({ now, delay });
  const clock = new WriteClock(now);
  const groupCommit = new GroupCommit({ write: (batch) => clock.run((at) => writeMessages(db, batch, at)), outage });
  const bus = new MemoryBus();
  const delivery = new Delivery({ bus, sessions, audiences, now });
  const endpoint = `${config.host}:${config.clientGate.port}`;
  const listening = new Listening({ bus, sessions, endpoint, now });
  listening.start();
  undo.push(async () => listening.stop());
  const timers = processTimers(now);
  const rtc = new Rtc({ sessions, delivery, rooms, users, rules, timers });
  undo.push(async () => rtc.close());
  const unsaved = new UnsavedMessages(now);
  const { signals } = rtc;
  const messages = new MessageService({
    db,
    conversations,
    groupCommit,
    outage,
    unsaved,
    rules,
    delivery,
    signals,
    clock,
    now,
  });
  const changes = new MessageChanges({ db, conversations, now });
  const history = new HistoryService({ db, conversations, reader: new HistoryReader(db, { now }), now });
  const marks = new ReadMarks({ db, clock, outage, sessions, log });
  undo.push(() => marks.idle());

  const policies = () => projects.list().map(({ pid, settings }) => ({ project: pid, ...settings.retention }));
  const retention = new Retention(db, { now, log, policies });
  retention.start(config.retentionIntervalMs);
  undo.push(() => retention.stop());

  const purge = setInterval(() => {
    bans.purge().catch((error: unknown) => log.warn('ended bans were not purged', { cause: String(error) }));
  }, config.retentionIntervalMs);
  undo.push(async () => clearInterval(purge));

  const shared = {
    config,
    dataDirectory,
    key,
    certificate,
    db,
    outage,
    projects,
    sessions,
    users,
    rules,
    messages,
    log,
    now,
  };
  const files = await startFileGate(shared);
  undo.push(() => files.close());

  const authority = new CallAuthority({ projects, now });
  const subjects = {
    messages,
    changes,
    history,
    rooms,
    groups,
    users,
    friends,
    blacklists,
    tokens,
    rtc,
    clearing: new MessageClearing({ db }),
    conversations: new ConversationService({ db, conversations, groups, marks }),
    userData: new UserDataService({ db }),
    devices: new DeviceService({ db }),
  };
  const handlers = serverHandlers(subjects);
  const serverGate = new ServerGate({
    host: config.host,
    config: config.serverGate,
    key,
    authority,
    listening,
    handlers: { ...handlers, ...files.tokenHandlers.server },
    log,
  });

  const media = await startRtc({ config, key, certificate, projects, rtc, rooms, sessions, timers, log });
  undo.push(() => media.close());
  const clientGate = new ClientGate({
    host: config.host,
    config: config.clientGate,
    key,
    certificate,
    sessions,
    login: new Login({ projects, tokens, users, now }),
    entry: new SessionEntry({ sessions, groups, rooms, log }),
    handlers: {
      ...clientHandlers(subjects, { server: handlers, sessions, clock, log, now }),
      ...files.tokenHandlers.client,
      ...media.clientHandlers,
    },
    log,
    now,
  });

  let isAccepting = true;
  const metrics = new Metrics();
  registerServerMetrics(metrics, {
    serverGate,
    clientGate,
    sessions,
    delivery,
    listening,
    groupCommit,
    outage,
    authority,
    rtc,
    postgres,
  });
  registerFileMetrics(metrics, files);
  media.registerMetrics(metrics);
  const admin = new AdminServer({
    readiness: () => ({ database: db.isReady, ...media.readiness(), accepting: isAccepting }),
    metrics,
  });
  undo.push(() => admin.close());
  const adminAddress = await admin.listen(config.host, config.admin.port);
  undo.push(() => serverGate.close());
  const serverGateAddress = await serverGate.listen();
  undo.push(() => clientGate.close());
  certificate.start();
  undo.push(async () => certificate.stop());
  const clientGateAddress = await clientGate.listen();

  let closing: Promise<void> | undefined;
  const close = async () => {
    isAccepting = false;
    await Promise.all([
      serverGate.stopAccepting(),
      clientGate.stopAccepting(),
      files.stopAccepting(),
      media.stopAccepting(),
    ]);
    const timeUp = new AbortController();
    await Promise.race([
      Promise.all([serverGate.idle(), files.gate.idle(), groupCommit.idle()]),
      delay(config.drainTimeoutMs, undefined, { signal: timeUp.signal, ref: false }).catch(() => undefined),
    ]);
    timeUp.abort();
    await rollback();
  };
  return {
    addresses: {
      serverGate: serverGateAddress,
      clientGate: clientGateAddress.plain,
      clientGateTls: clientGateAddress.tls,
      ...files.addresses,
      admin: adminAddress,
      ...media.addresses,
    },
    projects: projects.list(),
    publicKeyFile,
    close: () => (closing ??= close()),
  };
}
