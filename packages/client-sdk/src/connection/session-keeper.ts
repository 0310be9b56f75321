import {
  type Logger,
  type ReconnectSchedule,
  RtmError,
  toRtmError,
  Waiters,
  type WaitOptions,
} from '@parley/contract/sdk';
import { FPNN_CODES, type IncomingQuest } from '@parley/fpnn';
import type { Connection } from './connection.ts';
import { Heartbeat } from './heartbeat.ts';
import { LoginRefused, NoToken } from './login.ts';
import type { NetworkEvents } from './network-events.ts';
import { Pause } from './pause.ts';

/** Whether the client can be reached, and can reach the server. */
export type SessionState =
  /** Before `login()`, and after a `login()` that did not succeed. */
  | 'idle'
  /** The first login is under way. */
  | 'connecting'
  | 'online'
  /** The connection was lost; the client logs in again by itself. */
  | 'reconnecting'
  /** The session has ended, and the client does nothing by itself. */
  | 'ended';

/** Why a session ended: the client was closed, another login or the server put it out, or a later login was refused. */
export type SessionEnd = { readonly reason: 'closed' | 'kicked-out' | 'refused'; readonly error: RtmError };

export type SessionHooks = {
  /** The connection is logged in; the session is online when the promise resolves. */
  onLoggedIn(connection: Connection): Promise<void>;
  onStateChange(state: SessionState, previous: SessionState): void;
  /** A session that was online has lost its connection. */
  onLoss(): void;
  onEnd(end: SessionEnd): void;
};

export type SessionKeeperOptions = {
  readonly logIn: (onQuest: (quest: IncomingQuest) => void, signal: AbortSignal) => Promise<Connection>;
  readonly onQuest: (quest: IncomingQuest) => void;
  readonly hooks: SessionHooks;
  readonly schedule: ReconnectSchedule;
  /** Silence of the server after which the connection counts as lost. */
  readonly heartbeatTimeoutMs: number;
  readonly network: NetworkEvents;
  readonly now: () => number;
  readonly logger: Logger;
};

/** A connection that the network may have taken along is asked for a sign of life for so long. */
const PROBE_TIMEOUT_MS = 5_000;

/** Keeps a user logged in: connects, logs in, notices a dead connection, and does it all again until the session ends. */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions;
  readonly #waiters = new Waiters<Connection>();
  readonly #pause = new Pause();
  #state: SessionState = 'idle';
  #connection: Connection | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Stops the row of logins that is running. */
  #stop: AbortController | undefined;
  #end: SessionEnd | undefined;
  #lastFailure: Error | undefined;
  #wasOnline = false;

  constructor(options: SessionKeeperOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The connection of a session that is online. */
  get connection(): Connection | undefined {
    return this.#state === 'online' && this.#connection?.hasEnded === false ? this.#connection : undefined;
  }

  /**
   * Logs in, and stays logged in. A session that has ended, but was not closed, begins anew.
   *
   * @throws RtmError the refusal; 20003 when the time is up, 20015 when aborted: then nothing goes on in the background,
   * unless the client has been online before. What the supplier of tokens threw.
   */
  async start(wait: WaitOptions): Promise<void> {
    if (this.#end?.reason === 'closed') throw this.#end.error;
    this.#end = undefined;
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      this.#options.schedule.reset();
      void this.#run(this.#stop.signal);
    }
    const stop = this.#stop;
    try {
      await this.#wait(wait);
    } catch (error) {
      if (this.#stop === stop && !this.#wasOnline) this.#halt('idle');
      throw error;
    }
  }

  /**
   * The connection of the session; waits for it when there is none.
   *
   * @throws RtmError 20012 before `login()`, the end of the session after it, 20003 when the time is up, 20015 when aborted.
   */
  async waitForConnection(wait: WaitOptions): Promise<Connection> {
    if (this.connection !== undefined) return this.connection;
    if (this.#end !== undefined) throw this.#end.error;
    if (this.#stop === undefined) throw new RtmError(FPNN_CODES.invalidConnection, 'call login() first');
    return this.#wait(wait);
  }

  /** Ends the session. Calls that wait are refused with the error. A session that has ended can still be closed for good. */
  end(end: SessionEnd): void {
    const hasEnded = this.#end !== undefined;
    if (hasEnded && end.reason !== 'closed') return;
    this.#end = end;
    if (hasEnded) return;
    this.#halt('ended');
    this.#waiters.rejectAll(end.error);
    this.#options.hooks.onEnd(end);
  }

  #wait(wait: WaitOptions): Promise<Connection> {
    if (this.connection !== undefined) return Promise.resolve(this.connection);
    return this.#waiters.wait(wait, () => {
      const reason = this.#lastFailure === undefined ? '' : `: ${this.#lastFailure.message}`;
      return new RtmError(FPNN_CODES.timeout, `not logged in in time${reason}`, this.#lastFailure);
    });
  }

  #halt(state: 'idle' | 'ended'): void {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.abort();
    this.#setState(state);
    this.#connection?.drop('the session has ended');
    this.#pause.wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const stopListening = this.#options.network.listen({
      onOnline: () => this.#handleOnline(),
      onOffline: () => this.#connection?.drop('the network is gone'),
    });
    while (!signal.aborted) {
      this.#setState(this.#wasOnline ? 'reconnecting' : 'connecting');
      await this.#pause.wait(this.#options.schedule.nextDelayMs);
      if (!signal.aborted) await this.#oneSession(signal);
    }
    stopListening();
  }

  /** Never rejects. */
  async #oneSession(signal: AbortSignal): Promise<void> {
    const { hooks, schedule, logger, now } = this.#options;
    let connection: Connection;
    try {
      connection = await this.#open(signal);
    } catch (cause) {
      if (!signal.aborted) this.#handleFailure(cause);
      return;
    }
    const openedAt = now();
    this.#connection = connection;
    let isOnline = false;
    try {
      await Promise.race([hooks.onLoggedIn(connection), connection.ended.then(throwEnded)]);
      isOnline = !signal.aborted && !connection.hasEnded;
      if (isOnline) this.#handleOnlineSession(connection);
    } catch (error) {
      logger.warn('the session did not start', { error });
      connection.drop('the session did not start');
    }
    const reason = await connection.ended;
    this.#heartbeat?.stop();
    this.#connection = undefined;
    schedule.handleLoss(now() - openedAt);
    logger.info('disconnected', { reason });
    if (isOnline) hooks.onLoss();
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    const { logIn, heartbeatTimeoutMs: timeoutMs, now } = this.#options;
    const onQuest = (quest: IncomingQuest) => {
      this.#heartbeat?.handleSign();
      if (quest.method === 'ping') quest.answer({});
      else this.#options.onQuest(quest);
    };
    const connection = await logIn(onQuest, signal);
    if (signal.aborted) {
      connection.drop('the session has ended');
      throw new RtmError(FPNN_CODES.connectionClosed, 'the session has ended');
    }
    const onSilence = () => connection.drop(`nothing came from the server for ${timeoutMs} ms`);
    this.#heartbeat = new Heartbeat({ timeoutMs, now, onSilence });
    return connection;
  }

  #handleOnlineSession(connection: Connection): void {
    this.#lastFailure = undefined;
    this.#wasOnline = true;
    this.#setState('online');
    this.#options.logger.info('online');
    this.#waiters.resolveAll(connection);
  }

  #handleFailure(cause: unknown): void {
    const { schedule, logger } = this.#options;
    schedule.handleFailure();
    this.#lastFailure = cause instanceof Error ? cause : new Error(String(cause));
    logger.warn('the login failed', { cause });
    if (cause instanceof LoginRefused) {
      this.end({ reason: 'refused', error: cause.cause });
    } else if (cause instanceof NoToken && !this.#wasOnline) {
      // A fault of the application shows at once, not after a time-out.
      this.#waiters.rejectAll(toRtmError(cause));
    }
  }

  /** Another network may mean that the old connection is dead without anybody having noticed. */
  #handleOnline(): void {
    this.#pause.wake();
    const connection = this.connection;
    connection?.peer.quest('*ping', {}, { timeoutMs: PROBE_TIMEOUT_MS }).catch(() => {
      connection.drop('the connection did not survive the change of network');
    });
  }

  #setState(state: SessionState): void {
    const previous = this.#state;
    if (previous === state) return;
    this.#state = state;
    this.#options.hooks.onStateChange(state, previous);
  }
}

function throwEnded(reason: Error | undefined): never {
  throw reason ?? new RtmError(FPNN_CODES.connectionClosed, 'the connection ended');
}
