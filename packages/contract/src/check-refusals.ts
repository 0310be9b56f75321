import type { WireValue } from '@parley/fpnn';
import { ERROR_CODES, type ErrorName } from './error-codes.ts';
import { RtmError } from './rtm-error.ts';
import { wireKindOf } from './wire-kinds.ts';

/** Refuses with the code of that name. */
export function refuse(name: ErrorName, sentence: string): never {
  throw new RtmError(ERROR_CODES[name], sentence);
}

/** Refuses a missing parameter. */
export function refuseMissing(param: string, wire: string): never {
  return refuse('keyNotFound', `${param} is missing; ${wire} is needed`);
}

/** Refuses what is too long. */
export function refuseLength(name: ErrorName, param: string, length: number, what: string, limit: number): never {
  return refuse(name, `${param} has ${length} ${what}; at most ${limit} are allowed`);
}

/** Refuses an empty list where one item is needed. */
export function refuseEmpty(param: string): never {
  return refuse('emptyParameter', `${param} is empty; at least 1 item is needed`);
}

/** Refuses a value of another type. */
export function refuseType(param: string, wanted: string, value: WireValue): never {
  return refuse('typeConvert', `${param} must be ${wanted}, not ${wireKindOf(value)}`);
}

/** Refuses an item of another type. */
export function refuseItem(param: string, wanted: string, item: WireValue): never {
  return refuse('typeConvert', `${param} must hold ${wanted} each, not ${wireKindOf(item)}`);
}
