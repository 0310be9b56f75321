import { encodePush } from '@parley/contract';
import type { Peer } from '@parley/fpnn';
import type { Bus } from '../bus/bus.ts';
import type { DeliveredMessage } from '../delivery/delivered-message.ts';
import { serverPush } from '../delivery/server-push.ts';
import { type PushBatch, PushEncoder } from '../sessions/push-batch.ts';
import { PushChannel } from '../sessions/push-channel.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { Listener } from './listener.ts';

/** One SDK closes a connection when more than 40 s pass after a ping. */
const PING_INTERVAL_MS = 20_000;
const SWEEP_MS = 1000;

type OfConnection = { channel: PushChannel; listeners: Map<number, Listener> };

/** Back ends that want to hear what their users say and do, as it happens. */
export class Listening {
  readonly #now: () => number;
  readonly #endpoint: string;
  readonly #encoder: PushEncoder;
  readonly #connections = new Map<Peer, OfConnection>();
  readonly #projects = new Map<number, Set<Listener>>();
  #timer: NodeJS.Timeout | undefined;
  #sweeps = 0;

  /** @param parts.endpoint - The client gate that events name. */
  constructor(parts: { bus: Bus; sessions: SessionDirectory; endpoint: string; now: () => number }) {
    this.#now = parts.now;
    this.#encoder = new PushEncoder(parts.now);
    this.#endpoint = parts.endpoint;
    parts.bus.subscribe((message) => this.#handleMessage(message));
    parts.sessions.listen({
      onLogin: (session, isFirst) => {
        if (isFirst) this.#handleEvent('login', session);
      },
      onLogout: (session, isLast) => {
        if (isLast) this.#handleEvent('logout', session);
      },
    });
  }

  /** Connections that listen. */
  get count(): number {
    return this.#connections.size;
  }

  /** What a connection hears of a project; nothing yet at the first call. */
  of(pid: number, peer: Peer): Listener {
    let connection = this.#connections.get(peer);
    if (connection === undefined) {
      connection = { channel: new PushChannel(peer, this.#now), listeners: new Map() };
      this.#connections.set(peer, connection);
    }
    let listener = connection.listeners.get(pid);
    if (listener === undefined) {
      listener = new Listener(connection.channel);
      connection.listeners.set(pid, listener);
      this.#projects.set(pid, (this.#projects.get(pid) ?? new Set()).add(listener));
    }
    return listener;
  }

  /** Takes the answers to `count` pushes with numbers in a row. */
  acknowledge(peer: Peer, firstSeq: number, count: number): void {
    this.#connections.get(peer)?.channel.acknowledge(firstSeq, count);
  }

  /** For a connection that has ended. */
  forget(peer: Peer): void {
    for (const [pid, listener] of this.#connections.get(peer)?.listeners ?? []) {
      const listeners = this.#projects.get(pid);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#projects.delete(pid);
    }
    this.#connections.delete(peer);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #handleMessage(message: DeliveredMessage): void {
    let batch: PushBatch | undefined;
    for (const listener of this.#projects.get(message.pid) ?? []) {
      if (!listener.hears(message)) continue;
      if (batch === undefined) {
        const { method, params } = serverPush(message)!;
        batch = this.#encoder.encode(method, params);
      }
      listener.channel.push(batch);
    }
  }

  #handleEvent(event: 'login' | 'logout', { project: { pid }, uid }: Session): void {
    let batch: PushBatch | undefined;
    for (const listener of this.#projects.get(pid) ?? []) {
      if (!listener.hearsEvent(event)) continue;
      const time = Math.floor(this.#now() / 1000);
      const params = { pid, event, uid, time, endpoint: this.#endpoint, data: '' };
      batch ??= this.#encoder.encode('pushevent', encodePush('pushevent', params));
      listener.channel.push(batch);
    }
  }

  #sweep(): void {
    this.#sweeps += 1;
    const isPingTime = this.#sweeps % (PING_INTERVAL_MS / SWEEP_MS) === 0;
    const ping = isPingTime ? this.#encoder.encode('ping', encodePush('ping', {})) : undefined;
    for (const [peer, { channel }] of this.#connections) {
      channel.repeat();
      // Not through the channel: a ping that is not answered is not sent again.
      if (ping !== undefined) peer.sendBatch(ping.quests);
    }
  }
}
