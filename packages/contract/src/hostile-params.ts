import type { Encodable } from '@parley/fpnn';
import type { MethodDeclaration } from './declaration.ts';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { ParamField } from './fields.ts';
import { GATE_RULES } from './gates.ts';
import { samplesOf } from './hostile-samples.ts';
import { DEFAULT_LIMITS, type ProjectLimits } from './limits.ts';

/** Parameters of which one is unusual, for fuzz tests and for tests of every declared bound. */
export type HostileCase = {
  /** The parameter and what is unusual about it. */
  readonly title: string;
  readonly params: Readonly<Record<string, Encodable>>;
  /** What the check of parameters answers; undefined when it accepts them. */
  readonly code: ErrorCode | undefined;
};

/** Parameters that the check accepts: small values, every parameter present. */
export function plainParams(declaration: MethodDeclaration): Record<string, Encodable> {
  return Object.fromEntries(Object.entries(declaration.params).map(([name, field]) => [name, plainValue(field)]));
}

/**
 * Each parameter of a method with each unusual value of its kind: missing, nil, another type, at and beyond each limit,
 * the ends of int64, deeply nested, not UTF-8. The other parameters are plain.
 */
export function hostileParams(declaration: MethodDeclaration, limits: ProjectLimits = DEFAULT_LIMITS): HostileCase[] {
  const plain = plainParams(declaration);
  const rules = GATE_RULES[declaration.gates[0] ?? 'server'];
  return Object.entries(declaration.params).flatMap(([name, field]) => {
    const { [name]: _, ...others } = plain;
    const present = samplesOf(field, limits, rules).map(([label, value, refusal]) => ({
      title: `${name}: ${label}`,
      params: { ...others, [name]: value },
      code: refusal && ERROR_CODES[refusal],
    }));
    const whenMissing = field.presence === 'required' ? ERROR_CODES.keyNotFound : undefined;
    return [
      { title: `${name}: missing`, params: others, code: whenMissing },
      { title: `${name}: nil`, params: { ...others, [name]: null }, code: whenMissing },
      ...present,
      ...otherNames(name, field, others),
      ...singles(name, field, others),
    ];
  });
}

function plainValue(field: ParamField): Encodable {
  switch (field.kind) {
    case 'choice':
    case 'word':
      return field.allowed[0];
    case 'int':
      return Math.max(1, field.min);
    case 'flag':
      return true;
    case 'text':
    case 'body':
    case 'bytes':
      return 'plain';
    case 'idList':
      return [1, 2];
    case 'mtypeList':
      return [30];
    case 'list':
      return ['plain'];
    case 'idMap':
      return { 1: 1 };
    case 'textMap':
      return { plain: 'plain' };
    default:
      return 1;
  }
}

/** The parameter under each of its other names. */
function otherNames(name: string, field: ParamField, others: Record<string, Encodable>): HostileCase[] {
  return (field.alsoNamed ?? []).flatMap((other) => [
    { title: `${name}: as ${other}`, params: { ...others, [other]: plainValue(field) }, code: undefined },
    {
      title: `${name}: nil, and there as ${other}`,
      params: { ...others, [name]: null, [other]: plainValue(field) },
      code: undefined,
    },
    {
      title: `${name}: another type as ${other}`,
      params: { ...others, [other]: field.kind === 'flag' ? 1 : true },
      code: ERROR_CODES.typeConvert,
    },
  ]);
}

function singles(name: string, field: ParamField, others: Record<string, Encodable>): HostileCase[] {
  const single = field.kind === 'idList' ? field.singleNamed : undefined;
  if (single === undefined) return [];
  return [
    { title: `${name}: one id as ${single}`, params: { ...others, [single]: 1 }, code: undefined },
    { title: `${name}: a list as ${single}`, params: { ...others, [single]: [1] }, code: ERROR_CODES.typeConvert },
  ];
}
