import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ServerKey } from '@parley/fpnn/node';
import type { ServerConfig } from '../../config/server-config.ts';
import { FileLinks } from '../../files/file-links.ts';
import { FileLookup } from '../../files/file-lookup.ts';
import { FileService } from '../../files/file-service.ts';
import type { FileStore } from '../../files/file-store.ts';
import { FileSweep } from '../../files/file-sweep.ts';
import { FileTickets } from '../../files/file-tickets.ts';
import { LocalFileStore } from '../../files/local-file-store.ts';
import { S3FileStore } from '../../files/s3-file-store.ts';
import { Thumbnails } from '../../files/thumbnails.ts';
import type { MessageService } from '../../messaging/message-service.ts';
import type { SendRules } from '../../messaging/send-rules.ts';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Database } from '../../storage/database.ts';
import type { OutageRetry } from '../../storage/outage-retry.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { UserService } from '../../users/user-service.ts';
import type { ClientHandlers } from '../client-gate/client-handler.ts';
import type { Handlers } from '../server-gate/handler.ts';
import type { CertificateWatch } from '../tls/certificate-watch.ts';
import { DownloadServer } from './download-server.ts';
import { FileDestinations } from './file-destinations.ts';
import { FileGate } from './file-gate.ts';
import { FileReceiver } from './file-receiver.ts';
import { clientFileTokenHandlers, fileTokenHandlers } from './file-token-handlers.ts';

type Address = { host: string; port: number };

export type FileGateParts = {
  config: ServerConfig;
  dataDirectory: string;
  key: ServerKey;
  db: Database;
  outage: OutageRetry;
  projects: ProjectDirectory;
  sessions: SessionDirectory;
  users: UserService;
  rules: SendRules;
  messages: MessageService;
  certificate: CertificateWatch;
  log: Logger;
  now: () => number;
};

/** Everything about files that is up: the file gate, the download server, the sweep. */
export type RunningFileGate = {
  readonly addresses: { fileGate: Address; fileProxy: Address; fileProxyTls: Address; downloads: Address };
  /** For the server gate and for the client gate. */
  readonly tokenHandlers: { server: Handlers<'filetoken'>; client: ClientHandlers<'filetoken'> };
  readonly gate: FileGate;
  readonly downloads: DownloadServer;
  readonly files: FileService;
  readonly thumbnails: Thumbnails;
  readonly tickets: FileTickets;
  readonly sweep: FileSweep;
  /** Frees the ports; files and downloads in progress go on. */
  stopAccepting(): Promise<void>;
  close(): Promise<void>;
};

/** Addresses that mean every interface of this machine, and none to others. */
const WILDCARDS = ['0.0.0.0', '::'];

/** Starts all that has to do with files. What is up when it throws is closed again. */
export async function startFileGate(parts: FileGateParts): Promise<RunningFileGate> {
  const undo: (() => Promise<void>)[] = [];
  try {
    return await start(parts, undo);
  } catch (error) {
    await closeAll(undo);
    throw error;
  }
}

async function start(parts: FileGateParts, undo: (() => Promise<void>)[]): Promise<RunningFileGate> {
  const { config, db, outage, projects, sessions, users, rules, messages, log, now } = parts;
  const { host, fileGate } = config;
  const store = await openStore(parts);
  const publicHost = fileGate.publicHost ?? (WILDCARDS.includes(host) ? hostname() : host);
  const downloads = new DownloadServer({
    lookup: new FileLookup({ db, store, now }),
    connectionsMax: fileGate.downloadsMax,
    timeoutMs: fileGate.downloadTimeoutMs,
    log,
  });
  undo.push(() => downloads.close());
  const downloadAddress = await downloads.listen(host, fileGate.downloadPort);

  const links = new FileLinks(fileGate.publicUrl ?? `http://${hostAndPort(publicHost, downloadAddress.port)}`);
  const thumbnails = new Thumbnails({ log });
  const tickets = new FileTickets({ now });
  const files = new FileService({ db, store, links, thumbnails, outage, now, ...config.fileStore });
  const destinations = new FileDestinations({ rules, messages });
  const receiver = new FileReceiver({ tickets, files, destinations, sessions, users, now });
  const gate = new FileGate({
    host,
    config: fileGate,
    key: parts.key,
    certificate: parts.certificate,
    projects,
    receiver,
    log,
  });
  undo.push(() => gate.close());
  const { native, webSocket, webSocketTls } = await gate.listen();
  const endpoint = hostAndPort(publicHost, native.port);

  const sweep = new FileSweep({ db, store, log, now });
  undo.push(() => sweep.stop());
  sweep.start(config.retentionIntervalMs);
  return {
    addresses: { fileGate: native, fileProxy: webSocket, fileProxyTls: webSocketTls, downloads: downloadAddress },
    tokenHandlers: {
      server: fileTokenHandlers(tickets, endpoint),
      client: clientFileTokenHandlers(tickets, endpoint),
    },
    gate,
    downloads,
    files,
    thumbnails,
    tickets,
    sweep,
    stopAccepting: async () => {
      downloads.stopAccepting();
      await gate.stopAccepting();
    },
    close: () => closeAll(undo),
  };
}

async function closeAll(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

async function openStore({ config, dataDirectory }: FileGateParts): Promise<FileStore> {
  const { s3 } = config.fileStore;
  return s3 === undefined ? LocalFileStore.open(join(dataDirectory, 'files')) : new S3FileStore(s3);
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
