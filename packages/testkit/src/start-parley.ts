import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import {
  type Logger,
  type ProjectSettingsInput,
  type RunningServer,
  type ServerConfig,
  type ServerConfigInput,
  serverConfigSchema,
  silentLogger,
  startServer,
} from '@parley/server';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@parley/server/internal';
import { type Id, RtmServerClient } from '@parley/server-sdk';
import { DataFolder } from './data-folder.ts';

export type StartParleyOptions = {
  /** The project to serve. Default: a new one, with a number that other servers are unlikely to have. */
  project?: { pid: number; secret: string };
  /** Switches and limits of the project. Without `clientCallsPerSecondMax` tests may call as fast as they can. */
  settings?: ProjectSettingsInput;
  /** Settings of the server. Ports are free ones unless they are named here. */
  config?: Omit<ServerConfigInput, 'projects' | 'databaseUrl' | 'dataDirectory'>;
  /** Keeps the data here, also after `close`. Default: a temporary folder, which goes when it is closed. */
  dataDirectory?: string;
  /** An empty PostgreSQL database, or one that a server has used. Default: a PostgreSQL of this server's own. */
  databaseUrl?: string | undefined;
  /** The server's clock, in ms since 1970. Signatures and tokens are judged by it too. */
  now?: () => number;
  /** Default: silent. */
  log?: Logger;
};

/** A real server on free ports with one project. Each gate has its address under the name that the server gives it. */
export type ParleyUnderTest = RunningServer['addresses'] & {
  readonly pid: number;
  readonly secret: string;
  /** PEM file with the public key that clients of the server gate may encrypt with. */
  readonly publicKeyFile: string;
  /** The database, for looking at what was stored. */
  readonly databaseUrl: string;
  /** A new SDK client for the project; it is closed with the server. */
  client(): RtmServerClient;
  /** @returns a token that the user can log in with at the client gate. */
  token(uid: Id): Promise<string>;
  /** Ends the server and starts it again on the same ports and the same data. Connections break. */
  restart(): Promise<void>;
  /** Ends everything and removes the data. Safe to call twice. */
  close(): Promise<void>;
};

/** Nothing of a test must survive a power cut, and its database is small. */
const POSTGRES_SETTINGS = { fsync: 'off', full_page_writes: 'off', shared_buffers: '32MB', min_wal_size: '32MB' };

/** Starts a server with a database of its own. @throws Error when it does not start; then nothing is left of it. */
export async function startParley(options: StartParleyOptions = {}): Promise<ParleyUnderTest> {
  const folder = await DataFolder.open(options.dataDirectory);
  let postgres: EmbeddedPostgres | undefined;
  try {
    const { pid, secret } = options.project ?? newProject();
    const project = { pid, secret };
    const config = configOf(options, folder.path, project);
    const log = options.log ?? silentLogger;
    // Beside the server, so that a restart does not have to wait for it.
    if (options.databaseUrl === undefined) {
      const settings = { ...POSTGRES_SETTINGS, ...config.database.settings };
      postgres = await startEmbeddedPostgres({ directory: join(folder.path, 'postgres'), settings, log });
    }
    const databaseUrl = postgres?.url ?? options.databaseUrl!;
    const parts = { log, ...(options.now === undefined ? {} : { now: options.now }) };
    const start = (config: ServerConfig) => startServer({ ...config, databaseUrl }, parts);
    return underTest({ project, databaseUrl, config, start, server: await start(config), postgres, folder });
  } catch (error) {
    await postgres?.stop();
    await folder.close();
    throw error;
  }
}

type Parts = {
  project: { pid: number; secret: string };
  databaseUrl: string;
  config: ServerConfig;
  start: (config: ServerConfig) => Promise<RunningServer>;
  server: RunningServer;
  postgres: EmbeddedPostgres | undefined;
  folder: DataFolder;
};

function underTest(parts: Parts): ParleyUnderTest {
  const { project, databaseUrl, postgres, folder } = parts;
  const { addresses, publicKeyFile } = parts.server;
  let server: RunningServer | undefined = parts.server;
  const clients: RtmServerClient[] = [];
  let forTokens: RtmServerClient | undefined;
  const client = () => {
    const { host, port } = addresses.serverGate;
    const made = new RtmServerClient({ ...project, endpoint: `${host}:${port}` });
    clients.push(made);
    return made;
  };
  const close = async () => {
    for (const each of clients) await each.close();
    await server?.close();
    await postgres?.stop();
    await folder.close();
  };
  let closing: Promise<void> | undefined;
  return {
    ...addresses,
    ...project,
    publicKeyFile,
    databaseUrl,
    client,
    async token(uid) {
      forTokens ??= client();
      return (await forTokens.call('gettoken', { uid: BigInt(uid) })).token;
    },
    async restart() {
      const old = server;
      server = undefined;
      await old?.close();
      server = await parts.start(onPorts(parts.config, addresses));
    },
    close: () => (closing ??= close()),
  };
}

function configOf(
  { config, settings, databaseUrl }: StartParleyOptions,
  dataDirectory: string,
  project: { pid: number; secret: string },
): ServerConfig {
  const free = {
    serverGate: { port: 0 },
    clientGate: { port: 0, tlsPort: 0 },
    fileGate: { port: 0, webSocketPort: 0, webSocketTlsPort: 0, downloadPort: 0 },
    rtcGate: { port: 0, plainPort: 0 },
    mediaGate: { port: 0 },
    // Most tests need no worker process; `media: { workers: 1 }` starts one.
    media: { workers: 0, portBase: 0 },
    admin: { port: 0 },
  };
  return serverConfigSchema.parse({
    ...config,
    dataDirectory,
    databaseUrl,
    serverGate: { ...free.serverGate, ...config?.serverGate },
    clientGate: { ...free.clientGate, ...config?.clientGate },
    fileGate: { ...free.fileGate, ...config?.fileGate },
    rtcGate: { ...free.rtcGate, ...config?.rtcGate },
    mediaGate: { ...free.mediaGate, ...config?.mediaGate },
    media: { ...free.media, ...config?.media },
    admin: { ...free.admin, ...config?.admin },
    projects: [{ ...project, settings: { clientCallsPerSecondMax: 0, ...settings } }],
  });
}

/** The ports that were free ones become fixed. */
function onPorts(config: ServerConfig, addresses: RunningServer['addresses']): ServerConfig {
  const { serverGate, clientGate, clientGateTls, fileGate, fileProxy, fileProxyTls, downloads, admin } = addresses;
  const { rtcGate, rtcGatePlain, mediaGate } = addresses;
  return {
    ...config,
    serverGate: { ...config.serverGate, port: serverGate.port },
    clientGate: { ...config.clientGate, port: clientGate.port, tlsPort: clientGateTls.port },
    fileGate: {
      ...config.fileGate,
      port: fileGate.port,
      webSocketPort: fileProxy.port,
      webSocketTlsPort: fileProxyTls.port,
      downloadPort: downloads.port,
    },
    rtcGate: { ...config.rtcGate, port: rtcGate.port, plainPort: rtcGatePlain.port },
    mediaGate: { ...config.mediaGate, port: mediaGate.port },
    admin: { port: admin.port },
  };
}

function newProject(): { pid: number; secret: string } {
  const pid = randomInt(10_000_000, 100_000_000);
  return { pid, secret: `secret-${pid}` };
}
