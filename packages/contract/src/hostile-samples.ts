import { type Encodable, RawString } from '@parley/fpnn';
import type { ErrorName } from './error-codes.ts';
import type { ParamField, TextMapField, WordField } from './fields.ts';
import type { GateRules } from './gates.ts';
import type { ProjectLimits } from './limits.ts';

/** A label, a value, and the refusal it meets; no refusal when it is accepted. */
export type Sample = readonly [label: string, value: Encodable, refusal?: ErrorName | undefined];

type Fields<K extends ParamField['kind']> = Extract<ParamField, { readonly kind: K }>;

const INT64_EDGES: readonly [string, bigint][] = [
  ['2^63-1', 2n ** 63n - 1n],
  ['-2^63', -(2n ** 63n)],
  ['2^53+1', 2n ** 53n + 1n],
];
const NOT_UTF8 = new Uint8Array([0xff, 0x00, 0xc3, 0x28]);
const DEEP_LIST = Array.from({ length: 40 }).reduce<Encodable>((inner) => [inner], 1);
const DEEP_MAP = Array.from({ length: 40 }).reduce<Encodable>((inner) => ({ 1: inner }), 1);
/** How many items are tried where no limit is declared. */
const MANY = 1000;

/** Every unusual value for a parameter. */
export function samplesOf(field: ParamField, limits: ProjectLimits, rules: GateRules): Sample[] {
  switch (field.kind) {
    case 'id':
      return idSamples(rules);
    case 'time':
      return [...WIDE_INTEGERS, ['a decimal str', '1', 'typeConvert']];
    case 'int':
    case 'choice':
      return [...integerSamples(field), ...NO_INTEGERS, ...NO_SCALARS, ['a decimal str', '1', 'typeConvert']];
    case 'flag':
      return [['false', false], ['0', 0, 'typeConvert'], ['1', 1, 'typeConvert'], ...NO_FLAGS, ...COMPOUND];
    case 'text':
    case 'body':
    case 'bytes':
      return [
        ...byteSamples(field.limit && limits[field.limit], field.refusal),
        ['true', true, 'typeConvert'],
        ...COMPOUND,
      ];
    case 'word':
      return wordSamples(field);
    case 'idList':
    case 'mtypeList':
    case 'list':
      return [...listSamples(field, limits, rules), ...NO_LISTS];
    case 'idMap':
      return [...idMapSamples(field, limits), ...NO_MAPS];
    case 'textMap':
      return [...textMapSamples(field, limits), ...NO_MAPS];
  }
}

const NO_INTEGERS: readonly Sample[] = [
  ['2^63', 2n ** 63n, 'typeConvert'],
  ['2^64-1', 2n ** 64n - 1n, 'typeConvert'],
  ['1e300', 1e300, 'typeConvert'],
  ['a fraction', 1.5, 'typeConvert'],
  ['NaN', Number.NaN, 'typeConvert'],
  ['infinity', Number.POSITIVE_INFINITY, 'typeConvert'],
];

const COMPOUND: readonly Sample[] = [
  ['an empty list', [], 'typeConvert'],
  ['a list', [1], 'typeConvert'],
  ['an empty map', {}, 'typeConvert'],
  ['a map', { 1: 1 }, 'typeConvert'],
  ['a deep list', DEEP_LIST, 'typeConvert'],
  ['a deep map', DEEP_MAP, 'typeConvert'],
];

const NO_FLAGS: readonly Sample[] = [
  ['str', 'true', 'typeConvert'],
  ['bin', NOT_UTF8, 'typeConvert'],
];

const NO_LISTS: readonly Sample[] = [
  ['an integer', 1, 'typeConvert'],
  ['a decimal str', '1', 'typeConvert'],
  ['bin', NOT_UTF8, 'typeConvert'],
  ['true', true, 'typeConvert'],
];

const NO_MAPS: readonly Sample[] = [
  ['a list for a map', [1], 'typeConvert'],
  ['an empty list for a map', [], 'typeConvert'],
  ['a deep map', DEEP_MAP, 'typeConvert'],
  ...NO_LISTS,
];

const NO_SCALARS: readonly Sample[] = [
  ['a str that is not UTF-8', new RawString(NOT_UTF8), 'typeConvert'],
  ['bin', NOT_UTF8, 'typeConvert'],
  ['true', true, 'typeConvert'],
  ...COMPOUND,
];

const WIDE_INTEGERS: readonly Sample[] = [
  ...INT64_EDGES,
  ['zero', 0],
  ['minus one', -1],
  ...NO_INTEGERS,
  ...NO_SCALARS,
];

/** Texts that look like integers and are none, for gates that take decimal text. */
const NO_TEXT_IDS: readonly Sample[] = [
  ['an empty str', '', 'typeConvert'],
  ['a word', 'login', 'typeConvert'],
  ['a sign alone', '-', 'typeConvert'],
  ['a str with a blank', ' 1', 'typeConvert'],
  ['a str with a plus', '+1', 'typeConvert'],
  ['a fraction as a str', '1.5', 'typeConvert'],
  ['an exponent as a str', '1e3', 'typeConvert'],
  ['2^63 as a str', '9223372036854775808', 'typeConvert'],
  ['a very long decimal str', '1'.repeat(1000), 'typeConvert'],
  ['decimal digits as bin', new Uint8Array([0x31]), 'typeConvert'],
];

function idSamples({ takesTextIds }: GateRules): Sample[] {
  const decimal: Sample[] = takesTextIds
    ? [
        ['a decimal str', '1'],
        ['2^63-1 as a str', '9223372036854775807'],
        ['-2^63 as a str', '-9223372036854775808'],
      ]
    : [['a decimal str', '1', 'typeConvert']];
  return [...WIDE_INTEGERS, ...decimal, ...NO_TEXT_IDS];
}

function integerSamples(field: Fields<'int' | 'choice'>): Sample[] {
  const { refusal } = field;
  const [min, max] =
    field.kind === 'int' ? [field.min, field.max] : [Math.min(...field.allowed), Math.max(...field.allowed)];
  return [
    ['the smallest', min],
    ['the largest', max],
    ['too small', min - 1, refusal],
    ['too large', max + 1, refusal],
    ...INT64_EDGES.map(([label, value]): Sample => [label, value, refusal]),
  ];
}

function byteSamples(limit: number | undefined, refusal: ErrorName): Sample[] {
  const common: Sample[] = [
    ['empty', ''],
    ['a NUL', '\0'],
    ['bin', NOT_UTF8],
    ['a str that is not UTF-8', new RawString(NOT_UTF8)],
    ['an integer', 1, 'typeConvert'],
  ];
  if (limit === undefined) return common;
  return [
    ...common,
    ['at the limit', 'x'.repeat(limit)],
    ['beyond the limit', 'x'.repeat(limit + 1), refusal],
    ['bin at the limit', new Uint8Array(limit)],
    ['bin beyond the limit', new Uint8Array(limit + 1), refusal],
    // The limit counts bytes: each of these characters has three.
    ['beyond the limit in bytes only', '语'.repeat(Math.floor(limit / 3) + 1), refusal],
  ];
}

function wordSamples({ allowed }: WordField): Sample[] {
  return [
    ...allowed.map((one): Sample => [one, one]),
    ['a word as bin', new TextEncoder().encode(allowed[0])],
    ['another word', 'login', 'invalidParameter'],
    ['a word in capitals', `${allowed[0]}`.toUpperCase(), 'invalidParameter'],
    ['empty', '', 'invalidParameter'],
    ['a str that is not UTF-8', new RawString(NOT_UTF8), 'invalidParameter'],
    ['a very long word', 'x'.repeat(1000), 'invalidParameter'],
    ['an integer', 1, 'typeConvert'],
    ['true', true, 'typeConvert'],
    ...COMPOUND,
  ];
}

function listSamples(
  field: Fields<'idList' | 'mtypeList' | 'list'>,
  limits: ProjectLimits,
  rules: GateRules,
): Sample[] {
  const limit = field.limit === undefined ? MANY : limits[field.limit];
  const takesEmpty = 'takesEmpty' in field && field.takesEmpty === true;
  const whenEmpty = field.presence === 'required' && !takesEmpty ? 'emptyParameter' : undefined;
  const plain = field.kind === 'list' ? 'login' : 1;
  const many = (length: number) => Array.from({ length }, () => plain);
  const beyond: Sample[] =
    field.limit === undefined ? [] : [['beyond the limit', many(limit + 1), 'tooManyItemsInParameters']];
  return [
    ['empty', [], whenEmpty],
    ['an empty map', {}, whenEmpty],
    ['a map for a list', { 5: {}, 6: {} }],
    ['at the limit', many(limit)],
    ...beyond,
    ['the same item twice', [plain, plain]],
    ['nil inside', [plain, null], 'typeConvert'],
    ['a deep list', DEEP_LIST, 'typeConvert'],
    ...(field.kind === 'list' ? textItemSamples(field, limits) : integerItemSamples(field, rules)),
  ];
}

function textItemSamples({ item }: Fields<'list'>, limits: ProjectLimits): Sample[] {
  const inside = byteSamples(item.limit && limits[item.limit], item.refusal);
  return [
    ...inside.map(([label, value, refusal]): Sample => [`${label} inside`, [value], refusal]),
    ['texts as keys', { login: {}, logout: null }],
    ['an empty key', { '': {} }],
  ];
}

function integerItemSamples(field: Fields<'idList' | 'mtypeList'>, rules: GateRules): Sample[] {
  const takesText = field.kind === 'idList' && rules.takesTextIds;
  return [
    ['a map with other keys', { login: {} }, 'typeConvert'],
    ['a map with an empty key', { '': {} }, 'typeConvert'],
    ['a map with a key beyond int64', { '9223372036854775808': {} }, 'typeConvert'],
    ['a decimal str inside', ['1'], takesText ? undefined : 'typeConvert'],
    ['a word inside', ['login'], 'typeConvert'],
    ['a fraction inside', [1.5], 'typeConvert'],
    ['2^63 inside', [2n ** 63n], 'typeConvert'],
    ...(field.kind === 'mtypeList' ? mtypeSamples(field) : edgesInside(undefined)),
  ];
}

function mtypeSamples({ min, refusal }: Fields<'mtypeList'>): Sample[] {
  return [
    [`${min} and 127`, [min, 127]],
    [`${min - 1} inside`, [min - 1], refusal],
    ['128 inside', [128], refusal],
    ...edgesInside(refusal),
    [`${min - 1} as a key`, { [min - 1]: {} }, refusal],
  ];
}

function edgesInside(refusal: ErrorName | undefined): Sample[] {
  return INT64_EDGES.map(([label, value]): Sample => [`${label} inside`, [value], refusal]);
}

function idMapSamples(field: Fields<'idMap'>, limits: ProjectLimits): Sample[] {
  const limit = field.limit === undefined ? MANY : limits[field.limit];
  const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [index, 1]));
  const beyond: Sample[] =
    field.limit === undefined ? [] : [['beyond the limit', entries(limit + 1), 'tooManyItemsInParameters']];
  return [
    ['an empty map', {}, field.presence === 'required' ? 'emptyParameter' : undefined],
    ['at the limit', entries(limit)],
    ...beyond,
    ['the ends of int64 as keys', { '9223372036854775807': 1, '-9223372036854775808': 1 }],
    ['a key beyond int64', { '9223372036854775808': 1 }, 'typeConvert'],
    ['a word as a key', { login: 1 }, 'typeConvert'],
    ['an empty key', { '': 1 }, 'typeConvert'],
    ['nil inside', { 1: null }, 'typeConvert'],
    ['a decimal str inside', { 1: '1' }, 'typeConvert'],
    ['a fraction inside', { 1: 1.5 }, 'typeConvert'],
    ['2^63 inside', { 1: 2n ** 63n }, 'typeConvert'],
  ];
}

function textMapSamples({ limit, entryLimit }: TextMapField, limits: ProjectLimits): Sample[] {
  const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '']));
  const bytes = limits[entryLimit];
  return [
    ['an empty map', {}],
    ['at the limit', entries(limits[limit])],
    ['beyond the limit', entries(limits[limit] + 1), 'tooManyItemsInParameters'],
    ['a text at the limit', { k: 'x'.repeat(bytes) }],
    ['a text beyond the limit', { k: 'x'.repeat(bytes + 1) }, 'invalidParameter'],
    ['a name at the limit', { ['x'.repeat(bytes)]: '' }],
    ['a name beyond the limit', { ['x'.repeat(bytes + 1)]: '' }, 'invalidParameter'],
    ['a name beyond the limit in bytes only', { ['语'.repeat(Math.floor(bytes / 3) + 1)]: '' }, 'invalidParameter'],
    ['an empty name', { '': '' }],
    ['a name of the prototype', { ['__proto__']: '', constructor: '' }],
    ['bin inside', { k: NOT_UTF8 }],
    ['a str that is not UTF-8 inside', { k: new RawString(NOT_UTF8) }],
    ['nil inside', { k: null }, 'typeConvert'],
    ['an integer inside', { k: 1 }, 'typeConvert'],
    ['a map inside', { k: {} }, 'typeConvert'],
  ];
}
