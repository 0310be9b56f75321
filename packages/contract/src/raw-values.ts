import { RawString, type WireValue } from '@parley/fpnn';

/** A str or bin as it is; undefined for any other value. */
export function toBody(value: WireValue | undefined): RawString | Uint8Array | undefined {
  return value instanceof RawString || value instanceof Uint8Array ? value : undefined;
}

/** The bytes of a str or bin; undefined for any other value. */
export function toBytes(value: WireValue | undefined): Uint8Array | undefined {
  if (value instanceof RawString) return value.bytes;
  return value instanceof Uint8Array ? value : undefined;
}

/** A str or bin as text; undefined for any other value. */
export function toText(value: WireValue | undefined): string | undefined {
  if (value instanceof RawString) return value.text;
  return value instanceof Uint8Array ? new RawString(value).text : undefined;
}
