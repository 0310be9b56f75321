import { assertTimeout, type Logger, type ReconnectOptions, silentLogger } from '@parley/contract/sdk';
import type { EncryptionOptions } from '@parley/fpnn/node';
import { type Endpoint, parseEndpoint } from './connection/endpoint.ts';
import type { ConnectionEnd } from './connection/link.ts';

export type RtmServerClientOptions = {
  /** The project. */
  pid: number;
  /** The project's secret, which signs every call. It never travels. */
  secret: string;
  /** The server gate as `host:port`; an IPv6 address stands in brackets. */
  endpoint: string;
  /** Encrypts the connection with the service's public key. Default: plain. */
  encryption?: EncryptionOptions;
  /** How long a call waits for a connection and the answer together. Default 30000; 0 waits for ever. */
  timeoutMs?: number;
  /** For one try to connect, key exchange included. Default 10000; 0 waits for ever. */
  connectTimeoutMs?: number;
  /** How often the connection is pinged, so that it is kept and a dead one is noticed. Default 20000; 0 never. */
  keepAliveMs?: number;
  /** How a lost or refused connection is tried again. */
  reconnect?: ReconnectOptions;
  /** Called each time a connection is there. */
  onConnected?: () => void;
  /** Called each time a connection has ended, also by `close()`. */
  onClosed?: (end: ConnectionEnd) => void;
  /** Default: silent. */
  logger?: Logger;
  /** The clock in epoch milliseconds. It signs calls, so it must be right within minutes. Default `Date.now`. */
  now?: () => number;
  /** A number from 0 up to but not including 1. Default `Math.random`. */
  random?: () => number;
};

/** The options with all defaults filled in. */
export type ResolvedOptions = Required<Omit<RtmServerClientOptions, 'encryption' | 'endpoint'>> & {
  readonly endpoint: Endpoint;
  readonly encryption: EncryptionOptions | undefined;
};

const PID_MAX = 2 ** 31 - 1;

/** @throws TypeError or RangeError for an option that cannot be used. */
export function resolveOptions(options: RtmServerClientOptions): ResolvedOptions {
  const { timeoutMs = 30_000, connectTimeoutMs = 10_000, keepAliveMs = 20_000, encryption } = options;
  if (!Number.isInteger(options.pid)) throw new TypeError('pid must be an integer');
  if (options.pid < 1 || options.pid > PID_MAX) throw new RangeError(`pid must be 1..${PID_MAX}`);
  if (typeof options.secret !== 'string' || options.secret === '') throw new TypeError('secret must be a text');
  assertTimeout('timeoutMs', timeoutMs);
  assertTimeout('connectTimeoutMs', connectTimeoutMs);
  assertTimeout('keepAliveMs', keepAliveMs);
  return {
    reconnect: {},
    onConnected: () => {},
    onClosed: () => {},
    logger: silentLogger,
    now: Date.now,
    random: Math.random,
    ...options,
    endpoint: parseEndpoint(options.endpoint),
    encryption,
    timeoutMs,
    connectTimeoutMs,
    keepAliveMs,
  };
}
