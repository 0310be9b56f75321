import { WireError, type WireMap, type WireValue } from '@parley/fpnn';
import { decodeField } from './decode-field.ts';
import type { FieldDeclaration } from './fields.ts';

/**
 * Reads declared fields. Undeclared ones are ignored; an optional one that is missing or nil is undefined.
 *
 * @param owner - What is read, such as `the answer of sendmsg`, for error sentences.
 * @throws WireError when a field is missing, nil or of the wrong type.
 */
export function decodeDeclared(
  owner: string,
  fields: { readonly [name: string]: FieldDeclaration },
  received: WireMap,
): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = foundUnderAnyName(received, name, field);
    if (value === undefined && field.presence === 'optional') {
      decoded[name] = undefined;
      continue;
    }
    const read = value === undefined ? undefined : decodeField(field, value);
    if (read === undefined) throw new WireError(`${owner} has no ${field.wire} ${name}`);
    decoded[name] = read;
  }
  return decoded;
}

function foundUnderAnyName(received: WireMap, name: string, field: FieldDeclaration): WireValue | undefined {
  for (const candidate of [name, ...(field.alsoNamed ?? [])]) {
    const value = received.get(candidate);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}
