import type { ClientMethodName } from '@parley/contract';
import { type Connection, FpnnListener, type ServerKey } from '@parley/fpnn/node';
import type { ServerConfig } from '../../config/server-config.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { CallCounters } from '../server-gate/call-counters.ts';
import { ConnectionCounters } from '../server-gate/connection-counters.ts';
import type { Certificate } from '../tls/certificate.ts';
import type { CertificateWatch } from '../tls/certificate-watch.ts';
import { ClientConnection, type ClientGateParts } from './client-connection.ts';
import type { ClientHandler, ClientHandlers } from './client-handler.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Login } from './login.ts';
import type { SessionEntry } from './session-entry.ts';
import { UserCallRates } from './user-call-rates.ts';

export type ClientGateOptions = {
  host: string;
  config: ServerConfig['clientGate'];
  /** Lets native clients encrypt without TLS. */
  key: ServerKey;
  certificate: CertificateWatch;
  sessions: SessionDirectory;
  login: Login;
  entry: SessionEntry;
  handlers: Partial<ClientHandlers>;
  log: Logger;
  now: () => number;
};

type Address = { host: string; port: number };

/** Where end users connect: FPNN over TCP and WebSocket on one port, the same over TLS on another. */
export class ClientGate {
  readonly #options: ClientGateOptions;
  readonly #listeners: { plain: FpnnListener; tls: FpnnListener };
  readonly #heartbeat: Heartbeat;
  /** Connections that have not logged in, the oldest first. */
  readonly #strangers = new Set<ClientConnection>();
  #strangerSweep: NodeJS.Timeout | undefined;
  readonly calls = new CallCounters();
  readonly connections = new ConnectionCounters();
  /** How often a port was closed since it had all the connections it may have. */
  timesFull = 0;

  constructor(options: ClientGateOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat(options.sessions, options.config);
    const parts: ClientGateParts = {
      sessions: options.sessions,
      login: options.login,
      handlers: new Map(Object.entries(options.handlers)) as ReadonlyMap<string, ClientHandler<ClientMethodName>>,
      calls: this.calls,
      rates: new UserCallRates(options.now),
      log: options.log,
      enter: (session) => options.entry.enter(session),
      onSettled: (connection) => this.#strangers.delete(connection),
    };
    this.#listeners = {
      plain: this.#createListener(parts, options.config.port, {}),
      tls: this.#createListener(parts, options.config.tlsPort, { tls: options.certificate.current }),
    };
    options.certificate.onRenewed((renewed) => this.#listeners.tls.replaceCertificate(renewed));
  }

  /** Sessions that were closed because they did not answer a ping. */
  get lostSessions(): number {
    return this.#heartbeat.lost;
  }

  get connectionCount(): number {
    return this.#listeners.plain.connectionCount + this.#listeners.tls.connectionCount;
  }

  async listen(): Promise<{ plain: Address; tls: Address }> {
    const plain = await this.#listeners.plain.listen();
    const tls = await this.#listeners.tls.listen();
    this.#heartbeat.start();
    this.#strangerSweep = setInterval(() => this.#dropStrangers(), 1000);
    return { plain, tls };
  }

  /**
   * Frees the ports at once. A client that is accepted and then not served may never try again; one that is refused the
   * connection does.
   */
  async stopAccepting(): Promise<void> {
    await Promise.all([this.#listeners.plain.stopAccepting(), this.#listeners.tls.stopAccepting()]);
  }

  async close(): Promise<void> {
    clearInterval(this.#strangerSweep);
    this.#heartbeat.stop();
    await Promise.all([this.#listeners.plain.close(), this.#listeners.tls.close()]);
  }

  #createListener(parts: ClientGateParts, port: number, tls: { tls?: Certificate }): FpnnListener {
    const { host, config, key, log, now } = this.#options;
    return new FpnnListener({
      host,
      port,
      encryption: key,
      ...tls,
      packetMaxBytes: config.packetMaxBytes,
      // Pings keep sessions from being idle; this ends sockets that never say anything.
      idleTimeoutMs: Math.max(config.loginTimeoutMs, 2 * config.pingIntervalMs),
      connectionsMax: config.connectionsMax,
      onFull: () => {
        this.timesFull += 1;
        log.warn('the client gate refuses connections until there is room', { connectionsMax: config.connectionsMax });
      },
      outputMaxBytes: config.outputMaxBytes,
      onConnection: (connection: Connection) => {
        const opened = new ClientConnection(parts, connection, now());
        this.#strangers.add(opened);
        return opened;
      },
      onViolation: (reason) => this.connections.countViolation(reason),
      onClosed: (reason) => this.connections.countClose(reason),
      onError: (error) => log.error('the client gate failed on a connection', { cause: String(error) }),
    });
  }

  #dropStrangers(): void {
    const openedBefore = this.#options.now() - this.#options.config.loginTimeoutMs;
    for (const connection of this.#strangers) {
      if (connection.openedAt > openedBefore) return;
      this.#strangers.delete(connection);
      this.connections.countViolation('no-login');
      connection.close();
    }
  }
}
