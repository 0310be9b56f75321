import type { RawString } from '@parley/fpnn';
import type { ChatBody, PushBody } from './chat-body.ts';
import type { ClientMethodName, clientMethods } from './client-methods.ts';
import type { FieldDeclaration, Presence } from './fields.ts';
import type { HistoryUnit, HistoryUnitInput, P2pHistoryUnit, P2pHistoryUnitInput } from './history-unit.ts';
import type { MethodName, methods } from './methods.ts';
import type { PushName, pushes } from './pushes.ts';

type GivenTexts = ReadonlyMap<string, string | RawString>;

/** What the sending side may give for a field of each kind. */
type Given = {
  id: number | bigint;
  time: number;
  int: number;
  flag: boolean;
  text: string | RawString;
  body: string | Uint8Array | RawString;
  bytes: Uint8Array;
  idList: readonly (number | bigint)[];
  mtypeList: readonly number[];
  textMap: GivenTexts;
  history: readonly HistoryUnitInput[];
  p2pHistory: readonly P2pHistoryUnitInput[];
  lastMessage: HistoryUnitInput | null;
  p2pLastMessage: P2pHistoryUnitInput | null;
  attrs: GivenTexts | readonly GivenTexts[];
  pushBody: PushBody;
};

/** What a handler finds in a checked parameter of each kind. */
type Checked = {
  id: bigint;
  time: number;
  int: number;
  flag: boolean;
  text: RawString;
  body: RawString | Uint8Array;
  bytes: Uint8Array;
  idList: readonly bigint[];
  mtypeList: readonly number[];
  textMap: ReadonlyMap<string, RawString>;
};

/** What an SDK gives its caller for an answer field of each kind. */
type Read = {
  id: bigint;
  time: number;
  int: number;
  flag: boolean;
  text: string;
  body: RawString | Uint8Array;
  bytes: Uint8Array;
  idList: bigint[];
  mtypeList: number[];
  textMap: Map<string, string>;
  history: HistoryUnit[];
  p2pHistory: P2pHistoryUnit[];
  lastMessage: HistoryUnit | null;
  p2pLastMessage: P2pHistoryUnit | null;
  attrs: Map<string, string> | Map<string, string>[];
  pushBody: RawString | Uint8Array | ChatBody;
};

type Sides = { given: Given; checked: Checked; read: Read };
type Side = keyof Sides;
type Fields = { readonly [name: string]: FieldDeclaration };

/** The type of a field on one side; where a few values are allowed it is their union. */
type On<S extends Side, F> = F extends { readonly allowed: readonly (infer V)[] }
  ? V
  : F extends { readonly kind: 'list'; readonly item: infer Item }
    ? ListOn<S, On<S, Item>>
    : F extends { readonly kind: 'idMap'; readonly value: infer Value }
      ? IdMapOn<S, On<S, Value>>
      : F extends { readonly kind: infer K extends keyof Sides[S] }
        ? Sides[S][K]
        : never;

/** What is read belongs to the reader, who may change it. */
type ListOn<S extends Side, Item> = S extends 'read' ? Item[] : readonly Item[];
type IdMapOn<S extends Side, Value> = S extends 'read' ? Map<bigint, Value> : ReadonlyMap<bigint, Value>;

type NamesWith<P extends Fields, Wanted extends Presence> = {
  [Name in keyof P]: P[Name]['presence'] extends Wanted ? Name : never;
}[keyof P];

type OrMissing<F extends FieldDeclaration> = F['presence'] extends 'optional' ? undefined : never;

type Flat<T> = { [Name in keyof T]: T[Name] };

/** What a caller may pass for declared parameters. */
export type GivenParams<P extends Fields> = Flat<
  { readonly [Name in NamesWith<P, 'required'>]: On<'given', P[Name]> } & {
    readonly [Name in NamesWith<P, 'optional' | 'defaulted'>]?: On<'given', P[Name]> | undefined;
  }
>;

/** What a handler gets for declared parameters: every name is there, undefined when optional and missing. */
export type CheckedParams<P extends Fields> = {
  readonly [Name in keyof P]: On<'checked', P[Name]> | OrMissing<P[Name]>;
};

/** What a handler returns for declared answer fields. */
export type GivenAnswer<A extends Fields> = GivenParams<A>;

/** What an SDK reads from an answer: every name is there, undefined when optional and missing. */
export type ReadAnswer<A extends Fields> = {
  -readonly [Name in keyof A]: On<'read', A[Name]> | OrMissing<A[Name]>;
};

/** What a caller of method `M` may pass. */
export type ParamsIn<M extends MethodName> = GivenParams<(typeof methods)[M]['params']>;
/** What the handler of method `M` gets. */
export type ParamsOut<M extends MethodName> = CheckedParams<(typeof methods)[M]['params']>;
/** What the handler of method `M` returns. */
export type AnswerOf<M extends MethodName> = GivenAnswer<(typeof methods)[M]['answer']>;
/** What an SDK gives the caller of method `M`. */
export type AnswerIn<M extends MethodName> = ReadAnswer<(typeof methods)[M]['answer']>;

/** {@link ParamsIn} of the client gate. */
export type ClientParamsIn<M extends ClientMethodName> = GivenParams<(typeof clientMethods)[M]['params']>;
/** {@link ParamsOut} of the client gate. */
export type ClientParamsOut<M extends ClientMethodName> = CheckedParams<(typeof clientMethods)[M]['params']>;
/** {@link AnswerOf} of the client gate. */
export type ClientAnswerOf<M extends ClientMethodName> = GivenAnswer<(typeof clientMethods)[M]['answer']>;
/** {@link AnswerIn} of the client gate. */
export type ClientAnswerIn<M extends ClientMethodName> = ReadAnswer<(typeof clientMethods)[M]['answer']>;

/** What the server gives for push `N`. */
export type PushOf<N extends PushName> = GivenParams<(typeof pushes)[N]['params']>;
/** What an SDK reads from push `N`. */
export type PushIn<N extends PushName> = ReadAnswer<(typeof pushes)[N]['params']>;
