import type { Encodable } from '@parley/fpnn';
import type { ParamsIn } from './declared-types.ts';
import { encodeDeclaredParams } from './encode-declared.ts';
import { type MethodName, methods } from './methods.ts';

/**
 * The wire form of a call's parameters, without the common ones of {@link authParams}. Undeclared properties and those
 * that are undefined are left out.
 *
 * @throws TypeError when a required parameter is missing or one has the wrong type; RangeError for an unsafe number or
 *   a bigint outside int64. Limits are checked by the server.
 */
export function encodeParams<M extends MethodName>(method: M, params: ParamsIn<M>): Record<string, Encodable> {
  return encodeDeclaredParams(method, methods[method].params, params);
}
