/** Later than any message: stands for no upper bound. */
export const MTIME_MAX = Number.MAX_SAFE_INTEGER;

/** A lower bound as it came off the wire, as one that the database takes: 0 for none. */
export function lowerMtime(begin: number): number {
  return begin > 0 ? Math.min(Math.trunc(begin), MTIME_MAX) : 0;
}

/** An upper bound as it came off the wire, as one that the database takes: MTIME_MAX for none (0 or less). */
export function upperMtime(end: number): number {
  return end > 0 ? Math.min(Math.trunc(end), MTIME_MAX) : MTIME_MAX;
}
