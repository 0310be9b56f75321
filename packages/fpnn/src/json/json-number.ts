import { WireError } from '../errors.ts';
import { INT64_MIN, UINT64_MAX } from '../limits.ts';
import { decodeUtf8 } from '../utf8.ts';

const MINUS = 0x2d;
const ZERO = 0x30;
/** Fifteen digits are always a safe integer. */
const SAFE_DIGITS = 15;
/** 2^64-1 has 20 digits. Longer texts never become a bigint, whose parsing is worse than linear. */
const INT64_DIGITS = 20;

/**
 * Reads `bytes[start, end)`, which the caller has checked to be a JSON number.
 *
 * @param isInteger - True when it has neither fraction nor exponent.
 * @throws WireError when it is too large for a float.
 */
export function parseJsonNumber(bytes: Uint8Array, start: number, end: number, isInteger: boolean): number | bigint {
  if (isInteger) {
    const digits = bytes[start] === MINUS ? end - start - 1 : end - start;
    if (digits <= SAFE_DIGITS) return readSafeInteger(bytes, start, end);
    if (digits <= INT64_DIGITS) {
      const value = BigInt(decodeUtf8(bytes, start, end));
      if (value >= INT64_MIN && value <= UINT64_MAX) return toNumberIfSafe(value);
    }
  }
  const value = Number(decodeUtf8(bytes, start, end));
  if (!Number.isFinite(value)) throw new WireError('a number is too large');
  return value;
}

function readSafeInteger(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  let value = 0;
  for (let i = isNegative ? start + 1 : start; i < end; i++) value = value * 10 + (bytes[i]! - ZERO);
  // Not `-value`: an integer has no minus zero.
  return isNegative ? 0 - value : value;
}

function toNumberIfSafe(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
