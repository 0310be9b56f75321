import { totalmem } from 'node:os';
import type { ClusterFolder } from './cluster-folder.ts';
import { folderMark } from './postmaster-file.ts';

const MIB = 1024 * 1024;

/**
 * Settings of an embedded server. Durability is PostgreSQL's default: a commit is on the disk before it is answered.
 * Write-ahead log files that are kept ready, and few checkpoints, spare the pauses of 50 ms in which new ones are made.
 */
export function defaultSettings(): Readonly<Record<string, string>> {
  return {
    listen_addresses: '',
    fsync: 'on',
    synchronous_commit: 'on',
    shared_buffers: `${sharedBuffersMib()}MB`,
    max_connections: '100',
    max_logical_replication_workers: '0',
    wal_compression: 'on',
    min_wal_size: '512MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // Our statements are short: planning for several processes or compiling them only costs.
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    // Details of errors hold rows, thus payloads.
    log_error_verbosity: 'terse',
  };
}

/** Arguments of the program: what was chosen, and after it, so that it counts, what finds and marks the server. */
export function settingArguments(
  settings: Readonly<Record<string, string>>,
  folder: ClusterFolder,
  socketFolder: string,
): string[] {
  const chosen = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const fixed = [
    'port=5432',
    'unix_socket_permissions=0700',
    `unix_socket_directories="${socketFolder.replaceAll('"', '""')}"`,
    folderMark(folder),
  ];
  return [...chosen, ...fixed].flatMap((setting) => ['-c', setting]);
}

/** A sixteenth of the memory, since the pages of the file system's cache serve as well. */
function sharedBuffersMib(): number {
  const limit = process.constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.round(Math.min(512, Math.max(32, total / 16 / MIB)));
}
