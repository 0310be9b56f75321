import { ERROR_CODES, type ErrorCode, type ErrorName } from './error-codes.ts';
import type { AnswerField, ParamField } from './fields.ts';
import type { Gate } from './gates.ts';
import { paramRefusals } from './param-refusals.ts';
import type { AnySubject } from './subjects.ts';

/** When a method answers a code, by the name of the code; each a clause without a full stop. */
export type Refusals = { readonly [Name in ErrorName]?: string };

/** What a subject file writes down about a method. */
export type MethodShape = {
  /** One sentence. */
  readonly summary: string;
  readonly gates: readonly Gate[];
  /** True: sent without a number, so that no answer is possible, a refusal neither. */
  readonly isOneWay?: boolean;
  readonly params: { readonly [name: string]: ParamField };
  readonly answer: { readonly [name: string]: AnswerField };
  /** Codes beyond those that the parameters bring with them. */
  readonly refusals: Refusals;
  readonly notes?: string;
};

/** One wire method. */
export type MethodDeclaration = MethodShape & {
  /** The wire name, with its exact letter case. */
  readonly name: string;
  readonly subject: AnySubject;
  /** The codes of its parameters and of `refusals`, rising. Those of `COMMON_REFUSALS` come on top. */
  readonly errors: readonly ErrorCode[];
  /** The method that this older name stands for; everything else is equal. */
  readonly aliasOf?: string;
};

type Declared<Shapes extends Readonly<Record<string, MethodShape>>> = {
  readonly [Name in keyof Shapes & string]: Shapes[Name] & {
    readonly name: Name;
    readonly subject: AnySubject;
    readonly errors: readonly ErrorCode[];
  };
};

/** Declares the methods of one subject; each key is a wire name. */
export function declareMethods<const Shapes extends Readonly<Record<string, MethodShape>>>(
  subject: AnySubject,
  shapes: Shapes,
): Declared<Shapes> {
  const declared = Object.entries(shapes).map(([name, shape]) => [
    name,
    { ...shape, name, subject, errors: errorsOf(shape) },
  ]);
  return Object.fromEntries(declared);
}

/** The same method under an older wire name. */
export function alias<const Name extends string, D extends MethodDeclaration>(
  name: Name,
  target: D,
): Omit<D, 'name'> & { readonly name: Name; readonly aliasOf: D['name'] } {
  return { ...target, name, aliasOf: target.name };
}

function errorsOf(shape: MethodShape): ErrorCode[] {
  const names = new Set<ErrorName>(paramRefusals(shape.params).map((refusal) => refusal.name));
  for (const name of Object.keys(shape.refusals)) names.add(name as ErrorName);
  return [...names].map((name) => ERROR_CODES[name]).sort((a, b) => a - b);
}
