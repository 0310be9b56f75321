import type { Encodable, WireMap } from '@parley/fpnn';
import type { AnswerIn, AnswerOf } from './declared-types.ts';
import { decodeDeclared } from './decode-declared.ts';
import { encodeDeclaredAnswer } from './encode-declared.ts';
import { type MethodName, methods } from './methods.ts';

/**
 * The wire form of what a handler returns. Every declared field is there, under all its names: SDKs crash when one is
 * missing or nil. Only optional ones may be undefined; they are left out then.
 *
 * @throws TypeError when the handler left a field out or gave one of the wrong type, RangeError for an unsafe number.
 */
export function encodeAnswer<M extends MethodName>(method: M, answer: AnswerOf<M>): Record<string, Encodable> {
  return encodeDeclaredAnswer(method, methods[method].answer, answer);
}

/**
 * Reads an answer. Undeclared fields are ignored.
 *
 * @throws WireError when a declared field is missing, nil or of the wrong type; optional ones may be missing or nil.
 */
export function decodeAnswer<M extends MethodName>(method: M, answer: WireMap): AnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, methods[method].answer, answer) as AnswerIn<M>;
}
