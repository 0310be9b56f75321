import type { Encodable } from '@parley/fpnn';
import { encodeField } from './encode-field.ts';
import type { FieldDeclaration } from './fields.ts';

type Fields = { readonly [name: string]: FieldDeclaration };
type Entries = readonly (readonly [string, FieldDeclaration])[];

/** Declarations do not change, and listing them anew costs more than encoding small ones. */
const entriesByFields = new WeakMap<Fields, Entries>();

function entriesOf(fields: Fields): Entries {
  let entries = entriesByFields.get(fields);
  if (entries === undefined) {
    entries = Object.entries(fields);
    entriesByFields.set(fields, entries);
  }
  return entries;
}

/**
 * The wire form of declared parameters. Undeclared properties and those that are undefined are left out.
 *
 * @param owner - The method or push, for error sentences.
 * @throws TypeError when a required parameter is missing or one has the wrong type, RangeError for a number without a
 *   wire form.
 */
export function encodeDeclaredParams(owner: string, fields: Fields, params: object): Record<string, Encodable> {
  const given = params as { readonly [name: string]: unknown };
  const encoded: Record<string, Encodable> = {};
  for (const [name, field] of entriesOf(fields)) {
    const value = given[name];
    if (value !== undefined) encoded[name] = encodeField(name, field, value);
    else if (field.presence === 'required') throw new TypeError(`${owner} needs ${name}`);
  }
  return encoded;
}

/**
 * The wire form of a declared answer. Every field is there, under all its names, save optional ones that are undefined.
 *
 * @throws TypeError when a field is left out or has the wrong type, RangeError for a number without a wire form.
 */
export function encodeDeclaredAnswer(method: string, fields: Fields, answer: object): Record<string, Encodable> {
  const given = answer as { readonly [name: string]: unknown };
  const encoded: Record<string, Encodable> = {};
  for (const [name, field] of entriesOf(fields)) {
    const value = given[name];
    if (value === undefined && field.presence === 'optional') continue;
    if (value === undefined || value === null) throw new TypeError(`the answer of ${method} lacks ${name}`);
    const wire = encodeField(name, field, value);
    encoded[name] = wire;
    if (field.alsoNamed !== undefined) for (const other of field.alsoNamed) encoded[other] = wire;
  }
  return encoded;
}
