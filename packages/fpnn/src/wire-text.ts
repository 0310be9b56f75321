import { Ext } from './ext.ts';
import { RawString } from './raw-string.ts';
import type { WireValue } from './value.ts';

/** A decoded value as text, where the other side should have sent a string. Nothing and containers become ''. */
export function wireText(value: WireValue | undefined): string {
  if (value instanceof RawString) return value.text;
  if (value instanceof Uint8Array) return new RawString(value).text;
  if (value === undefined || value === null || Array.isArray(value)) return '';
  return value instanceof Map || value instanceof Ext ? '' : String(value);
}
