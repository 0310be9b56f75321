import type { ErrorName } from './error-codes.ts';
import type {
  AttrsField,
  BodyField,
  BytesField,
  ChoiceField,
  FieldBase,
  FieldDeclaration,
  FlagField,
  HistoryField,
  IdField,
  IdListField,
  IdMapField,
  IntField,
  ItemField,
  LastMessageField,
  ListField,
  MtypeListField,
  P2pHistoryField,
  P2pLastMessageField,
  Presence,
  PushBodyField,
  TextField,
  TextMapField,
  TimeField,
  WordField,
} from './fields.ts';
import type { LimitName } from './limits.ts';

/** The wire type of a history unit. */
const UNIT_WIRE = '8-element array';

type As<F extends FieldBase, P extends Presence> = Omit<F, 'presence'> & { readonly presence: P };
type RequiredField<F extends FieldBase> = As<F, 'required'>;

/** What a default may be: the type of the field as handlers see it. */
type DefaultOf<F> = F extends { readonly kind: 'id' }
  ? bigint
  : F extends { readonly kind: 'int' | 'time' }
    ? number
    : F extends { readonly kind: 'choice'; readonly allowed: readonly (infer N)[] }
      ? N
      : F extends { readonly kind: 'text' }
        ? string
        : F extends { readonly kind: 'flag' }
          ? boolean
          : never;

/** The same field, which may be missing. */
export function optional<F extends FieldDeclaration>(field: F): As<F, 'optional'> {
  return { ...field, presence: 'optional' };
}

/** The same field, which counts as `value` when missing. */
export function defaulted<F extends FieldDeclaration>(field: F, value: DefaultOf<F>): As<F, 'defaulted'> {
  return { ...field, presence: 'defaulted', default: value } as As<F, 'defaulted'>;
}

/** The same field, known under other names too. */
export function alsoNamed<F extends FieldDeclaration>(field: F, ...names: readonly string[]): F {
  return { ...field, alsoNamed: names };
}

/** Any int64. */
export function id(meaning: string): RequiredField<IdField> {
  return { kind: 'id', wire: 'int64', meaning, presence: 'required' };
}

/** Milliseconds since 1970. */
export function timeMs(meaning: string): RequiredField<TimeField> {
  return { kind: 'time', wire: 'int64', unit: 'ms', meaning, presence: 'required' };
}

/** Seconds since 1970. */
export function timeSeconds(meaning: string): RequiredField<TimeField> {
  return { kind: 'time', wire: 'int64', unit: 's', meaning, presence: 'required' };
}

/** A length of time in milliseconds. */
export function durationMs(meaning: string): RequiredField<TimeField> {
  return timeMs(meaning);
}

type IntOptions = {
  readonly min?: number;
  readonly max?: number;
  readonly unit?: 's';
  readonly refusal?: ErrorName;
  readonly loweredTo?: LimitName;
};

function int(bits: 8 | 16 | 32, meaning: string, options: IntOptions): RequiredField<IntField> {
  const bound = 2 ** (bits - 1);
  return {
    kind: 'int',
    wire: `int${bits}`,
    meaning,
    presence: 'required',
    min: -bound,
    max: bound - 1,
    refusal: 'invalidParameter',
    ...options,
  };
}

/** An integer of -128..127, or of a narrower range. */
export function int8(meaning: string, options: IntOptions = {}): RequiredField<IntField> {
  return int(8, meaning, options);
}

/** An integer of -32768..32767, or of a narrower range. */
export function int16(meaning: string, options: IntOptions = {}): RequiredField<IntField> {
  return int(16, meaning, options);
}

/** An integer of -2147483648..2147483647, or of a narrower range. */
export function int32(meaning: string, options: IntOptions = {}): RequiredField<IntField> {
  return int(32, meaning, options);
}

/** The type of a message: 1..127, others are refused with 200005. */
export function mtype(meaning: string): RequiredField<IntField> {
  return int8(meaning, { min: 1, max: 127, refusal: 'invalidMtype' });
}

type ChoiceOptions<N extends number> = {
  readonly allowed: readonly N[];
  /** The word for each allowed value; they end the meaning. */
  readonly labels: Readonly<Record<N, string>>;
  readonly wire: 'int8' | 'int32';
  readonly refusal?: ErrorName;
};

/** One of a few integers. */
export function choice<const N extends number>(
  meaning: string,
  options: ChoiceOptions<N>,
): RequiredField<ChoiceField<N>> {
  const { allowed, labels, wire, refusal = 'invalidParameter' } = options;
  const words = allowed.map((value) => `${value} ${labels[value]}`).join(', ');
  return { kind: 'choice', wire, meaning: `${meaning}: ${words}`, presence: 'required', allowed, refusal };
}

/** A boolean. */
export function flag(meaning: string): RequiredField<FlagField> {
  return { kind: 'flag', wire: 'bool', meaning, presence: 'required' };
}

/** Text; too many bytes are refused with `refusal`, 200034 unless told. */
export function text(
  meaning: string,
  options: { readonly limit?: LimitName; readonly refusal?: ErrorName } = {},
): RequiredField<TextField> {
  const { limit, refusal = 'invalidParameter' } = options;
  return { kind: 'text', wire: 'str', meaning, presence: 'required', limit, refusal };
}

/** One of a few texts. */
export function word<const W extends string>(meaning: string, allowed: readonly W[]): RequiredField<WordField<W>> {
  return { kind: 'word', wire: 'str', meaning: `${meaning}: ${allowed.join(', ')}`, presence: 'required', allowed };
}

/** The content of a message. */
export function body(meaning: string): RequiredField<BodyField> {
  return {
    kind: 'body',
    wire: 'str or bin',
    meaning,
    presence: 'required',
    limit: 'messageMaxBytes',
    refusal: 'largeMessageOrAttrs',
  };
}

/** Bytes of no meaning to the server; too many are refused with 200030. */
export function bytes(meaning: string, limit: LimitName): RequiredField<BytesField> {
  return { kind: 'bytes', wire: 'bin', meaning, presence: 'required', limit, refusal: 'largeMessageOrAttrs' };
}

/** The bytes of a file. */
export function fileBody(meaning: string): RequiredField<BodyField> {
  return { ...body(meaning), limit: 'fileMaxBytes', refusal: 'largeFileOrAttrs' };
}

type ListOptions = { readonly limit?: LimitName; readonly takesEmpty?: boolean };

/** A list of ids. */
export function idList(
  meaning: string,
  options: ListOptions & { readonly singleNamed?: string } = {},
): RequiredField<IdListField> {
  const { limit, ...rest } = options;
  return { kind: 'idList', wire: 'int64[]', meaning, presence: 'required', limit, ...rest };
}

/** A list of message types, 1..127 each; with `min` 0 it may hold 0 too. */
export function mtypeList(meaning: string, { min = 1 }: { readonly min?: 0 | 1 } = {}): RequiredField<MtypeListField> {
  return {
    kind: 'mtypeList',
    wire: 'int8[]',
    meaning,
    presence: 'required',
    min,
    limit: 'mtypesPerCallMax',
    refusal: 'invalidMtype',
  };
}

/** A list of items of one type. */
export function list<Item extends ItemField>(
  meaning: string,
  item: Item,
  options: ListOptions = {},
): RequiredField<ListField<Item>> {
  const { limit, ...rest } = options;
  const wire = item.wire === UNIT_WIRE ? `array of ${UNIT_WIRE}s` : `${item.wire}[]`;
  return { kind: 'list', wire, meaning, presence: 'required', item, limit, ...rest };
}

/** A value per id. */
export function idMap<Value extends ItemField>(
  meaning: string,
  value: Value,
  options: { readonly limit?: LimitName } = {},
): RequiredField<IdMapField<Value>> {
  const { limit } = options;
  return { kind: 'idMap', wire: `map<str,${value.wire}>`, meaning, presence: 'required', value, limit };
}

/** A number per id. */
export function countMap(meaning: string): RequiredField<IdMapField<IntField>> {
  return idMap(meaning, int32('the number'));
}

/** Texts by name. */
export function textMap(meaning: string): RequiredField<TextMapField> {
  return {
    kind: 'textMap',
    wire: 'map<str,str>',
    meaning,
    presence: 'required',
    limit: 'attrsEntriesMax',
    entryLimit: 'attrsEntryMaxBytes',
  };
}

/** Texts by name, or a list of such. */
export function attrs(meaning: string): RequiredField<AttrsField> {
  return { kind: 'attrs', wire: 'map<str,str> or map<str,str>[]', meaning, presence: 'required' };
}

/** History of a group, a room or the broadcasts. */
export function history(meaning: string): RequiredField<HistoryField> {
  return { kind: 'history', wire: `array of ${UNIT_WIRE}s`, meaning, presence: 'required' };
}

/** History of two users. */
export function p2pHistory(meaning: string): RequiredField<P2pHistoryField> {
  return { kind: 'p2pHistory', wire: `array of ${UNIT_WIRE}s`, meaning, presence: 'required' };
}

/** The newest message of a group or a room. */
export function lastMessage(): RequiredField<LastMessageField> {
  return { kind: 'lastMessage', wire: UNIT_WIRE, meaning: 'a history unit', presence: 'required' };
}

/** The newest message between two users. */
export function p2pLastMessage(): RequiredField<P2pLastMessageField> {
  return { kind: 'p2pLastMessage', wire: UNIT_WIRE, meaning: 'a history unit', presence: 'required' };
}

/** The content of a message in a push. */
export function pushBody(meaning: string): RequiredField<PushBodyField> {
  return { kind: 'pushBody', wire: 'str, bin or map', meaning, presence: 'required' };
}
