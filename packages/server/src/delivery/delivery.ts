import { CONVERSATION_TYPES } from '@parley/contract';
import type { Bus } from '../bus/bus.ts';
import type { Audiences } from '../sessions/audiences.ts';
import { PushEncoder, type PushPacket } from '../sessions/push-packet.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { clientPush } from './client-push.ts';
import type { DeliveredMessage } from './delivered-message.ts';

/** Gives messages to everybody who is online and may have them. What somebody misses is in history. */
export class Delivery {
  readonly #bus: Bus;
  readonly #sessions: SessionDirectory;
  readonly #audiences: Audiences;
  /** Encodes every two-way push to clients: their numbers must come from one counter. */
  readonly encoder: PushEncoder;
  /** Pushes handed to connections. */
  pushed = 0;

  constructor(parts: { bus: Bus; sessions: SessionDirectory; audiences: Audiences; now: () => number }) {
    this.encoder = new PushEncoder(parts.now);
    this.#bus = parts.bus;
    this.#sessions = parts.sessions;
    this.#audiences = parts.audiences;
    parts.bus.subscribe((message) => this.#handle(message));
  }

  /** Call it after the commit, for the messages of a conversation in the order of their ids. */
  deliver(message: DeliveredMessage): void {
    this.#bus.publish(message);
  }

  #handle(message: DeliveredMessage): void {
    let packet: PushPacket | undefined;
    for (const session of this.#receivers(message)) {
      if (session.id === message.exceptSessionId) continue;
      if (packet === undefined) {
        const { method, params } = clientPush(message);
        packet = this.encoder.encode(method, params);
      }
      session.push(packet);
      this.pushed += 1;
    }
  }

  #receivers({ pid, type, from, xid }: DeliveredMessage): Iterable<Session> {
    switch (type) {
      case CONVERSATION_TYPES.p2p:
        return both(this.#sessions.of(pid, xid), this.#sessions.of(pid, from));
      case CONVERSATION_TYPES.group:
        return this.#audiences.members('group', pid, xid);
      case CONVERSATION_TYPES.room:
        return this.#audiences.members('room', pid, xid);
      default:
        return this.#sessions.inProject(pid);
    }
  }
}

function* both(first: Iterable<Session>, second: Iterable<Session>): Iterable<Session> {
  yield* first;
  yield* second;
}
