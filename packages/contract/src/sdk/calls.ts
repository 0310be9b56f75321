/** A user, group, room, message or cursor id: any int64. Numbers beyond 2^53-1 are refused; pass a bigint. */
export type Id = number | bigint;

/** setTimeout takes no more. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** @throws RangeError unless it is 0..2^31-1. */
export function assertTimeout(name: string, timeoutMs: number): void {
  if (!(timeoutMs >= 0 && timeoutMs <= TIMEOUT_MAX_MS)) {
    throw new RangeError(`${name} must be 0..${TIMEOUT_MAX_MS}, got ${timeoutMs}`);
  }
}
