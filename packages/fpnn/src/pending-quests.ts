import { FPNN_CODES } from './codes.ts';
import { FpnnError } from './errors.ts';
import type { WireMap } from './value.ts';

/** Deadlines that fall into the same span share one look at the list, so a quest may end this much late. */
const COARSENESS_MS = 20;
/** The longest delay that timers take. */
const TIMER_MAX_MS = 0x7fff_ffff;
const SEQ_MAX = 0xffff_ffff;

interface Pending {
  readonly resolve: (answer: WireMap) => void;
  readonly reject: (error: Error) => void;
  readonly method: string;
  /** Infinity when it waits for ever. */
  readonly deadline: number;
  readonly stopListening: (() => void) | undefined;
}

/** What a quest waits with. */
export interface PendingEntry {
  readonly method: string;
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: WireMap) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The quests of one peer that wait for their answers. One timer serves them all: it is set for the earliest deadline,
 * looks at every entry when it fires, and is then set anew. Answers leave it alone, so a quest that is answered in time
 * costs no timer.
 */
export class PendingQuests {
  private readonly entries = new Map<number, Pending>();
  private readonly now: () => number;
  private lastSeq = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerDeadline = Infinity;

  constructor(now: () => number) {
    this.now = now;
  }

  /** How many wait. */
  get size(): number {
    return this.entries.size;
  }

  /** Adds a quest and gives its sequence number: from 1 up, wrapping after 2^32-1, never one that is waiting. */
  add(entry: PendingEntry): number {
    const { method, timeoutMs, signal, resolve, reject } = entry;
    const seq = this.nextSeq();
    const deadline = timeoutMs === 0 ? Infinity : this.now() + timeoutMs;
    const stopListening = signal === undefined ? undefined : this.listen(seq, method, signal);
    this.entries.set(seq, { resolve, reject, method, deadline, stopListening });
    if (deadline < this.timerDeadline) this.setTimer(deadline);
    return seq;
  }

  /** True while the quest waits. */
  has(seq: number): boolean {
    return this.entries.has(seq);
  }

  /** Ends a quest with its answer. Does nothing when it does not wait. */
  resolve(seq: number, answer: WireMap): void {
    this.take(seq)?.resolve(answer);
  }

  /** Ends a quest with an error. Does nothing when it does not wait. */
  reject(seq: number, error: Error): void {
    this.take(seq)?.reject(error);
  }

  /** Ends every quest with an error, and the timer. */
  rejectAll(makeError: (method: string) => Error): void {
    this.clearTimer();
    for (const [seq, { method }] of [...this.entries]) this.reject(seq, makeError(method));
  }

  private take(seq: number): Pending | undefined {
    const pending = this.entries.get(seq);
    if (pending === undefined) return undefined;
    this.entries.delete(seq);
    pending.stopListening?.();
    return pending;
  }

  private nextSeq(): number {
    do this.lastSeq = this.lastSeq === SEQ_MAX ? 1 : this.lastSeq + 1;
    while (this.entries.has(this.lastSeq));
    return this.lastSeq;
  }

  private listen(seq: number, method: string, signal: AbortSignal): () => void {
    const onAbort = (): void => this.reject(seq, cancelled(method, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  }

  private setTimer(deadline: number): void {
    this.clearTimer();
    const delay = Math.max(deadline - this.now(), 0) + COARSENESS_MS;
    this.timerDeadline = deadline;
    this.timer = setTimeout(() => this.expire(), Math.min(delay, TIMER_MAX_MS));
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.timerDeadline = Infinity;
  }

  private expire(): void {
    this.clearTimer();
    const now = this.now();
    let earliest = Infinity;
    for (const [seq, { deadline, method }] of this.entries) {
      if (deadline <= now) this.reject(seq, new FpnnError(FPNN_CODES.timeout, `${method}: no answer in time`));
      else if (deadline < earliest) earliest = deadline;
    }
    if (earliest !== Infinity) this.setTimer(earliest);
  }
}

/** The error of a quest whose signal was aborted; `cause` is the signal's reason. */
export function cancelled(method: string, signal: AbortSignal): FpnnError {
  return new FpnnError(FPNN_CODES.cancelled, `${method}: cancelled`, { cause: signal.reason });
}
