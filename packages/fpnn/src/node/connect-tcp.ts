import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { FPNN_CODES } from '../codes.ts';
import { FpnnError } from '../errors.ts';
import type { IncomingQuest } from '../incoming-quest.ts';
import { DEFAULT_PACKET_MAX_BYTES } from '../packet.ts';
import { Peer } from '../peer.ts';
import { type EncryptionOptions, KEY_METHOD, openKeyExchange } from './encryption/key-exchange.ts';
import { TcpClientStream } from './tcp-client-stream.ts';

/** Settings of `connectTcp`. */
export interface ConnectTcpOptions {
  readonly host: string;
  readonly port: number;
  /** For the connection and the key exchange together. Default 5000; 0 waits for ever. */
  readonly connectTimeoutMs?: number;
  /** Gives up connecting. Later it has no meaning. */
  readonly signal?: AbortSignal;
  /** Encrypts the connection by FPNN's own key exchange. */
  readonly encryption?: EncryptionOptions;
  /** Connects over TLS. */
  readonly tls?: ConnectionOptions;
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

const DEFAULT_CONNECT_TIMEOUT_MS = 5000;

/**
 * Connects to an FPNN server over TCP.
 *
 * @returns The peer, once the connection can be used: with encryption, when the server has answered `*key`.
 * @throws FpnnError 20002 when it cannot be reached or closes, 20003 after `connectTimeoutMs`, 20015 when aborted; the
 * cause tells more. TypeError or RangeError for an unusable public key or bits.
 */
export async function connectTcp(options: ConnectTcpOptions): Promise<Peer> {
  const { host, port, onQuest, onHandlerError, questTimeoutMs, packetMaxBytes = DEFAULT_PACKET_MAX_BYTES } = options;
  const exchange = options.encryption && openKeyExchange(options.encryption);
  if (options.signal?.aborted) throw aborted(options.signal);
  const socket = options.tls === undefined ? connect({ host, port }) : connectTls({ ...options.tls, host, port });
  socket.setNoDelay(true);
  const stream = new TcpClientStream(socket, packetMaxBytes);
  let isUsable = false;
  const onClose = (reason?: Error) => {
    if (isUsable) options.onClose?.(reason);
  };
  const peer = new Peer(stream, { onQuest, onClose, onHandlerError, questTimeoutMs, packetMaxBytes });
  stream.attach(peer);
  const stopLimits = limitConnecting(socket, options);
  try {
    await connected(socket, options.tls === undefined ? 'connect' : 'secureConnect');
    if (exchange !== undefined) {
      const answered = peer.quest(KEY_METHOD, exchange.params, { timeoutMs: 0 });
      stream.startEncryption(exchange.session);
      await answered;
    }
    isUsable = true;
    return peer;
  } catch (cause) {
    stream.destroy();
    // What the limits destroyed the socket with says more than what followed from it.
    if (socket.errored instanceof FpnnError) throw socket.errored;
    throw new FpnnError(FPNN_CODES.connectionClosed, `cannot connect to ${host}:${port}`, { cause });
  } finally {
    stopLimits();
  }
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.once('close', () => reject(socket.errored ?? new Error('the connection was closed')));
  });
}

/** Destroys the socket when connecting takes too long or is given up. */
function limitConnecting(socket: Socket, options: ConnectTcpOptions): () => void {
  const { signal, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS } = options;
  const handleAbort = () => socket.destroy(aborted(signal));
  signal?.addEventListener('abort', handleAbort, { once: true });
  const handleTimeout = () => {
    socket.destroy(new FpnnError(FPNN_CODES.timeout, `no connection within ${connectTimeoutMs} ms`));
  };
  const timer = connectTimeoutMs > 0 ? setTimeout(handleTimeout, connectTimeoutMs) : undefined;
  return () => {
    signal?.removeEventListener('abort', handleAbort);
    clearTimeout(timer);
  };
}

function aborted(signal: AbortSignal | undefined): FpnnError {
  return new FpnnError(FPNN_CODES.cancelled, 'connecting was aborted', { cause: signal?.reason });
}
