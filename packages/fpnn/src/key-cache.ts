import { decodeUtf8 } from './utf8.ts';

const SLOTS = 1024;
const CACHED_KEY_MAX_BYTES = 32;

/** A fixed number of slots, so hostile keys can push entries out but never make it grow. */
const slots: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

/**
 * Reads `bytes[start, end)` as text, and gives the same string object for the same short ASCII bytes. Map keys and
 * method names come from a small set: finding one here is cheaper than building it, and a Map finds a string faster
 * when it has met that very object.
 */
export function decodeKey(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > CACHED_KEY_MAX_BYTES) return decodeUtf8(bytes, start, end);
  let hash = length;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const cached = slots[slot];
  if (cached !== undefined && isSame(cached, bytes, start, length)) return cached;
  return decodeAndCache(bytes, start, end, slot);
}

function isSame(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

function decodeAndCache(bytes: Uint8Array, start: number, end: number, slot: number): string {
  const text = decodeUtf8(bytes, start, end);
  // Other than ASCII: it could never be found again, so it may not push another one out.
  if (text.length !== end - start) return text;
  // A property name is a string that V8 keeps once per content, so literals in our code are this same object.
  const key = Object.keys({ [text]: 0 })[0] ?? text;
  slots[slot] = key;
  return key;
}
