import { FPNN_CODES, FpnnError } from '@parley/fpnn';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';

const SWEEP_MS = 1000;

/**
 * Pings every session, and closes those that do not answer. Clients take more than 60 s without a ping for a lost
 * connection.
 */
export class Heartbeat {
  readonly #sessions: SessionDirectory;
  readonly #pingIntervalMs: number;
  readonly #pongTimeoutMs: number;
  /** When the next ping goes out, on the clock of `performance.now`. */
  readonly #dueAt = new WeakMap<Session, number>();
  #timer: NodeJS.Timeout | undefined;
  /** Sessions closed because they did not answer. */
  lost = 0;

  constructor(sessions: SessionDirectory, config: { pingIntervalMs: number; pongTimeoutMs: number }) {
    this.#sessions = sessions;
    this.#pingIntervalMs = config.pingIntervalMs;
    this.#pongTimeoutMs = config.pongTimeoutMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    // By the clock and not by sweeps: on a busy machine those come late, and a session without pings counts as idle.
    const now = performance.now();
    for (const session of this.#sessions.all()) {
      session.repeatPushes();
      const due = this.#dueAt.get(session);
      if (due === undefined) {
        this.#dueAt.set(session, now + this.#pingIntervalMs / 2);
        continue;
      }
      if (now < due) continue;
      this.#dueAt.set(session, now + this.#pingIntervalMs);
      session.peer.quest('ping', {}, { timeoutMs: this.#pongTimeoutMs }).catch((error: unknown) => {
        // Any answer shows life, one that says the method is unknown too.
        if (!(error instanceof FpnnError) || error.code !== FPNN_CODES.timeout) return;
        this.lost += 1;
        session.peer.close();
      });
    }
  }
}
