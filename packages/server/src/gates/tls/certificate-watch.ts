import type { Logger } from '../../telemetry/logger.ts';
import { type Certificate, type CertificatePlace, loadCertificate } from './certificate.ts';

export type CertificateWatchOptions = {
  place: CertificatePlace;
  /** How often the files are read. Watching them would miss renewals that swap a link somewhere above. */
  intervalMs: number;
  log: Logger;
  now: () => number;
};

/**
 * Looks for a renewed certificate: changed files, or a self-signed one that ends soon. One that cannot be used is logged
 * once, and the present one stays, until the files change again.
 */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #current: Certificate;
  readonly #handlers: ((certificate: Certificate) => void)[] = [];
  #lastFault: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: CertificateWatchOptions, current: Certificate) {
    this.#options = options;
    this.#current = current;
  }

  /** @throws Error as `loadCertificate`: without a certificate there is no start. */
  static async open(options: CertificateWatchOptions): Promise<CertificateWatch> {
    return new CertificateWatch(options, await loadCertificate(options.place, options.now()));
  }

  get current(): Certificate {
    return this.#current;
  }

  /** @param handler - Puts another certificate to use; what it throws counts as a fault of the certificate. */
  onRenewed(handler: (certificate: Certificate) => void): void {
    this.#handlers.push(handler);
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const { place, log, now } = this.#options;
    try {
      const found = await loadCertificate(place, now());
      this.#lastFault = undefined;
      if (found.cert === this.#current.cert && found.key === this.#current.key) return;
      for (const handler of this.#handlers) handler(found);
      this.#current = found;
      log.info('the TLS certificate was replaced');
    } catch (error) {
      // Also while somebody writes: the certificate is new and the key is not yet.
      const fault = String(error);
      if (fault === this.#lastFault) return;
      this.#lastFault = fault;
      log.error('the TLS certificate was not replaced', { cause: fault });
    }
  }
}
