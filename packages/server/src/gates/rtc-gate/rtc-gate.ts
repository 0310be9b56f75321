import { FpnnListener } from '@parley/fpnn/node';
import type { ServerConfig } from '../../config/server-config.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { CallCounters } from '../server-gate/call-counters.ts';
import { ConnectionCounters } from '../server-gate/connection-counters.ts';
import type { Certificate } from '../tls/certificate.ts';
import type { CertificateWatch } from '../tls/certificate-watch.ts';
import { AddressRate } from './address-rate.ts';
import type { Offers } from './offers.ts';
import { RtcGateConnection } from './rtc-gate-connection.ts';

export type RtcGateOptions = {
  host: string;
  config: ServerConfig['rtcGate'];
  certificate: CertificateWatch;
  offers: Offers;
  log: Logger;
  now: () => number;
};

type Address = { host: string; port: number };

/** An offer has some kilobytes; nothing else comes here. */
const PACKET_MAX_BYTES = 256 * 1024;
/** What a page asks at once over one connection; the official SDK asks one. */
const IN_FLIGHT_MAX = 8;
const IDLE_TIMEOUT_MS = 30_000;

/** Where browsers bring the offers of what they publish and play: FPNN over WebSocket with TLS, without a login. */
export class RtcGate {
  readonly #options: RtcGateOptions;
  readonly #rate: AddressRate;
  readonly #tls: FpnnListener;
  readonly #plain: FpnnListener;
  readonly calls = new CallCounters();
  readonly connections = new ConnectionCounters();

  constructor(options: RtcGateOptions) {
    const { config, certificate, now } = options;
    this.#options = options;
    this.#rate = new AddressRate(config.offersPerMinuteMax, now);
    this.#tls = this.#createListener(config.port, { tls: certificate.current });
    certificate.onRenewed((renewed) => this.#tls.replaceCertificate(renewed));
    this.#plain = this.#createListener(config.plainPort, {});
  }

  get connectionCount(): number {
    return this.#tls.connectionCount + this.#plain.connectionCount;
  }

  async listen(): Promise<{ tls: Address; plain: Address }> {
    return { tls: await this.#tls.listen(), plain: await this.#plain.listen() };
  }

  async stopAccepting(): Promise<void> {
    await Promise.all([this.#tls.stopAccepting(), this.#plain.stopAccepting()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#tls.close(), this.#plain.close()]);
  }

  #createListener(port: number, tls: { tls?: Certificate }): FpnnListener {
    const { host, config, offers, log } = this.#options;
    const parts = { offers, rate: this.#rate, calls: this.calls, log };
    return new FpnnListener({
      host,
      port,
      ...tls,
      packetMaxBytes: PACKET_MAX_BYTES,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      connectionsMax: config.connectionsMax,
      inFlightMax: IN_FLIGHT_MAX,
      onConnection: (connection) => new RtcGateConnection(parts, connection),
      onViolation: (reason) => this.connections.countViolation(reason),
      onClosed: (reason) => this.connections.countClose(reason),
      onError: (error) => log.error('the web RTC gate failed on a connection', { cause: String(error) }),
    });
  }
}
