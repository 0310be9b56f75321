import type { Encodable, WireMap } from '@parley/fpnn';
import { type ClientMethodName, clientMethods } from './client-methods.ts';
import type { ClientAnswerIn, ClientAnswerOf, ClientParamsIn } from './declared-types.ts';
import { decodeDeclared } from './decode-declared.ts';
import { encodeDeclaredAnswer, encodeDeclaredParams } from './encode-declared.ts';

/**
 * The wire form of a call's parameters on the client gate. Undeclared properties and those that are undefined are left
 * out.
 *
 * @throws TypeError when a required parameter is missing or one has the wrong type; RangeError for an unsafe number or
 *   a bigint outside int64. Limits are checked by the server.
 */
export function encodeClientParams<M extends ClientMethodName>(
  method: M,
  params: ClientParamsIn<M>,
): Record<string, Encodable> {
  return encodeDeclaredParams(method, clientMethods[method].params, params);
}

/**
 * The wire form of what a handler of the client gate returns. Every declared field is there, under all its names; only
 * optional ones may be undefined and are left out then.
 *
 * @throws TypeError when the handler left a field out or gave one of the wrong type, RangeError for an unsafe number.
 */
export function encodeClientAnswer<M extends ClientMethodName>(
  method: M,
  answer: ClientAnswerOf<M>,
): Record<string, Encodable> {
  return encodeDeclaredAnswer(method, clientMethods[method].answer, answer);
}

/**
 * Reads an answer of the client gate. Undeclared fields are ignored.
 *
 * @throws WireError when a declared field is missing, nil or of the wrong type; optional ones may be missing or nil.
 */
export function decodeClientAnswer<M extends ClientMethodName>(method: M, answer: WireMap): ClientAnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, clientMethods[method].answer, answer) as ClientAnswerIn<M>;
}
