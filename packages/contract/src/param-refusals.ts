import type { ErrorName } from './error-codes.ts';
import type { IdListField, IdMapField, ListField, ParamField } from './fields.ts';
import type { LimitName } from './limits.ts';

/** One way in which a parameter is refused. `when` is a clause without a full stop. */
export type ParamRefusal = {
  readonly param: string;
  readonly name: ErrorName;
  readonly when: string;
  /** The limit that is exceeded, when it is one of the project's. */
  readonly limit?: LimitName;
};

/** The refusals that follow from the declared parameters alone: missing, wrong type, out of bounds, too long, empty. */
export function paramRefusals(params: { readonly [name: string]: ParamField }): ParamRefusal[] {
  return Object.entries(params).flatMap(([param, field]) => [
    ...(field.presence === 'required' ? [{ param, name: 'keyNotFound', when: 'is missing or nil' } as const] : []),
    { param, name: 'typeConvert', when: `is not ${field.wire}` } as const,
    ...valueRefusals(field).map((refusal) => ({ param, ...refusal })),
  ]);
}

function valueRefusals(field: ParamField): Refusal[] {
  switch (field.kind) {
    case 'int':
      return [{ name: field.refusal, when: `is outside ${field.min}..${field.max}` }];
    case 'choice':
      return [{ name: field.refusal, when: `is none of ${field.allowed.join(', ')}` }];
    case 'text':
    case 'body':
    case 'bytes':
      return field.limit === undefined
        ? []
        : [{ name: field.refusal, when: `has more than ${field.limit} bytes`, limit: field.limit }];
    case 'word':
      return [{ name: 'invalidParameter', when: `is none of ${field.allowed.join(', ')}` }];
    case 'idList':
      return listRefusals(field);
    case 'list':
      return [...listRefusals(field), ...itemRefusals(field.item)];
    case 'mtypeList':
      return [tooManyItems(field.limit), { name: field.refusal, when: `holds a value outside ${field.min}..127` }];
    case 'idMap':
      return [...listRefusals(field), ...itemRefusals(field.value)];
    case 'textMap':
      return [
        { name: 'tooManyItemsInParameters', when: `has more than ${field.limit} entries`, limit: field.limit },
        {
          name: 'invalidParameter',
          when: `has a name or a text of more than ${field.entryLimit} bytes`,
          limit: field.entryLimit,
        },
      ];
    default:
      return [];
  }
}

type Refusal = Omit<ParamRefusal, 'param'>;

function listRefusals(field: IdListField | ListField | IdMapField): Refusal[] {
  const takesEmpty = 'takesEmpty' in field && field.takesEmpty === true;
  return [
    ...(field.limit === undefined ? [] : [tooManyItems(field.limit)]),
    ...(field.presence === 'required' && !takesEmpty ? [{ name: 'emptyParameter', when: 'is empty' } as const] : []),
  ];
}

/** What is refused in an item is refused of the list. */
function itemRefusals(item: ParamField): Refusal[] {
  return valueRefusals(item).map((refusal) => ({ ...refusal, when: `holds a value that ${refusal.when}` }));
}

function tooManyItems(limit: LimitName): Refusal {
  return { name: 'tooManyItemsInParameters', when: `has more than ${limit} items`, limit };
}
