import { FPNN_CODES } from '@parley/fpnn';
import { RtmError } from './rtm-error.ts';

export type WaitOptions = {
  /** 0 waits for ever. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

type Waiter<T> = { resolve(value: T): void; reject(error: RtmError): void };

/** Calls that wait for the same thing, each with its own time-out and signal. */
export class Waiters<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Waits until `resolveAll` or `rejectAll`.
   *
   * @param describe - Says at the time-out what was waited for.
   */
  wait({ timeoutMs, signal }: WaitOptions, describe: () => RtmError): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) {
        reject(aborted(signal));
        return;
      }
      const onAbort = () => waiter.reject(aborted(signal!));
      const settle = () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<T> = {
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = timeoutMs > 0 ? setTimeout(() => waiter.reject(describe()), timeoutMs) : undefined;
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  resolveAll(value: T): void {
    for (const waiter of [...this.#waiters]) waiter.resolve(value);
  }

  rejectAll(error: RtmError): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}

function aborted(signal: AbortSignal): RtmError {
  return new RtmError(FPNN_CODES.cancelled, 'the call was aborted', signal.reason);
}
