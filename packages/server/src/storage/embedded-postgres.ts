import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';
import { type ClusterFolder, closeToOthers, openClusterFolder, openSocketFolder } from './embedded/cluster-folder.ts';
import { claimFolder } from './embedded/folder-owner.ts';
import { initializeCluster, ROLE } from './embedded/initialize-cluster.ts';
import { defaultSettings } from './embedded/postgres-settings.ts';
import { clientConfig, obtainPostmaster } from './embedded/postmaster.ts';
import { removeTempFolder } from './embedded/recorded-temp-folder.ts';
import { chooseRunAs } from './embedded/run-as.ts';
import { ServerLog } from './embedded/server-log.ts';
import { Supervisor } from './embedded/supervisor.ts';
import { usableBinaries } from './embedded/usable-binaries.ts';

export type EmbeddedPostgresOptions = {
  /** Folder of the database; made when missing. */
  directory: string;
  log: Logger;
  /** Settings of PostgreSQL, over ours. */
  settings?: Readonly<Record<string, string>>;
  /** A PostgreSQL installation to use, the folder that holds `bin`. Default: the one that npm installed. */
  binaries?: string;
};

/** PostgreSQL as a part of this server. */
export type EmbeddedPostgres = {
  /** For clients; names the unix socket. It stays the same when the server is started again. */
  readonly url: string;
  /** Process id of the server that runs now, or of the last one. */
  readonly pid: number;
  /** How often the server ended by itself and had to be started again. */
  readonly restarts: number;
  /** Ends it in order: running statements are broken off, everything is written. Safe to call twice. */
  stop(): Promise<void>;
};

const DATABASE = 'parley';

/**
 * Starts PostgreSQL on a folder of ours, or takes over one that outlived the process that started it. When it dies while
 * this process lives, it is started again.
 *
 * @throws Error that says why it cannot start: no binaries, folder in use, other version, or the end of its log. Then
 * nothing is left running.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') throw new Error('there is no embedded PostgreSQL on Windows; set DATABASE_URL');
  const folder = openClusterFolder(resolve(options.directory));
  const release = claimFolder(folder);
  try {
    return await startClaimed(folder, options, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function startClaimed(
  folder: ClusterFolder,
  options: EmbeddedPostgresOptions,
  release: () => void,
): Promise<EmbeddedPostgres> {
  const { log } = options;
  const settings = { ...defaultSettings(), ...options.settings };
  const runAs = await chooseRunAs(folder.root);
  closeToOthers(folder.root, runAs, 0o750);
  const binaries = await usableBinaries(folder, runAs, options.binaries);
  await initializeCluster(folder, binaries, runAs, settings['fsync'] !== 'off');
  const socketFolder = openSocketFolder(folder, runAs);
  const serverLog = new ServerLog(folder.log);
  serverLog.keepShort();
  const parts = { folder, socketFolder, binaries, runAs, settings, serverLog, log };
  const supervisor = new Supervisor({ obtain: (signal) => obtainPostmaster(parts, signal), log });
  const stop = async () => {
    await supervisor.stop();
    serverLog.close();
    removeSocketFolder(folder);
    release();
  };
  try {
    await supervisor.start();
    await createDatabase(socketFolder);
  } catch (error) {
    await stop();
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    url: `postgres://${ROLE}@localhost:5432/${DATABASE}?host=${encodeURIComponent(socketFolder)}&sslmode=disable`,
    get pid() {
      return supervisor.pid;
    },
    get restarts() {
      return supervisor.restarts;
    },
    stop: () => (stopping ??= stop()),
  };
}

async function createDatabase(socketFolder: string): Promise<void> {
  const client = new pg.Client(clientConfig(socketFolder, 'postgres'));
  client.on('error', () => {}); // The statement below fails as well, and tells.
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function removeSocketFolder({ root }: ClusterFolder): void {
  rmSync(join(root, 'socket'), { recursive: true, force: true });
  removeTempFolder(join(root, 'socket-folder'));
}
