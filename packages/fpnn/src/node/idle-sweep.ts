import type { Clock } from './clock.ts';

/** Something that has to move from time to time. */
export interface Sweepable {
  /** The tick of the sweep at which `handleDeadline` is called; put off by the owner. */
  deadlineTick: number;
  handleDeadline(): void;
}

/** An idle member is found at the latest this part of the timeout after its time. */
const TICKS_PER_TIMEOUT = 12;
const TICK_WITHOUT_TIMEOUT_MS = 5000;
/** Never reached, and still a small integer. */
const NEVER = 2 ** 30 - 1;
/** A closing member gets between one and two ticks. */
const CLOSING_TICKS = 2;

/**
 * Watches over the idle time of many members with one timer. Putting off a deadline costs its owner one small integer
 * write and no look at the clock; in return a deadline comes up to a twelfth of the timeout late, never early.
 */
export class IdleSweep<Member extends Sweepable> {
  readonly #members = new Set<Member>();
  readonly #idleTicks: number;
  readonly #stop: () => void;
  #tick = 0;
  #idleDeadline: number;

  /** @param idleTimeoutMs - 0 makes idle deadlines that never come; closing deadlines still do. */
  constructor(clock: Clock, idleTimeoutMs: number) {
    // What moved during tick n may have moved at its very end, hence one more.
    this.#idleTicks = idleTimeoutMs > 0 ? TICKS_PER_TIMEOUT + 1 : NEVER;
    this.#idleDeadline = this.#idleTicks;
    const intervalMs = idleTimeoutMs > 0 ? Math.ceil(idleTimeoutMs / TICKS_PER_TIMEOUT) : TICK_WITHOUT_TIMEOUT_MS;
    this.#stop = clock.every(intervalMs, () => this.#sweep());
  }

  /** The deadline of what has moved just now. */
  get idleDeadline(): number {
    return this.#idleDeadline;
  }

  /** The deadline of what should end by itself any moment. */
  get closingDeadline(): number {
    return this.#tick + CLOSING_TICKS;
  }

  /** What has been added and not deleted. */
  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  add(member: Member): void {
    member.deadlineTick = this.#idleDeadline;
    this.#members.add(member);
  }

  delete(member: Member): void {
    this.#members.delete(member);
  }

  stop(): void {
    this.#stop();
  }

  #sweep(): void {
    this.#tick += 1;
    this.#idleDeadline = Math.min(this.#tick + this.#idleTicks, NEVER);
    for (const member of this.#members) {
      if (this.#tick >= member.deadlineTick) member.handleDeadline();
    }
  }
}
