import { createServer, type Server, type Socket } from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';
import type { PeerBuiltins } from '../built-in-methods.ts';
import type { IncomingQuest } from '../incoming-quest.ts';
import { DEFAULT_PACKET_MAX_BYTES } from '../packet.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CloseReason, Connection, ConnectionHandlers } from './connection.ts';
import type { ServerKey } from './encryption/server-key.ts';
import { FlushQueue } from './flush-queue.ts';
import { HttpFront } from './http-front.ts';
import { IdleSweep } from './idle-sweep.ts';
import type { ListenerContext, OpenSocket } from './listener-context.ts';
import { ListeningPort } from './listening-port.ts';
import { OpeningSocket } from './opening-socket.ts';
import { PartialInputs } from './partial-inputs.ts';

/** Settings of an `FpnnListener`. */
export interface FpnnListenerOptions {
  /** The address to listen on. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /**
   * Called when a connection can be used: with its first packet over TCP (after `*key`, if it is encrypted), with the
   * upgrade for WebSocket, with the first request over HTTP.
   */
  readonly onConnection: (connection: Connection) => ConnectionHandlers;
  /** Lets clients encrypt over TCP. Without it `*key` closes the connection. */
  readonly encryption?: ServerKey;
  /** Serves the same over TLS: FPNN over TLS, wss and https. Needs `key` and `cert`. */
  readonly tls?: TlsOptions;
  /** The longest packet, WebSocket message or HTTP body taken, and the longest packet sent. Default 8 MiB. */
  readonly packetMaxBytes?: number;
  /**
   * Memory that all connections together take for packets, WebSocket messages and HTTP bodies that are not whole yet. Past
   * it the connection whose part is the oldest is closed. Default 256 MiB; at least `packetMaxBytes`.
   */
  readonly partialInputMaxBytes?: number;
  /** Closes connections without traffic in either direction, up to a twelfth later. Default 60000; 0 never. */
  readonly idleTimeoutMs?: number;
  /**
   * With so many connections, those in a TLS handshake included, the port is closed until there is room again: a client
   * that is refused the connection tries again, one that is accepted and dropped may not. Default: no limit.
   */
  readonly connectionsMax?: number;
  /** Called when that happens. */
  readonly onFull?: () => void;
  /** A connection with more bytes waiting to be sent is closed: its reader is too slow. Default 8 MiB. */
  readonly outputMaxBytes?: number;
  /** Two-way quests of one connection without an answer, after which it is not read on. Default 10000. */
  readonly inFlightMax?: number;
  /** What `*status`, `*infos` and `*tune` of private addresses do. */
  readonly builtins?: PeerBuiltins;
  /** Called with the reason of every protocol violation, a label for a counter. */
  readonly onViolation?: (reason: string) => void;
  /** Called once for every socket that has ended, with its reason. */
  readonly onClosed?: (reason: CloseReason) => void;
  /** Called with what the owner's handlers threw, and with failures to accept. Default: nothing. */
  readonly onError?: (error: unknown, quest?: IncomingQuest) => void;
  /** The time for `*ping`, epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** For idle closing. Default: the system's timers. */
  readonly clock?: Clock;
}

const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
const DEFAULT_PARTIAL_INPUT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_OUTPUT_MAX_BYTES = 8 * 1024 * 1024;
const DEFAULT_IN_FLIGHT_MAX = 10_000;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** This part of `connectionsMax` has to be free before a full port is opened again. */
const ROOM_PART = 1 / 100;
/** Reading pauses when this part of `outputMaxBytes` waits to be sent, but not below what a socket buffers anyway. */
const OUTPUT_PAUSE_PART = 1 / 8;
const OUTPUT_PAUSE_MIN_BYTES = 64 * 1024;

/**
 * Serves FPNN on one port: plain or encrypted over TCP, over WebSocket at `/service/<anything>`, and as HTTP requests at
 * `/service/<method>`. The first bytes of a connection tell which.
 *
 * Whatever a client sends ends in an answer, an error answer or a counted close.
 */
export class FpnnListener {
  readonly #options: FpnnListenerOptions;
  readonly #sweep: IdleSweep<OpenSocket>;
  readonly #context: ListenerContext;
  readonly #http: HttpFront;
  readonly #server: Server;
  /** Sockets in a TLS handshake, or beneath a TLS connection. */
  readonly #rawSockets = new Set<Socket>();
  readonly #port: ListeningPort;
  #isFull = false;
  #closed: Promise<void> | undefined;
  #handleAllClosed: (() => void) | undefined;

  constructor(options: FpnnListenerOptions) {
    this.#options = options;
    this.#sweep = new IdleSweep(options.clock ?? systemClock, options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS);
    this.#context = this.#createContext();
    this.#http = new HttpFront(this.#context);
    this.#server = this.#createServer();
    if (options.connectionsMax !== undefined) this.#server.maxConnections = options.connectionsMax;
    // Only those that came before the full port was closed.
    this.#server.on('drop', () => this.#context.onClosed('too-many'));
    const { host, port } = options;
    this.#port = new ListeningPort(this.#server, { host, port, onError: this.#context.onError });
  }

  /** Connections of all kinds, also those that have not told yet what they speak. */
  get connectionCount(): number {
    return this.#sweep.members.size;
  }

  /** Memory taken at the moment for what `partialInputMaxBytes` limits. */
  get partialInputBytes(): number {
    return this.#context.partialInputs.bytes;
  }

  /**
   * Starts to listen.
   *
   * @returns The address and port taken.
   * @throws The error of the system, as EADDRINUSE.
   */
  listen(): Promise<{ host: string; port: number }> {
    return this.#port.open();
  }

  /** Frees the port. Connections stay; HTTP responses ask their clients to close. */
  async stopAccepting(): Promise<void> {
    this.#http.isDraining = true;
    this.#port.stop();
  }

  /**
   * Uses another certificate for the connections to come. Only for a listener with TLS.
   *
   * @throws Error when certificate and key are none, or no pair; the present ones stay in use.
   */
  replaceCertificate(pair: { cert: string; key: string }): void {
    // The server would have taken a part of a bad one.
    createSecureContext(pair);
    (this.#server as TlsServer).setSecureContext({ ...this.#options.tls, ...pair });
  }

  /**
   * Frees the port, sends what is queued and closes all connections; those that do not take it within 5 to 10 seconds
   * are broken off. Closing twice is harmless.
   */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    await this.stopAccepting();
    const allClosed = new Promise<void>((resolve) => {
      this.#handleAllClosed = resolve;
    });
    for (const socket of this.#sweep.members) socket.shutDown();
    for (const socket of this.#rawSockets) socket.destroySoon();
    if (this.connectionCount > 0) await allClosed;
    this.#sweep.stop();
  }

  #createContext(): ListenerContext {
    const options = this.#options;
    const outputMaxBytes = options.outputMaxBytes ?? DEFAULT_OUTPUT_MAX_BYTES;
    const packetMaxBytes = options.packetMaxBytes ?? DEFAULT_PACKET_MAX_BYTES;
    const partialInputMaxBytes = options.partialInputMaxBytes ?? DEFAULT_PARTIAL_INPUT_MAX_BYTES;
    return {
      onConnection: options.onConnection,
      onViolation: options.onViolation ?? (() => {}),
      onClosed: (reason) => {
        options.onClosed?.(reason);
        this.#reopenWithRoom();
        if (this.connectionCount === 0) this.#handleAllClosed?.();
      },
      onError: options.onError ?? (() => {}),
      serverKey: options.encryption,
      packetMaxBytes,
      outputMaxBytes,
      outputPauseBytes: Math.max(outputMaxBytes * OUTPUT_PAUSE_PART, OUTPUT_PAUSE_MIN_BYTES),
      inFlightMax: options.inFlightMax ?? DEFAULT_IN_FLIGHT_MAX,
      now: options.now ?? Date.now,
      builtins: options.builtins,
      flushQueue: new FlushQueue(),
      partialInputs: new PartialInputs(Math.max(partialInputMaxBytes, packetMaxBytes)),
      sweep: this.#sweep,
    };
  }

  #createServer(): Server {
    // Half-open sockets are kept, so that a client that has only stopped sending still gets its answers.
    const common = { noDelay: true, allowHalfOpen: true };
    if (this.#options.tls === undefined) return createServer(common, (socket) => this.#accept(socket));
    const server = createTlsServer({ handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS, ...this.#options.tls, ...common });
    server.on('connection', (socket: Socket) => {
      this.#rawSockets.add(socket);
      this.#closeWhenFull();
      socket.once('close', () => {
        this.#rawSockets.delete(socket);
        this.#reopenWithRoom();
      });
    });
    server.on('secureConnection', (socket) => this.#accept(socket));
    server.on('tlsClientError', () => this.#context.onViolation('bad-tls'));
    return server;
  }

  #accept(socket: Socket): void {
    new OpeningSocket(this.#context, socket, this.#http);
    this.#closeWhenFull();
  }

  get #socketCount(): number {
    return this.#options.tls === undefined ? this.connectionCount : this.#rawSockets.size;
  }

  #closeWhenFull(): void {
    const { connectionsMax = Number.POSITIVE_INFINITY, onFull } = this.#options;
    if (this.#isFull || this.#socketCount < connectionsMax) return;
    this.#isFull = true;
    this.#port.pause();
    onFull?.();
  }

  #reopenWithRoom(): void {
    const { connectionsMax = 0 } = this.#options;
    if (!this.#isFull || this.#socketCount > connectionsMax - Math.ceil(connectionsMax * ROOM_PART)) return;
    this.#isFull = false;
    this.#port.reopen();
  }
}
