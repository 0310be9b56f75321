import { FPNN_CODES } from '../codes.ts';
import { FpnnError } from '../errors.ts';
import type { IncomingQuest } from '../incoming-quest.ts';
import { DEFAULT_PACKET_MAX_BYTES } from '../packet.ts';
import { Peer } from '../peer.ts';
import type { WebSocketConstructor, WebSocketLike } from './web-socket-like.ts';
import { WebSocketStream } from './web-socket-stream.ts';

export type { WebSocketConstructor, WebSocketLike } from './web-socket-like.ts';

/** Settings of `connectWebSocket`. */
export interface ConnectWebSocketOptions {
  /** As `wss://host:port/service/websocket`; the path has exactly two segments, the first `service`. */
  readonly url: string;
  /** Subprotocols to ask for. Default none. */
  readonly protocols?: string | readonly string[];
  /** The WebSocket class. Default: the one of the environment; Node has one from version 22 on. */
  readonly WebSocket?: WebSocketConstructor;
  /** Default 10000; 0 waits for ever. */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting. Later it has no meaning. */
  readonly signal?: AbortSignal;
  /** The longest packet taken and sent. Default 8 MiB. */
  readonly packetMaxBytes?: number;
  /** Default 30000; 0 waits for ever. */
  readonly questTimeoutMs?: number;
  /** Takes the quests of the server. */
  readonly onQuest?: (quest: IncomingQuest) => void | Promise<void>;
  /** Called once when the connection has ended, if it was usable before. */
  readonly onClose?: (reason?: Error) => void;
  /** Called with what `onQuest` threw; the server has got 20001. */
  readonly onHandlerError?: (error: unknown, quest: IncomingQuest) => void;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects to an FPNN server over the standard WebSocket API, in browsers and elsewhere.
 *
 * @returns The peer, once the connection is open.
 * @throws FpnnError 20002 when it cannot be reached, 20003 after `connectTimeoutMs`, 20015 when aborted. TypeError when
 * there is no WebSocket class; what the class throws for a bad URL.
 */
export async function connectWebSocket(options: ConnectWebSocketOptions): Promise<Peer> {
  const { onQuest, onHandlerError, questTimeoutMs, packetMaxBytes = DEFAULT_PACKET_MAX_BYTES } = options;
  if (options.signal?.aborted) throw aborted(options.signal);
  const webSocket = createWebSocket(options);
  const stream = new WebSocketStream(webSocket, packetMaxBytes);
  let isUsable = false;
  const onClose = (reason?: Error) => {
    if (isUsable) options.onClose?.(reason);
  };
  const peer = new Peer(stream, { onQuest, onClose, onHandlerError, questTimeoutMs, packetMaxBytes });
  stream.attach(peer);
  try {
    await opened(webSocket, options);
    isUsable = true;
    return peer;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function createWebSocket({ url, protocols = [], WebSocket: given }: ConnectWebSocketOptions): WebSocketLike {
  const WebSocketClass = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (WebSocketClass === undefined) throw new TypeError('this environment has no WebSocket class; pass one');
  return new WebSocketClass(url, typeof protocols === 'string' ? protocols : [...protocols]);
}

function opened(webSocket: WebSocketLike, options: ConnectWebSocketOptions): Promise<void> {
  const { url, signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const stop = () => {
      signal?.removeEventListener('abort', handleAbort);
      clearTimeout(timer);
    };
    const fail = (error: FpnnError) => {
      stop();
      reject(error);
    };
    const handleAbort = () => fail(aborted(signal));
    const handleTimeout = () => fail(new FpnnError(FPNN_CODES.timeout, `no connection within ${connectTimeoutMs} ms`));
    const timer = connectTimeoutMs > 0 ? setTimeout(handleTimeout, connectTimeoutMs) : undefined;
    signal?.addEventListener('abort', handleAbort, { once: true });
    webSocket.addEventListener('open', () => {
      stop();
      resolve();
    });
    webSocket.addEventListener('close', () => {
      fail(new FpnnError(FPNN_CODES.connectionClosed, `cannot connect to ${url}`));
    });
  });
}

function aborted(signal: AbortSignal | undefined): FpnnError {
  return new FpnnError(FPNN_CODES.cancelled, 'connecting was aborted', { cause: signal?.reason });
}
