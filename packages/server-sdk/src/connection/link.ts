import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, type ReconnectSchedule, RtmError, Waiters, type WaitOptions } from '@parley/contract/sdk';
import { FPNN_CODES, type Peer } from '@parley/fpnn';
import { keepAlive } from './keep-alive.ts';

/** Opens one connection. `onClose` is called once, after the promise has resolved. */
export type OpenPeer = (hooks: { onClose(reason?: Error): void; signal: AbortSignal }) => Promise<Peer>;

/** How a connection ended. */
export type ConnectionEnd = {
  /** True after `close()`, false when the connection was lost. */
  readonly isClosedByCaller: boolean;
  /** What the socket said, if anything. */
  readonly cause?: Error;
};

export type LinkOptions = {
  /** For messages only. */
  readonly endpoint: string;
  readonly open: OpenPeer;
  readonly schedule: ReconnectSchedule;
  /** 0 never pings. */
  readonly keepAliveMs: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly onConnected: () => void;
  readonly onClosed: (end: ConnectionEnd) => void;
};

/**
 * Keeps one connection. Nothing happens before the first call for a peer; from then on a lost or refused connection is
 * tried again by the schedule until `close()`.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #waiters = new Waiters<Peer>();
  readonly #stop = new AbortController();
  #peer: Peer | undefined;
  #running: Promise<void> | undefined;
  #lastFailure: Error | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The open connection, if there is one. */
  get peer(): Peer | undefined {
    return this.#peer?.isClosed ? undefined : this.#peer;
  }

  get isClosed(): boolean {
    return this.#stop.signal.aborted;
  }

  /**
   * Gives the connection, and waits for it when there is none.
   *
   * @throws RtmError 20012 when the immediate tries and the delayed one after them failed, 20003 when the time is up,
   * 20015 when the signal aborts, 20002 after `close()`.
   */
  waitForPeer(options: WaitOptions): Promise<Peer> {
    if (this.isClosed) return Promise.reject(closedByCaller());
    const { peer } = this;
    if (peer !== undefined) return Promise.resolve(peer);
    this.#running ??= this.#keepConnected();
    return this.#waiters.wait(options, () => this.#notConnected(FPNN_CODES.timeout));
  }

  /** Ends the connection for good. Resolves when it is closed; a second call does nothing more. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#waiters.rejectAll(closedByCaller());
    this.#peer?.close();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    while (!this.isClosed) {
      const delayMs = this.#options.schedule.nextDelayMs;
      if (delayMs > 0) await this.#pause(delayMs);
      if (!this.isClosed) await this.#oneConnection(delayMs > 0);
    }
  }

  async #oneConnection(isDelayed: boolean): Promise<void> {
    const { schedule, logger, endpoint, now } = this.#options;
    let handleClose!: (cause?: Error) => void;
    const closed = new Promise<Error | undefined>((resolve) => {
      handleClose = resolve;
    });
    let peer: Peer;
    try {
      peer = await this.#options.open({ onClose: handleClose, signal: this.#stop.signal });
    } catch (cause) {
      if (!this.isClosed) this.#handleFailure(cause, isDelayed);
      return;
    }
    const openedAt = now();
    this.#handleOpen(peer);
    const stopPings = this.#options.keepAliveMs > 0 ? keepAlive(peer, this.#options.keepAliveMs) : undefined;
    const cause = await closed;
    stopPings?.();
    this.#peer = undefined;
    schedule.handleLoss(now() - openedAt);
    logger.info('disconnected', { endpoint, isClosedByCaller: this.isClosed, cause });
    this.#tell(() =>
      this.#options.onClosed({ isClosedByCaller: this.isClosed, ...(cause === undefined ? {} : { cause }) }),
    );
  }

  #handleOpen(peer: Peer): void {
    this.#peer = peer;
    this.#lastFailure = undefined;
    this.#options.logger.info('connected', { endpoint: this.#options.endpoint });
    this.#tell(() => this.#options.onConnected());
    if (this.isClosed) peer.close();
    if (!peer.isClosed) this.#waiters.resolveAll(peer);
  }

  #handleFailure(cause: unknown, isDelayed: boolean): void {
    const { schedule, logger, endpoint } = this.#options;
    schedule.handleFailure();
    this.#lastFailure = cause instanceof Error ? cause : new Error(String(cause));
    logger.warn('cannot connect', { endpoint, cause });
    // Callers survive a restart of the service, yet do not pile up while it is away for long.
    if (isDelayed) this.#waiters.rejectAll(this.#notConnected(FPNN_CODES.invalidConnection));
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      // Callers have timers of their own; without any, the process may end.
      await delay(delayMs, undefined, { signal: this.#stop.signal, ref: false });
    } catch {
      // Aborted by close(); the loop sees that.
    }
  }

  #tell(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.logger.error('a connection callback threw', { error });
    }
  }

  #notConnected(code: number): RtmError {
    // What the socket said stands behind the failure to connect.
    const cause = this.#lastFailure?.cause ?? this.#lastFailure;
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    return new RtmError(code, `no connection to ${this.#options.endpoint}${reason}`, cause);
  }
}

function closedByCaller(): RtmError {
  return new RtmError(FPNN_CODES.connectionClosed, 'the client is closed');
}
