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
  readonly admin: Address;
  readonly rtcGate: Address;
  /** The same without TLS. */
  readonly rtcGatePlain: Address;
  readonly mediaGate: Address;
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
    rtcGate: { port: 0, plainPort: 0, ...options.config?.rtcGate },
    mediaGate: { port: 0, ...options.config?.mediaGate },
    // Most tests need no worker process; `media: { workers: 1 }` starts one.
    media: { workers: 0, portBase: 0, ...options.config?.media },
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
    admin: server.addresses.admin,
    rtcGate: server.addresses.rtcGate,
    rtcGatePlain: server.addresses.rtcGatePlain!,
    mediaGate: server.addresses.mediaGate,
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
