import type { Ext } from './ext.ts';
import type { RawString } from './raw-string.ts';

/**
 * A decoded map. Integer keys become decimal strings, as `{1: …}` and `{"1": …}` mean the same; of equal keys the last
 * one counts.
 */
export type WireMap = Map<string, WireValue>;

/**
 * A decoded value.
 *
 * Integers are numbers when safe, else bigints. Floats are numbers, so an integral float is an integer: JavaScript
 * peers send integers beyond 32 bits as floats. Binary is a `Uint8Array`, which views the received packet.
 */
export type WireValue = null | boolean | number | bigint | RawString | Uint8Array | Ext | WireValue[] | WireMap;

/** A value that has a wire form. Properties and entries that are undefined are left out; in arrays they become nil. */
export type Encodable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | RawString
  | Uint8Array
  | readonly Encodable[]
  | ReadonlyMap<string, Encodable>
  | { readonly [key: string]: Encodable };
