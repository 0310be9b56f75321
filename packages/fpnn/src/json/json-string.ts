import { WireError } from '../errors.ts';

const BACKSLASH = 0x5c;
const REPLACEMENT = 0xfffd;

/** What the character after a backslash stands for, but for `u`. */
const SIMPLE_ESCAPES: ReadonlyMap<number | undefined, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * Resolves the escapes of the string content `bytes[start, end)`, into bytes of its own. Surrogate pairs become one
 * character, lone surrogates U+FFFD.
 *
 * @throws WireError for an unknown escape.
 */
export function unescapeJsonString(bytes: Uint8Array, start: number, end: number): Uint8Array {
  // No escape is shorter than what it stands for.
  const out = new Uint8Array(end - start);
  let length = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte !== BACKSLASH) {
      out[length++] = byte;
      at++;
      continue;
    }
    const simple = SIMPLE_ESCAPES.get(bytes[at + 1]);
    if (simple !== undefined) {
      out[length++] = simple;
      at += 2;
      continue;
    }
    const codePoint = readCodePoint(bytes, at, end);
    length = writeCodePoint(out, length, codePoint);
    at += codePoint > 0xffff ? 12 : 6;
  }
  return out.subarray(0, length);
}

function readCodePoint(bytes: Uint8Array, at: number, end: number): number {
  const high = readUnit(bytes, at, end);
  if (high === undefined) throw new WireError(`unknown escape at ${at} of the JSON text`);
  if (high < 0xd800 || high > 0xdfff) return high;
  if (high > 0xdbff) return REPLACEMENT;
  const low = readUnit(bytes, at + 6, end);
  if (low === undefined || low < 0xdc00 || low > 0xdfff) return REPLACEMENT;
  return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/** The UTF-16 unit of a `\uXXXX` at this place, or undefined when there is none. */
function readUnit(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (at + 6 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) return undefined;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return undefined;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function writeCodePoint(out: Uint8Array, at: number, codePoint: number): number {
  if (codePoint < 0x80) {
    out[at++] = codePoint;
  } else if (codePoint < 0x800) {
    out[at++] = 0xc0 | (codePoint >> 6);
    out[at++] = 0x80 | (codePoint & 0x3f);
  } else if (codePoint < 0x10000) {
    out[at++] = 0xe0 | (codePoint >> 12);
    out[at++] = 0x80 | ((codePoint >> 6) & 0x3f);
    out[at++] = 0x80 | (codePoint & 0x3f);
  } else {
    out[at++] = 0xf0 | (codePoint >> 18);
    out[at++] = 0x80 | ((codePoint >> 12) & 0x3f);
    out[at++] = 0x80 | ((codePoint >> 6) & 0x3f);
    out[at++] = 0x80 | (codePoint & 0x3f);
  }
  return at;
}
