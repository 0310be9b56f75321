import type { FieldDeclaration } from '../fields.ts';

type Fields = { readonly [name: string]: FieldDeclaration };

/**
 * Reads fields as the tables have them, such as `to:id attrs?:text msgs:list<lastMessage>`: the name, `?` when it may be
 * missing, other names behind `|`, the kind, and in `<>` the kind of what a list or a map holds. The kinds are those of
 * the declarations; of those with the same wire form one stands for all.
 */
export function parseWireFields(text: string): Fields {
  const fields: Record<string, FieldDeclaration> = {};
  for (const field of text.split(' ')) {
    const [names, kind] = field.split(':') as [string, string];
    const [name, ...alsoNamed] = names.split('|') as [string, ...string[]];
    const isOptional = name.endsWith('?');
    const presence = isOptional ? 'optional' : 'required';
    fields[isOptional ? name.slice(0, -1) : name] = { ...parseKind(kind), presence, alsoNamed };
  }
  return fields;
}

/** Only what coding needs; the limits and the words of a declaration are the server's matter. */
function parseKind(text: string): FieldDeclaration {
  const [kind, held] = text.replace('>', '').split('<') as [string, string | undefined];
  if (held === undefined) return { kind, wire: kind } as FieldDeclaration;
  const inner = parseKind(held);
  return { kind, wire: kind, item: inner, value: inner } as unknown as FieldDeclaration;
}
