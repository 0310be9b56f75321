import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  type Logger,
  type ProjectSettingsInput,
  type ServerConfigInput,
  serverConfigSchema,
  silentLogger,
  startServer,
} from '@parley/server';
import { RtmServerClient } from '@parley/server-sdk';

export type StartParleyOptions = {
  /** An empty or used PostgreSQL database. Absent: an embedded one of this server's own. */
  databaseUrl?: string | undefined;
  /** The project to serve; a new one by default. */
  project?: { pid: number; secret: string };
  settings?: ProjectSettingsInput;
  config?: Omit<ServerConfigInput, 'projects' | 'databaseUrl'>;
  now?: () => number;
  log?: Logger;
};

/** A real server on free ports with one project. */
export type ParleyUnderTest = {
  readonly pid: number;
  readonly secret: string;
  readonly serverGate: Address;
  readonly clientGate: Address;
  readonly clientGateTls: Address;
  readonly fileGate: Address;
  /** The file gate for browsers. */
  readonly fileProxy: Address;
  readonly fileProxyTls: Address;
  /** HTTP, from where files are downloaded. */
  readonly downloads: Address;
  readonly admin: Address;
  readonly publicKeyFile: string;
  readonly databaseUrl: string | undefined;
  /** A new SDK client for the project; it is closed with the server. */
  client(): RtmServerClient;
  close(): Promise<void>;
};

/** Starts a server with its data in a temporary folder, which goes when it is closed. */
export async function startParley(options: StartParleyOptions = {}): Promise<ParleyUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-'));
  const { pid, secret } = options.project ?? newProject();
  const config = serverConfigSchema.parse({
    dataDirectory: directory,
    ...options.config,
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
    serverGate: { port: 0, ...options.config?.serverGate },
    clientGate: { port: 0, tlsPort: 0, ...options.config?.clientGate },
    fileGate: { port: 0, webSocketPort: 0, webSocketTlsPort: 0, downloadPort: 0, ...options.config?.fileGate },
    admin: { port: 0 },
    projects: [{ pid, secret, settings: options.settings ?? {} }],
  });
  const parts = { log: options.log ?? silentLogger, ...(options.now === undefined ? {} : { now: options.now }) };
  const server = await startServer(config, parts).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  const clients: RtmServerClient[] = [];
  const { host, port } = server.addresses.serverGate;
  return {
    pid,
    secret,
    serverGate: server.addresses.serverGate,
    clientGate: server.addresses.clientGate,
    clientGateTls: server.addresses.clientGateTls,
    fileGate: server.addresses.fileGate,
    fileProxy: server.addresses.fileProxy,
    fileProxyTls: server.addresses.fileProxyTls,
    downloads: server.addresses.downloads,
    admin: server.addresses.admin,
    publicKeyFile: server.publicKeyFile,
    databaseUrl: options.databaseUrl,
    client() {
      const client = new RtmServerClient({ pid, secret, endpoint: `${host}:${port}` });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients.splice(0)) await client.close();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function newProject(): { pid: number; secret: string } {
  const pid = randomInt(10_000_000, 100_000_000);
  return { pid, secret: `secret-${pid}` };
}
