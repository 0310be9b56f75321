/**
 * UTF-8 both ways. Lenient: a lone surrogate is written as U+FFFD, and each broken part of the input is read as U+FFFD.
 *
 * Short ASCII, which nearly all keys and names are, is handled in place; the rest goes to the platform's coder. Node's
 * Buffer methods take an offset, so they need no view and are about twice as fast as TextDecoder and TextEncoder.
 */

interface BufferMethods {
  readonly utf8Slice?: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Write?: (this: Uint8Array, text: string, offset: number, length: number) => number;
}

/** Longer texts than this are handed to the platform at once: its call costs as much as so many characters here. */
const INLINE_MAX = 24;

const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const textEncoder = new TextEncoder();

const buffer = (globalThis as { Buffer?: { prototype: BufferMethods } }).Buffer?.prototype;
const utf8Slice = buffer?.utf8Slice;
const utf8Write = buffer?.utf8Write;

/** Reads `bytes[start, end)` as text. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= INLINE_MAX) {
    const text = decodeAscii(bytes, start, end);
    if (text !== undefined) return text;
  }
  if (utf8Slice !== undefined) return utf8Slice.call(bytes, start, end);
  return textDecoder.decode(bytes.subarray(start, end));
}

/** Reads `bytes[start, end)` as text, or undefined when it is not UTF-8. */
export function decodeUtf8Strictly(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return strictDecoder.decode(bytes.subarray(start, end));
  } catch {
    // The decoder throws on the first broken part; there is nothing else it could throw for.
    return undefined;
  }
}

/**
 * Writes text into `target` at `at`, which must have room for three bytes per UTF-16 unit.
 *
 * @returns The number of bytes written.
 */
export function encodeUtf8Into(text: string, target: Uint8Array, at: number): number {
  const length = text.length;
  if (length <= INLINE_MAX) {
    let i = 0;
    while (i < length) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      target[at + i] = unit;
      i++;
    }
    if (i === length) return length;
  }
  if (utf8Write !== undefined) return utf8Write.call(target, text, at, length * 3);
  return textEncoder.encodeInto(text, target.subarray(at)).written;
}

/** Text as new UTF-8 bytes. */
export function encodeUtf8(text: string): Uint8Array {
  return textEncoder.encode(text);
}

function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
