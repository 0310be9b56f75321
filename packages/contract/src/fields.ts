import type { ErrorName } from './error-codes.ts';
import type { LimitName } from './limits.ts';

/** Whether a parameter must be there, may be missing, or has a value of its own when missing. Nil counts as missing. */
export type Presence = 'required' | 'optional' | 'defaulted';

/** What every field has. */
export type FieldBase = {
  /** The wire type as the reference prints it, such as `int64`, `str or bin` or `int64[]`. */
  readonly wire: string;
  /** One line for the reference, without a full stop. */
  readonly meaning: string;
  readonly presence: Presence;
  /** What a missing `defaulted` parameter counts as. */
  readonly default?: bigint | number | string | boolean;
  readonly unit?: 'ms' | 's' | undefined;
  /** Parameters: read under these names too. Answers: sent under these names too. */
  readonly alsoNamed?: readonly string[];
};

/** A user, group, room, message or cursor id: any int64. */
export type IdField = FieldBase & { readonly kind: 'id' };
/** A point in time or a length of time: int64, kept as a number and cut off at 2^53-1 on either side. */
export type TimeField = FieldBase & { readonly kind: 'time'; readonly unit: 'ms' | 's' };
/** An integer of at most 32 bits; outside `min..max` it is refused with `refusal`. */
export type IntField = FieldBase & {
  readonly kind: 'int';
  readonly min: number;
  readonly max: number;
  readonly refusal: ErrorName;
  /** A value above this limit counts as the limit. */
  readonly loweredTo?: LimitName;
};
/** One of a few integers; others are refused with `refusal`. */
export type ChoiceField<N extends number = number> = FieldBase & {
  readonly kind: 'choice';
  readonly allowed: readonly N[];
  readonly refusal: ErrorName;
};
/** A true boolean; 0 and 1 are refused. */
export type FlagField = FieldBase & { readonly kind: 'flag' };
/** Text; str and bin are accepted, the bytes need not be UTF-8. */
export type TextField = FieldBase & {
  readonly kind: 'text';
  readonly limit: LimitName | undefined;
  readonly refusal: ErrorName;
};
/** One of a few texts; others are refused with 200034. */
export type WordField<W extends string = string> = FieldBase & {
  readonly kind: 'word';
  readonly allowed: readonly W[];
};
/** The content of a message or of a file; str or bin, and it stays what it was. */
export type BodyField = FieldBase & { readonly kind: 'body'; readonly limit: LimitName; readonly refusal: ErrorName };
/** Bytes; a str is accepted and counts as its bytes. */
export type BytesField = FieldBase & { readonly kind: 'bytes'; readonly limit: LimitName; readonly refusal: ErrorName };
/** A list of ids. A map is accepted, its keys are the ids. */
export type IdListField = FieldBase & {
  readonly kind: 'idList';
  readonly limit: LimitName | undefined;
  /** A single id under this name stands for a list of one. */
  readonly singleNamed?: string;
  /** An empty list is a value of its own. Otherwise an empty optional list counts as missing. */
  readonly takesEmpty?: boolean;
};
/** A list of message types; an empty one counts as missing. */
export type MtypeListField = FieldBase & {
  readonly kind: 'mtypeList';
  /** 0 where it stands for all types. */
  readonly min: 0 | 1;
  readonly limit: LimitName;
  readonly refusal: ErrorName;
};
/** A list of any other items. As a parameter it holds texts; a map is accepted then, its keys are the texts. */
export type ListField<Item extends FieldBase = FieldBase> = FieldBase & {
  readonly kind: 'list';
  readonly item: Item;
  readonly limit: LimitName | undefined;
  /** As for ids. */
  readonly takesEmpty?: boolean;
};
/**
 * A value per id. The keys travel as decimal strings, since SDKs drop or refuse integer keys. As a parameter it holds
 * integers.
 */
export type IdMapField<Value extends FieldBase = FieldBase> = FieldBase & {
  readonly kind: 'idMap';
  readonly value: Value;
  readonly limit: LimitName | undefined;
};
/** Texts by name: attributes of a connection. */
export type TextMapField = FieldBase & {
  readonly kind: 'textMap';
  readonly limit: LimitName;
  /** Bytes of a name, and of a text. */
  readonly entryLimit: LimitName;
};
/** Answers only: history units with the sender's id. */
export type HistoryField = FieldBase & { readonly kind: 'history' };
/** Answers only: history units with a direction in place of the sender's id. */
export type P2pHistoryField = FieldBase & { readonly kind: 'p2pHistory' };
/** Answers only: the newest message of a conversation, null when there is none. */
export type LastMessageField = FieldBase & { readonly kind: 'lastMessage' };
/** Answers only: the newest message between two users, null when there is none. */
export type P2pLastMessageField = FieldBase & { readonly kind: 'p2pLastMessage' };
/** Answers only: texts by name, or a list of such; which of the two depends on the SDK that asked. */
export type AttrsField = FieldBase & { readonly kind: 'attrs' };
/** Pushes only: the content of a message, for chat with its translation. */
export type PushBodyField = FieldBase & { readonly kind: 'pushBody' };

/** One value. */
type ScalarField =
  | IdField
  | TimeField
  | IntField
  | ChoiceField
  | FlagField
  | TextField
  | WordField
  | BodyField
  | BytesField;

export type ParamField =
  | ScalarField
  | IdListField
  | MtypeListField
  | ListField<TextField>
  | IdMapField<TimeField | IntField>
  | TextMapField;
/** What a list or a map of an answer may hold. */
export type ItemField = ScalarField | MtypeListField | LastMessageField | P2pLastMessageField;

export type AnswerField =
  | ScalarField
  | IdListField
  | MtypeListField
  | ListField<ItemField>
  | IdMapField<ItemField>
  | TextMapField
  | HistoryField
  | P2pHistoryField
  | LastMessageField
  | P2pLastMessageField
  | AttrsField;
/** What a push carries. */
export type PushField = ScalarField | IdListField | PushBodyField;
/** Any parameter, answer field or field of a push. */
export type FieldDeclaration = AnswerField | PushField;
