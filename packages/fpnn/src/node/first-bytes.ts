/** What the first bytes of a connection announce. */
export type Announced = 'fpnn' | 'http' | 'unknown' | 'undecided';

const FPNN_MAGIC = 'FPNN';
// All methods of HTTP, so that those that are not served get an HTTP answer.
const HTTP_METHODS = ['GET ', 'POST', 'OPTIONS', 'HEAD', 'PUT ', 'DELETE', 'PATCH', 'TRACE', 'CONNECT'];
const DECIDED_AFTER_BYTES = 4;

/**
 * Tells the protocol from the first bytes of a connection.
 *
 * @returns `undecided` while fewer than four bytes are there and they may still become either.
 */
export function classifyFirstBytes(bytes: Uint8Array): Announced {
  const length = Math.min(bytes.length, DECIDED_AFTER_BYTES);
  if (startsAlike(bytes, FPNN_MAGIC, length)) return length < DECIDED_AFTER_BYTES ? 'undecided' : 'fpnn';
  if (HTTP_METHODS.some((method) => startsAlike(bytes, method, length))) {
    return length < DECIDED_AFTER_BYTES ? 'undecided' : 'http';
  }
  return 'unknown';
}

function startsAlike(bytes: Uint8Array, text: string, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
