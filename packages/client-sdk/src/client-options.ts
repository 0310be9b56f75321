import { assertTimeout, type Id, type Logger, type ReconnectOptions, silentLogger } from '@parley/contract/sdk';
import { type Connector, webSocketConnector, webSocketUrl } from './connection/connector.ts';
import { browserNetworkEvents, type NetworkEvents } from './connection/network-events.ts';
import type { TokenSupplier } from './connection/token-source.ts';
import { toId } from './conversation.ts';

export type ParleyClientOptions = {
  /** The client gate, as `wss://host:13322` or `ws://host:13321`. With a connector of your own, whatever that takes. */
  endpoint: string;
  /** The project. */
  pid: number;
  /** The user. */
  uid: Id;
  /**
   * The login token, or what fetches one from the application's back end. It is asked at the first login, and again when
   * the server no longer takes the token it gave.
   */
  token: string | TokenSupplier;
  /** Target language of chat translation. Default none. */
  lang?: string;
  /** Attributes of the connection; each login sends them. */
  attributes?: Readonly<Record<string, string>>;
  /** How long a call waits for a session and the answer together. Default 30000; 0 waits for ever. */
  timeoutMs?: number;
  /** How long a message may wait to be sent. Default 120000; 0 waits for ever. */
  sendTimeoutMs?: number;
  /** Messages that may wait to be sent. Default 1000; a send past it is refused with 20011. */
  outboxMax?: number;
  /** For one try to connect, for the supplier of tokens, and for the answer to the login. Default 10000. */
  connectTimeoutMs?: number;
  /** Silence of the server after which the connection counts as lost. Default 60000; it pings every 20 to 30 s. */
  heartbeatTimeoutMs?: number;
  /** How a lost connection is tried again. Default: once at once, then after growing times up to 16 s, half of it by chance. */
  reconnect?: ReconnectOptions;
  /** Messages that are recovered per conversation after a gap; the rest is told as a `gap`. Default 2000. */
  recoveryMessagesMax?: number;
  /**
   * Where files go, as `wss://host:port`. Default: the client gate's host, with the ports that browser SDKs use for files.
   */
  fileEndpoint?: string;
  /** Default: silent. */
  logger?: Logger;
  /** Opens connections. Default: the WebSocket of the environment. */
  connector?: Connector;
  /** Default: the events of the browser; elsewhere there are none. */
  network?: NetworkEvents;
  /** The clock in epoch milliseconds; it makes message ids and notices silence. Default `Date.now`. */
  now?: () => number;
  /** Milliseconds of a clock that never jumps. Default `performance.now`. */
  monotonicNow?: () => number;
  /** A number from 0 up to but not including 1. Default `Math.random`. */
  random?: () => number;
};

/** The options with all defaults filled in. */
export type ResolvedOptions = Required<Omit<ParleyClientOptions, 'uid' | 'lang' | 'fileEndpoint'>> & {
  readonly uid: bigint;
  readonly lang: string | undefined;
  readonly fileEndpoint: string | undefined;
};

const PID_MAX = 2 ** 31 - 1;

/** @throws TypeError or RangeError for an option that cannot be used. */
export function resolveOptions(options: ParleyClientOptions): ResolvedOptions {
  const uid = toId('uid', options.uid);
  if (!Number.isInteger(options.pid)) throw new TypeError('pid must be an integer');
  if (options.pid < 1 || options.pid > PID_MAX) throw new RangeError(`pid must be 1..${PID_MAX}`);
  if (uid < 1n) throw new RangeError('uid must be 1 or more');
  if (typeof options.endpoint !== 'string' || options.endpoint === '') throw new TypeError('endpoint must be a text');
  if (options.connector === undefined) webSocketUrl(options.endpoint);
  const isToken = typeof options.token === 'function' || (typeof options.token === 'string' && options.token !== '');
  if (!isToken) throw new TypeError('token must be a text or a function');
  const { lang, fileEndpoint } = options;
  const resolved = {
    attributes: {},
    timeoutMs: 30_000,
    sendTimeoutMs: 120_000,
    outboxMax: 1000,
    connectTimeoutMs: 10_000,
    heartbeatTimeoutMs: 60_000,
    recoveryMessagesMax: 2000,
    logger: silentLogger,
    connector: webSocketConnector(),
    network: browserNetworkEvents,
    now: Date.now,
    monotonicNow: () => performance.now(),
    random: Math.random,
    ...options,
    reconnect: { immediateTries: 1, delayMaxMs: 16_000, delaySteps: 16, ...options.reconnect },
    uid,
    lang,
    fileEndpoint,
  };
  for (const name of ['timeoutMs', 'sendTimeoutMs', 'connectTimeoutMs', 'heartbeatTimeoutMs'] as const) {
    assertTimeout(name, resolved[name]);
  }
  for (const name of ['outboxMax', 'recoveryMessagesMax', 'heartbeatTimeoutMs', 'connectTimeoutMs'] as const) {
    if (!(resolved[name] >= 1)) throw new RangeError(`${name} must be 1 or more`);
  }
  return resolved;
}
