import { type RtmError, toRtmError } from '@parley/contract/sdk';
import type { Timers } from './timers.ts';

/** What a media connection can do for its keeper. */
export type MediaLink = { close(): void };

/** What a media connection tells its keeper. */
export type LinkEvents = {
  /** Media can flow. May come again after an interruption. */
  onConnected(): void;
  /** Nothing comes through; it may come back by itself. */
  onInterrupted(): void;
  /** It will not come back. */
  onFailed(): void;
};

/** Whether the media of a member flows. */
export type StreamState =
  /** The first connection is under way. */
  | 'connecting'
  | 'connected'
  /** It was lost, and is made anew. */
  | 'reconnecting'
  | 'stopped';

export type StreamKeeperOptions<Link extends MediaLink> = {
  /** Brings an offer to the server and makes the connection; rejects when the offer is refused. */
  readonly open: (events: LinkEvents) => Promise<Link>;
  readonly timers: Timers;
  readonly random: () => number;
  readonly onState: (state: StreamState) => void;
  /** A connection is in use from now on, instead of the one before. */
  readonly onLink?: (link: Link) => void;
  /** An offer was refused, or a connection did not come up. It is tried again. */
  readonly onFailure: (error: RtmError | undefined) => void;
  /** Asked before a connection that was lost is made anew; false stops the stream. Default: yes. */
  readonly mayRestore?: () => Promise<boolean>;
};

/** A new connection that is not up by then is given up. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** An interruption that lasts longer is a loss. */
export const INTERRUPTION_MAX_MS = 3_000;
const DELAY_MIN_MS = 250;
const DELAY_MAX_MS = 5_000;

/**
 * Keeps one stream, published or played, over any number of media connections. A new connection is made before the old
 * one is closed. Links that have ended for the keeper are closed, and nothing they tell counts any more.
 */
export class StreamKeeper<Link extends MediaLink> {
  readonly #options: StreamKeeperOptions<Link>;
  #state: StreamState = 'stopped';
  /** The link in use. */
  #link: Link | undefined;
  /** A link that is not up yet, and will replace the one in use. */
  #pending: Link | undefined;
  /** Stands for the newest try; what an older one tells does not count. */
  #attempt: object | undefined;
  #failures = 0;
  #stopTimer: (() => void) | undefined;

  constructor(options: StreamKeeperOptions<Link>) {
    this.#options = options;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** The connection in use; undefined before the first one and after `stop`. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** The connection in use, and the one that is about to replace it. */
  get links(): Link[] {
    return [this.#link, this.#pending].filter((link) => link !== undefined);
  }

  start(): void {
    if (this.#state !== 'stopped') return;
    this.#failures = 0;
    this.#setState('connecting');
    void this.#open();
  }

  /** Makes the connection anew at once, whatever its state. Does nothing when stopped. */
  restart(): void {
    if (this.#state === 'stopped') return;
    this.#failures = 0;
    this.#setState(this.#state === 'connecting' ? 'connecting' : 'reconnecting');
    void this.#open();
  }

  stop(): void {
    this.#begin(undefined);
    this.#link?.close();
    this.#link = undefined;
    this.#setState('stopped');
  }

  async #open(): Promise<void> {
    const attempt = {};
    this.#begin(attempt);
    let wasConnected = false;
    let link: Link | undefined;
    const isCurrent = () => this.#attempt === attempt;
    const events: LinkEvents = {
      onConnected: () => {
        wasConnected = true;
        if (isCurrent() && link !== undefined) this.#use(link);
      },
      onInterrupted: () => {
        if (isCurrent() && wasConnected) this.#after(INTERRUPTION_MAX_MS, () => void this.#restore(attempt));
      },
      onFailed: () => {
        if (!isCurrent()) return;
        if (wasConnected) void this.#restore(attempt);
        else this.#fail(undefined);
      },
    };
    try {
      link = await this.#options.open(events);
    } catch (error) {
      if (isCurrent()) this.#fail(toRtmError(error));
      return;
    }
    if (!isCurrent()) {
      link.close();
    } else if (wasConnected) {
      this.#use(link);
    } else {
      this.#pending = link;
      // The offer has a time limit of its own; this one is for the connection behind it.
      this.#after(CONNECT_TIMEOUT_MS, () => this.#fail(undefined));
    }
  }

  /** What older tries tell does not count from now on; the link in use stays until there is a better one. */
  #begin(attempt: object | undefined): void {
    this.#attempt = attempt;
    this.#stopTimer?.();
    this.#pending?.close();
    this.#pending = undefined;
  }

  #use(link: Link): void {
    this.#failures = 0;
    this.#stopTimer?.();
    this.#pending = undefined;
    if (this.#link !== link) {
      this.#link?.close();
      this.#link = link;
      this.#options.onLink?.(link);
    }
    this.#setState('connected');
  }

  async #restore(attempt: object): Promise<void> {
    this.#stopTimer?.();
    this.#setState('reconnecting');
    const mayRestore = (await this.#options.mayRestore?.().catch(() => true)) ?? true;
    if (this.#attempt !== attempt) return;
    if (mayRestore) void this.#open();
    else this.stop();
  }

  #fail(error: RtmError | undefined): void {
    this.#begin(undefined);
    this.#failures += 1;
    const delayMs = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** (this.#failures - 1));
    this.#after(delayMs * (0.5 + this.#options.random() / 2), () => void this.#open());
    this.#options.onFailure(error);
  }

  #after(timeMs: number, run: () => void): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#options.timers.after(timeMs, run);
  }

  #setState(state: StreamState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
