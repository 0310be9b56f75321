import { CONVERSATION_TYPES } from '@parley/contract';
import type { Bus } from '../bus/bus.ts';
import type { Audiences } from '../sessions/audiences.ts';
import { encodePushPacket, type PushBatch, PushEncoder } from '../sessions/push-batch.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { clientPush } from './client-push.ts';
import type { DeliveredMessage } from './delivered-message.ts';
import { GatheredPushes } from './gathered-pushes.ts';

/** Gives messages to everybody who is online and may have them. What somebody misses is in history. */
export class Delivery {
  readonly #bus: Bus;
  readonly #sessions: SessionDirectory;
  readonly #audiences: Audiences;
  readonly #gathered: GatheredPushes;
  /** Encodes every two-way push to clients: their numbers must come from one counter. */
  readonly encoder: PushEncoder;
  #pushedAtOnce = 0;

  constructor(parts: { bus: Bus; sessions: SessionDirectory; audiences: Audiences; now: () => number }) {
    this.encoder = new PushEncoder(parts.now);
    this.#gathered = new GatheredPushes(this.encoder);
    this.#bus = parts.bus;
    this.#sessions = parts.sessions;
    this.#audiences = parts.audiences;
    parts.bus.subscribe((message) => this.#handle(message));
  }

  /** Pushes handed to connections. */
  get pushed(): number {
    return this.#pushedAtOnce + this.#gathered.pushed;
  }

  /**
   * Call it after the commit, for the messages of a conversation in the order of their ids. Groups and rooms get them
   * when the turn ends, before anything that waits for a promise which is settled later in it.
   */
  deliver(message: DeliveredMessage): void {
    this.#bus.publish(message);
  }

  #handle(message: DeliveredMessage): void {
    const { pid, type, from, xid } = message;
    switch (type) {
      case CONVERSATION_TYPES.p2p:
        this.#push(message, both(this.#sessions.of(pid, xid), this.#sessions.of(pid, from)));
        break;
      case CONVERSATION_TYPES.group:
        this.#gather(message, this.#audiences.members('group', pid, xid));
        break;
      case CONVERSATION_TYPES.room:
        this.#gather(message, this.#audiences.members('room', pid, xid));
        break;
      default:
        this.#push(message, this.#sessions.inProject(pid));
    }
  }

  #push(message: DeliveredMessage, receivers: Iterable<Session>): void {
    let batch: PushBatch | undefined;
    for (const session of receivers) {
      if (session.id === message.exceptSessionId) continue;
      if (batch === undefined) {
        const { method, params } = clientPush(message);
        batch = this.encoder.encode(method, params);
      }
      session.push(batch);
      this.#pushedAtOnce += 1;
    }
  }

  #gather(message: DeliveredMessage, audience: ReadonlySet<Session>): void {
    if (audience.size === 0) return;
    const { method, params } = clientPush(message);
    this.#gathered.add(audience, encodePushPacket(method, params), message.exceptSessionId);
  }
}

function* both(first: Iterable<Session>, second: Iterable<Session>): Iterable<Session> {
  yield* first;
  yield* second;
}
