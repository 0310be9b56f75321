import { RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { compileFieldCheck } from './check-field.ts';
import { refuseMissing } from './check-refusals.ts';
import type { FieldCheck } from './check-scalar.ts';
import type { CheckedParams } from './declared-types.ts';
import type { ParamField } from './fields.ts';
import { GATE_RULES, type GateRules } from './gates.ts';
import type { ProjectLimits } from './limits.ts';

type Params = { readonly [name: string]: ParamField };
/** The compiled check of a set of parameters. */
export type ParamsChecker<P extends Params> = (params: WireMap, limits: ProjectLimits) => CheckedParams<P>;

/** Gives the check of each declaration by name; it is compiled when first asked for, once per process. */
export function compileOnDemand<Name extends string>(
  declarations: { readonly [N in Name]: { readonly params: Params } },
  rules: GateRules,
): (name: Name) => ParamsChecker<Params> {
  const checkers = new Map<Name, ParamsChecker<Params>>();
  return (name) => {
    let checker = checkers.get(name);
    if (checker === undefined) {
      checker = compileParams(declarations[name].params, rules);
      checkers.set(name, checker);
    }
    return checker;
  };
}

/**
 * Compiles the check of a set of parameters. Costly; keep the result.
 *
 * @param rules - What is accepted beyond the declared types. Default: as on the server gate, nothing.
 */
export function compileParams<P extends Params>(declared: P, rules: GateRules = GATE_RULES.server): ParamsChecker<P> {
  const fields = Object.entries(declared).map(([name, field]) => compileField(name, field, rules));
  // Copying a template gives every result the same hidden class, which makes handlers and this loop fast.
  const template = Object.fromEntries(fields.map((field) => [field.name, undefined]));
  return (params, limits) => {
    const result: Record<string, unknown> = { ...template };
    for (const field of fields) result[field.name] = checkField(field, params, limits);
    return result as CheckedParams<P>;
  };
}

type CompiledField = {
  readonly name: string;
  readonly otherNames: readonly string[];
  readonly singleName: string | undefined;
  readonly check: FieldCheck;
  /** What a missing parameter counts as; throws when it must be there. */
  readonly missing: () => unknown;
};

function checkField(field: CompiledField, params: WireMap, limits: ProjectLimits): unknown {
  const value = params.get(field.name) ?? underOtherName(field, params);
  if (value === undefined || value === null) return field.missing();
  return field.check(value, limits) ?? field.missing();
}

function underOtherName(field: CompiledField, params: WireMap): WireValue | undefined {
  for (const name of field.otherNames) {
    const value = params.get(name);
    if (value !== undefined && value !== null) return value;
  }
  const single = field.singleName === undefined ? undefined : params.get(field.singleName);
  return single === undefined || single === null ? undefined : [single];
}

function compileField(name: string, field: ParamField, rules: GateRules): CompiledField {
  return {
    name,
    otherNames: field.alsoNamed ?? [],
    singleName: field.kind === 'idList' ? field.singleNamed : undefined,
    check: compileFieldCheck(name, field, rules),
    missing: compileMissing(name, field),
  };
}

function compileMissing(name: string, field: ParamField): () => unknown {
  if (field.presence === 'required') return () => refuseMissing(name, field.wire);
  const { default: fallback } = field;
  // The text of a `text` field is raw; a `word` keeps its string.
  const isRaw = typeof fallback === 'string' && field.kind === 'text';
  const value = isRaw ? new RawString(new TextEncoder().encode(fallback)) : fallback;
  return () => value;
}
