import type { IncomingQuest, Peer } from '@parley/fpnn';
import { connectWebSocket, type WebSocketConstructor } from '@parley/fpnn/browser';

/** What a connector is asked for. */
export type ConnectRequest = {
  /** As given to the client. */
  readonly endpoint: string;
  readonly connectTimeoutMs: number;
  readonly onQuest: (quest: IncomingQuest) => void;
  /** Called once when the connection has ended. */
  readonly onClose: (reason?: Error) => void;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
};

/** Opens a connection to the server. */
export type Connector = (request: ConnectRequest) => Promise<Peer>;

const PATH = '/service/websocket';

/**
 * Connects over WebSocket.
 *
 * @param WebSocket - Default: the class of the environment; Node has one from version 22 on.
 * @returns A connector for `ws://host:port` and `wss://host:port`; without a path it adds the one of the server.
 */
export function webSocketConnector(WebSocket?: WebSocketConstructor): Connector {
  return ({ endpoint, ...rest }) =>
    connectWebSocket({ ...rest, url: webSocketUrl(endpoint), ...(WebSocket === undefined ? {} : { WebSocket }) });
}

/** @throws TypeError unless it is the address of a WebSocket. */
export function webSocketUrl(endpoint: string): string {
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch (cause) {
    throw new TypeError(`endpoint must be an address such as wss://host:13322, not ${endpoint}`, { cause });
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`endpoint must begin with ws:// or wss://, not ${endpoint}`);
  }
  if (url.pathname === '/') url.pathname = PATH;
  return url.href;
}
