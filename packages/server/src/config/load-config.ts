import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { type ServerConfig, serverConfigSchema } from './server-config.ts';

type Source = 'text' | 'number' | 'list' | 'projects';

/** Every environment variable: the path of its setting and how its text is read. */
export const ENVIRONMENT: Record<string, { path: readonly string[]; as: Source }> = {
  PARLEY_HOST: { path: ['host'], as: 'text' },
  PARLEY_DATA: { path: ['dataDirectory'], as: 'text' },
  DATABASE_URL: { path: ['databaseUrl'], as: 'text' },
  PARLEY_LOG_LEVEL: { path: ['logLevel'], as: 'text' },
  PARLEY_DRAIN_TIMEOUT_MS: { path: ['drainTimeoutMs'], as: 'number' },
  PARLEY_SERVER_GATE_PORT: { path: ['serverGate', 'port'], as: 'number' },
  PARLEY_SERVER_GATE_PACKET_MAX_BYTES: { path: ['serverGate', 'packetMaxBytes'], as: 'number' },
  PARLEY_SERVER_GATE_IDLE_TIMEOUT_MS: { path: ['serverGate', 'idleTimeoutMs'], as: 'number' },
  PARLEY_SERVER_GATE_CONNECTIONS_MAX: { path: ['serverGate', 'connectionsMax'], as: 'number' },
  PARLEY_SERVER_GATE_OUTPUT_MAX_BYTES: { path: ['serverGate', 'outputMaxBytes'], as: 'number' },
  PARLEY_SERVER_GATE_CURVE: { path: ['serverGate', 'curve'], as: 'text' },
  PARLEY_CLIENT_GATE_PORT: { path: ['clientGate', 'port'], as: 'number' },
  PARLEY_CLIENT_GATE_TLS_PORT: { path: ['clientGate', 'tlsPort'], as: 'number' },
  PARLEY_CLIENT_GATE_CERT_FILE: { path: ['clientGate', 'certFile'], as: 'text' },
  PARLEY_CLIENT_GATE_KEY_FILE: { path: ['clientGate', 'keyFile'], as: 'text' },
  PARLEY_CLIENT_GATE_CERTIFICATE_CHECK_MS: { path: ['clientGate', 'certificateCheckMs'], as: 'number' },
  PARLEY_CLIENT_GATE_PACKET_MAX_BYTES: { path: ['clientGate', 'packetMaxBytes'], as: 'number' },
  PARLEY_CLIENT_GATE_CONNECTIONS_MAX: { path: ['clientGate', 'connectionsMax'], as: 'number' },
  PARLEY_CLIENT_GATE_OUTPUT_MAX_BYTES: { path: ['clientGate', 'outputMaxBytes'], as: 'number' },
  PARLEY_CLIENT_GATE_LOGIN_TIMEOUT_MS: { path: ['clientGate', 'loginTimeoutMs'], as: 'number' },
  PARLEY_CLIENT_GATE_PING_INTERVAL_MS: { path: ['clientGate', 'pingIntervalMs'], as: 'number' },
  PARLEY_CLIENT_GATE_PONG_TIMEOUT_MS: { path: ['clientGate', 'pongTimeoutMs'], as: 'number' },
  PARLEY_RTC_GATE_PORT: { path: ['rtcGate', 'port'], as: 'number' },
  PARLEY_RTC_GATE_PLAIN_PORT: { path: ['rtcGate', 'plainPort'], as: 'number' },
  PARLEY_RTC_GATE_ENDPOINT: { path: ['rtcGate', 'endpoint'], as: 'text' },
  PARLEY_RTC_GATE_CONNECTIONS_MAX: { path: ['rtcGate', 'connectionsMax'], as: 'number' },
  PARLEY_RTC_GATE_OFFERS_PER_MINUTE_MAX: { path: ['rtcGate', 'offersPerMinuteMax'], as: 'number' },
  PARLEY_MEDIA_GATE_PORT: { path: ['mediaGate', 'port'], as: 'number' },
  PARLEY_MEDIA_GATE_ENDPOINT: { path: ['mediaGate', 'endpoint'], as: 'text' },
  PARLEY_FILE_GATE_PORT: { path: ['fileGate', 'port'], as: 'number' },
  PARLEY_FILE_GATE_WEB_SOCKET_PORT: { path: ['fileGate', 'webSocketPort'], as: 'number' },
  PARLEY_FILE_GATE_WEB_SOCKET_TLS_PORT: { path: ['fileGate', 'webSocketTlsPort'], as: 'number' },
  PARLEY_FILE_GATE_DOWNLOAD_PORT: { path: ['fileGate', 'downloadPort'], as: 'number' },
  PARLEY_FILE_GATE_PUBLIC_HOST: { path: ['fileGate', 'publicHost'], as: 'text' },
  PARLEY_FILE_GATE_PUBLIC_URL: { path: ['fileGate', 'publicUrl'], as: 'text' },
  PARLEY_FILE_GATE_PACKET_MAX_BYTES: { path: ['fileGate', 'packetMaxBytes'], as: 'number' },
  PARLEY_FILE_GATE_PARTIAL_INPUT_MAX_BYTES: { path: ['fileGate', 'partialInputMaxBytes'], as: 'number' },
  PARLEY_FILE_GATE_CONNECTIONS_MAX: { path: ['fileGate', 'connectionsMax'], as: 'number' },
  PARLEY_FILE_GATE_IDLE_TIMEOUT_MS: { path: ['fileGate', 'idleTimeoutMs'], as: 'number' },
  PARLEY_FILE_GATE_UPLOADS_MAX: { path: ['fileGate', 'uploadsMax'], as: 'number' },
  PARLEY_FILE_GATE_DOWNLOADS_MAX: { path: ['fileGate', 'downloadsMax'], as: 'number' },
  PARLEY_FILE_GATE_DOWNLOAD_TIMEOUT_MS: { path: ['fileGate', 'downloadTimeoutMs'], as: 'number' },
  PARLEY_FILE_STORE_ORPHAN_KEEP_MS: { path: ['fileStore', 'orphanKeepMs'], as: 'number' },
  PARLEY_FILE_STORE_S3_ENDPOINT: { path: ['fileStore', 's3', 'endpoint'], as: 'text' },
  PARLEY_FILE_STORE_S3_REGION: { path: ['fileStore', 's3', 'region'], as: 'text' },
  PARLEY_FILE_STORE_S3_BUCKET: { path: ['fileStore', 's3', 'bucket'], as: 'text' },
  PARLEY_FILE_STORE_S3_PREFIX: { path: ['fileStore', 's3', 'prefix'], as: 'text' },
  PARLEY_FILE_STORE_S3_ACCESS_KEY_ID: { path: ['fileStore', 's3', 'accessKeyId'], as: 'text' },
  PARLEY_FILE_STORE_S3_SECRET_ACCESS_KEY: { path: ['fileStore', 's3', 'secretAccessKey'], as: 'text' },
  PARLEY_MEDIA_GATE_CONNECTIONS_MAX: { path: ['mediaGate', 'connectionsMax'], as: 'number' },
  PARLEY_MEDIA_WORKERS: { path: ['media', 'workers'], as: 'number' },
  PARLEY_MEDIA_PORT_BASE: { path: ['media', 'portBase'], as: 'number' },
  PARLEY_MEDIA_PUBLIC_ADDRESS: { path: ['media', 'publicAddress'], as: 'text' },
  PARLEY_MEDIA_BITRATE_MAX_BPS: { path: ['media', 'bitrateMaxBps'], as: 'number' },
  PARLEY_TURN_URLS: { path: ['media', 'turn', 'urls'], as: 'list' },
  PARLEY_TURN_SECRET: { path: ['media', 'turn', 'secret'], as: 'text' },
  PARLEY_TURN_TTL_SECONDS: { path: ['media', 'turn', 'ttlSeconds'], as: 'number' },
  PARLEY_ADMIN_PORT: { path: ['admin', 'port'], as: 'number' },
  PARLEY_DATABASE_WRITERS: { path: ['database', 'writers'], as: 'number' },
  PARLEY_DATABASE_READERS: { path: ['database', 'readers'], as: 'number' },
  PARLEY_RETENTION_INTERVAL_MS: { path: ['retentionIntervalMs'], as: 'number' },
  PARLEY_PROJECTS: { path: ['projects'], as: 'projects' },
};

/** All faults of a configuration, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type LoadConfigOptions = { argv: readonly string[]; env: Readonly<Record<string, string | undefined>> };

/**
 * Reads the configuration: defaults, then the file named by `--config` or PARLEY_CONFIG, then the environment, then
 * flags (`--data DIR`, `--host ADDRESS`).
 *
 * @throws ConfigError that lists every fault at once.
 */
export function loadConfig(options: LoadConfigOptions): ServerConfig {
  const flags = parseFlags(options.argv);
  const faults: string[] = [];
  const file = flags.config ?? options.env['PARLEY_CONFIG'];
  const raw = file === undefined ? {} : readFile(file, faults);
  for (const [name, { path, as }] of Object.entries(ENVIRONMENT)) {
    const text = options.env[name];
    if (text === undefined || text === '') continue;
    const value = readText(name, text, as, faults);
    if (value !== undefined) setPath(raw, path, value);
  }
  for (const name of Object.keys(options.env)) {
    if (name.startsWith('PARLEY_') && name !== 'PARLEY_CONFIG' && !(name in ENVIRONMENT)) {
      faults.push(`${name}: there is no such setting`);
    }
  }
  if (flags.data !== undefined) raw['dataDirectory'] = flags.data;
  if (flags.host !== undefined) raw['host'] = flags.host;

  const checked = serverConfigSchema.safeParse(raw);
  if (!checked.success) {
    for (const issue of checked.error.issues)
      faults.push(`${issue.path.join('.') || 'configuration'}: ${issue.message}`);
  }
  if (faults.length > 0) throw new ConfigError(`The configuration has faults:\n  ${faults.join('\n  ')}`);
  return checked.data as ServerConfig;
}

function parseFlags(argv: readonly string[]): { config?: string; data?: string; host?: string } {
  const options = { config: { type: 'string' }, data: { type: 'string' }, host: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function readFile(file: string, faults: string[]): Record<string, unknown> {
  try {
    const content: unknown = parseYaml(readFileSync(file, 'utf8'));
    if (content === null || content === undefined) return {};
    if (typeof content === 'object' && !Array.isArray(content)) return content as Record<string, unknown>;
    faults.push(`${file}: must hold a map of settings`);
  } catch (error) {
    faults.push(`${file}: ${(error as Error).message}`);
  }
  return {};
}

function readText(name: string, text: string, as: Source, faults: string[]): unknown {
  if (as === 'text') return text;
  if (as === 'list') return text.split(',').map((entry) => entry.trim());
  if (as === 'number') {
    if (/^\d+$/.test(text)) return Number(text);
    faults.push(`${name}: must be a whole number, not "${text}"`);
    return undefined;
  }
  return readProjects(name, text, faults);
}

/** `pid:secret[,pid:secret…]` */
function readProjects(name: string, text: string, faults: string[]): unknown[] {
  const projects: unknown[] = [];
  for (const entry of text.split(',')) {
    const match = /^\s*(\d+):(.+?)\s*$/.exec(entry);
    if (match) projects.push({ pid: Number(match[1]), secret: match[2] });
    else faults.push(`${name}: must be pid:secret[,pid:secret…]; an entry is not of that form`);
  }
  return projects;
}

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = target;
  for (const name of path.slice(0, -1)) {
    const next = node[name];
    if (typeof next === 'object' && next !== null) node = next as Record<string, unknown>;
    else node = node[name] = {};
  }
  node[path.at(-1)!] = value;
}
