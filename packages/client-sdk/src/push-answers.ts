import type { IncomingQuest } from '@parley/fpnn';

/** How long an answer may wait for others. The server sends a push again when none has come for 5 s. */
const WAIT_MS = 1000;
/** As many wait at most. */
const WAITING_MAX = 1024;

/**
 * Acknowledges pushes: one that comes alone at once, and those that follow within a second together. A server that fans a
 * busy room out then reads from each member once a second and not once per message, which halves what it has to do.
 */
export class PushAnswers {
  readonly #now: () => number;
  readonly #waiting: IncomingQuest[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param now - A monotonic clock, ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(quest: IncomingQuest): void {
    this.#waiting.push(quest);
    const waitMs = this.#sentAt + WAIT_MS - this.#now();
    if (waitMs <= 0 || this.#waiting.length === WAITING_MAX) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), waitMs);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sentAt = this.#now();
    // A quest of a connection that has ended takes its answer and sends nothing.
    for (const quest of this.#waiting.splice(0)) quest.answer({});
  }
}
