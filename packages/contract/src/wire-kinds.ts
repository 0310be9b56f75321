import { Ext, RawString, type WireValue } from '@parley/fpnn';
import { toInt64 } from './integers.ts';

/** The kind of a decoded value in a few words, for error sentences. Content is never shown. */
export function wireKindOf(value: WireValue): string {
  if (value === null) return 'nil';
  if (typeof value === 'boolean') return 'a bool';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  if (typeof value === 'number' || typeof value === 'bigint') {
    return toInt64(value) === undefined ? 'an integer outside int64' : 'an integer';
  }
  if (value instanceof RawString) return 'a str';
  if (value instanceof Uint8Array) return 'a bin';
  if (value instanceof Ext) return 'an ext';
  return Array.isArray(value) ? 'a list' : 'a map';
}
