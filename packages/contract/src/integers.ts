import { RawString, type WireValue } from '@parley/fpnn';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Whether a bigint has an int64 form. */
export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/**
 * A decoded value as an int64. Integral floats count, also beyond 2^53: JavaScript peers send large integers so.
 *
 * @returns undefined for any other type, a fraction, NaN, and integers outside int64.
 */
export function toInt64(value: WireValue | undefined): bigint | undefined {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return BigInt(value);
    return Number.isInteger(value) ? within(BigInt(value)) : undefined;
  }
  return typeof value === 'bigint' ? within(value) : undefined;
}

/** The longest decimal text of an int64: a sign and 19 digits. */
const INT64_TEXT_MAX = 20;

/** A decoded value as an int64, where a decimal str counts too; otherwise as {@link toInt64}. */
export function toInt64OrText(value: WireValue | undefined): bigint | undefined {
  if (!(value instanceof RawString)) return toInt64(value);
  return value.bytes.length > INT64_TEXT_MAX ? undefined : parseInt64(value.text);
}

/**
 * A decoded value as a number: an int64 that is cut off at 2^53-1 on either side. Never -0.
 *
 * @returns undefined where {@link toInt64} is undefined.
 */
export function toNumber(value: WireValue | undefined): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  const exact = toInt64(value);
  if (exact === undefined) return undefined;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(exact)));
}

/** A decimal text as an int64: digits with an optional minus sign; anything else is undefined. */
export function parseInt64(text: string): bigint | undefined {
  const start = text.startsWith('-') ? 1 : 0;
  const digits = text.length - start;
  if (digits < 1 || digits > 19) return undefined;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return undefined;
  }
  return within(BigInt(text));
}

function within(value: bigint): bigint | undefined {
  return isInt64(value) ? value : undefined;
}
