/**
 * The deepest nesting of maps and arrays, on the way in and out; the root counts as one. RTM needs five. It bounds the
 * stack and ends an endless loop over a value that contains itself.
 */
export const NESTING_MAX = 64;

/**
 * The most values in one payload: every element, key and map value counts. RTM's longest list has 10,000 entries. An
 * empty map takes one byte on the wire and some 200 in memory, so that without this limit one packet of 8 MiB could
 * take gigabytes.
 */
export const DECODED_VALUES_MAX = 262_144;

/** The smallest integer on the wire. */
export const INT64_MIN: bigint = -(1n << 63n);

/** The largest integer on the wire. Not every SDK reads more than 2^63-1. */
export const UINT64_MAX: bigint = (1n << 64n) - 1n;
