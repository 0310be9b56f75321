/**
 * A MessagePack extension value, kept unopened. Decoders give it, encoders refuse it: several SDKs close the
 * connection when they meet one.
 */
export class Ext {
  /** The extension type, -128..127. */
  readonly type: number;
  /** The content, a view into the received packet. */
  readonly bytes: Uint8Array;

  constructor(type: number, bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}
