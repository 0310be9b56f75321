import { RawString, type WireValue } from '@parley/fpnn';
import { refuse, refuseLength, refuseType } from './check-refusals.ts';
import type {
  BodyField,
  BytesField,
  ChoiceField,
  FlagField,
  IdField,
  IntField,
  TextField,
  TimeField,
  WordField,
} from './fields.ts';
import type { GateRules } from './gates.ts';
import { toInt64, toInt64OrText, toNumber } from './integers.ts';
import type { ProjectLimits } from './limits.ts';

/**
 * Checks a parameter that is there and gives it as handlers see it; undefined when the value counts as missing.
 *
 * @throws RtmError with a sentence that names the parameter and the limit.
 */
export type FieldCheck = (value: Exclude<WireValue, null>, limits: ProjectLimits) => unknown;

/** The check of an id. */
export function compileId(param: string, _field: IdField, { takesTextIds }: GateRules): FieldCheck {
  const read = takesTextIds ? toInt64OrText : toInt64;
  const wanted = idWord(takesTextIds);
  return (value) => read(value) ?? refuseType(param, wanted, value);
}

/** How a refusal names what is taken as an id. */
export function idWord(takesTextIds: boolean): string {
  return takesTextIds ? 'an int64 or its decimal text' : 'an int64';
}

/** The check of a time. */
export function compileTime(param: string, _field: TimeField): FieldCheck {
  return (value) => toNumber(value) ?? refuseType(param, 'an int64', value);
}

/** The check of an integer in its bounds. */
export function compileInt(param: string, field: IntField): FieldCheck {
  const { min, max, refusal, loweredTo } = field;
  return (value, limits) => {
    const number = toNumber(value);
    if (number === undefined) return refuseType(param, `an ${field.wire}`, value);
    if (number < min || number > max) return refuse(refusal, `${param} is ${value}; allowed are ${min}..${max}`);
    return loweredTo === undefined ? number : Math.min(number, limits[loweredTo]);
  };
}

/** The check of an integer out of a few. */
export function compileChoice(param: string, field: ChoiceField): FieldCheck {
  const { allowed, refusal } = field;
  return (value) => {
    const number = toNumber(value);
    if (number === undefined) return refuseType(param, `an ${field.wire}`, value);
    return allowed.includes(number)
      ? number
      : refuse(refusal, `${param} is ${value}; allowed are ${allowed.join(', ')}`);
  };
}

/** The check of a boolean. */
export function compileFlag(param: string, _field: FlagField): FieldCheck {
  return (value) => (typeof value === 'boolean' ? value : refuseType(param, 'a bool', value));
}

/** The check of a text, a body or bytes and the length. */
export function compileBytes(param: string, field: TextField | BodyField | BytesField): FieldCheck {
  const { limit, refusal } = field;
  const { kind } = field;
  return (value, limits) => {
    const isRaw = value instanceof RawString;
    if (!isRaw && !(value instanceof Uint8Array)) return refuseType(param, 'a str or bin', value);
    const { length } = isRaw ? value.bytes : value;
    if (limit !== undefined && length > limits[limit])
      return refuseLength(refusal, param, length, 'bytes', limits[limit]);
    if (kind === 'bytes') return isRaw ? value.bytes : value;
    return isRaw || kind === 'body' ? value : new RawString(value);
  };
}

/** The check of a text out of a few. What came is not repeated in the refusal. */
export function compileWord(param: string, { allowed }: WordField): FieldCheck {
  return (value) => {
    const isRaw = value instanceof RawString;
    if (!isRaw && !(value instanceof Uint8Array)) return refuseType(param, 'a str or bin', value);
    const { text } = isRaw ? value : new RawString(value);
    return allowed.includes(text) ? text : refuse('invalidParameter', `${param} must be one of ${allowed.join(', ')}`);
  };
}
