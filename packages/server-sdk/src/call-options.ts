/** A user, group, room, message or cursor id: any int64. Numbers beyond 2^53-1 are refused; pass a bigint. */
export type Id = number | bigint;

/** What every call takes in its last argument. */
export type CallOptions = {
  /** How long to wait for a connection and the answer together. Default: the client's. 0 waits for ever. */
  timeoutMs?: number;
  /** Gives the call up when it aborts: the promise rejects with RtmError 20015. The service may still act on it. */
  signal?: AbortSignal;
};

/** setTimeout takes no more. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** @throws RangeError unless it is 0..2^31-1. */
export function assertTimeout(name: string, timeoutMs: number): void {
  if (!(timeoutMs >= 0 && timeoutMs <= TIMEOUT_MAX_MS)) {
    throw new RangeError(`${name} must be 0..${TIMEOUT_MAX_MS}, got ${timeoutMs}`);
  }
}
