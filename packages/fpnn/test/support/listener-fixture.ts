import { EventEmitter, once } from 'node:events';
import { afterEach } from 'vitest';
import type { IncomingQuest } from '../../src/incoming-quest.ts';
import type { CloseReason, Connection, ConnectionHandlers } from '../../src/node/connection.ts';
import { FpnnListener, type FpnnListenerOptions } from '../../src/node/fpnn-listener.ts';
import type { Peer } from '../../src/peer.ts';
import { RawClient } from './raw-client.ts';

/** A listener on a free port, and all that it has reported. */
export class ListenerFixture {
  readonly listener: FpnnListener;
  readonly connections: Connection[] = [];
  readonly violations: string[] = [];
  readonly closed: CloseReason[] = [];
  readonly errors: unknown[] = [];
  readonly quests: IncomingQuest[] = [];
  /** Numbers of answers that no quest of the listener waits for, in rows as they were told. */
  readonly strayAnswers: { firstSeq: number; count: number }[] = [];
  readonly #events = new EventEmitter();
  port = 0;

  constructor(options: Partial<FpnnListenerOptions>, onQuest: ConnectionHandlers['onQuest']) {
    this.listener = new FpnnListener({
      host: '127.0.0.1',
      port: 0,
      onConnection: (connection) => {
        this.connections.push(connection);
        return {
          onQuest: (quest) => {
            this.quests.push(quest);
            this.#report();
            return onQuest(quest);
          },
          onStrayAnswers: (firstSeq, count) => this.#report(this.strayAnswers.push({ firstSeq, count })),
        };
      },
      onViolation: (reason) => this.#report(this.violations.push(reason)),
      onClosed: (reason) => this.#report(this.closed.push(reason)),
      onError: (error) => this.#report(this.errors.push(error)),
      ...options,
    });
  }

  /** Waits until a condition holds, looking at it whenever the listener has reported something. */
  async until(isTrue: (fixture: this) => boolean): Promise<void> {
    while (!isTrue(this)) await once(this.#events, 'report');
  }

  connectRaw(options?: { allowHalfOpen?: boolean }): Promise<RawClient> {
    return RawClient.connect(this.port, options);
  }

  #report(_length?: number): void {
    this.#events.emit('report');
  }
}

const cleanups: (() => unknown)[] = [];

/** Runs after the test, in reverse order. */
export function cleanUp(step: () => unknown): void {
  cleanups.push(step);
}

/** Closes a peer after the test. */
export function closing(peer: Peer): Peer {
  cleanUp(() => peer.close());
  return peer;
}

afterEach(async () => {
  for (const step of cleanups.splice(0).reverse()) await step();
});

/** Answers with the parameters of the quest. */
export function echo(quest: IncomingQuest): void {
  quest.answer(quest.params as never);
}

/**
 * Starts a listener that lives until the end of the test.
 *
 * @param onQuest - Default: answers with the parameters.
 */
export async function startListener(
  options: Partial<FpnnListenerOptions> = {},
  onQuest: ConnectionHandlers['onQuest'] = echo,
): Promise<ListenerFixture> {
  const fixture = new ListenerFixture(options, onQuest);
  ({ port: fixture.port } = await fixture.listener.listen());
  cleanUp(() => fixture.listener.close());
  return fixture;
}
