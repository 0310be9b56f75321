import type { RawString } from '@parley/fpnn';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The content of a message as callers see it: text for what was sent as text, bytes for what was sent as bytes and for
 * text that is not UTF-8. Bytes are copied, so that they do not hold on to the packet they came in.
 */
export function readMessageBody(body: RawString | Uint8Array): string | Uint8Array {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  try {
    return strictUtf8.decode(body.bytes);
  } catch {
    // The only failure of a strict decoder: some SDKs put binary into text.
    return new Uint8Array(body.bytes);
  }
}
