import { decodeUtf8 } from './utf8.ts';

/**
 * A string exactly as it came over the wire: the bytes are kept, the text is made when asked for.
 *
 * Some SDKs put binary into MessagePack strings, so the bytes need not be UTF-8.
 */
export class RawString {
  /** The bytes, a view into the received packet. Copy them to keep them longer than the packet. */
  readonly bytes: Uint8Array;

  /** @param bytes - Kept by reference; do not change them. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD. Decoded anew at each call. */
  get text(): string {
    return decodeUtf8(this.bytes, 0, this.bytes.length);
  }

  /** The same as `text`. */
  toString(): string {
    return this.text;
  }
}
