import { expect } from 'vitest';
import type { FieldDeclaration } from '../src/index.ts';

/** A parameter or an answer field as a fixture names it. */
export type DocumentedField = { readonly name: string; readonly type: string };

/** Every name that a set of fields goes by. */
export function byName<F extends FieldDeclaration>(fields: { readonly [name: string]: F }): Map<string, F> {
  return new Map(
    Object.entries(fields).flatMap(([name, field]) => [name, ...(field.alsoNamed ?? [])].map((one) => [one, field])),
  );
}

/** The wire type of a field with its unit, such as `int32 s`; milliseconds go without. */
export function typeOf(field: FieldDeclaration | undefined): string | undefined {
  return field?.unit === 's' ? `${field.wire} s` : field?.wire;
}

/** A declared set has exactly the documented names. */
export function expectNames(fields: { readonly [name: string]: FieldDeclaration }, names: Iterable<string>): void {
  expect([...byName(fields).keys()].sort()).toEqual([...names].sort());
}
