import type { Encodable, WireMap } from '@parley/fpnn';
import type { PushIn, PushOf } from './declared-types.ts';
import { decodeDeclared } from './decode-declared.ts';
import { encodeDeclaredParams } from './encode-declared.ts';
import { type PushName, pushes } from './pushes.ts';

/**
 * The wire form of a push. The content of a message comes from `clientPushBody` or `serverPushBody`.
 *
 * @throws TypeError when a required parameter is missing or one has the wrong type; RangeError for an unsafe number or
 *   a bigint outside int64.
 */
export function encodePush<N extends PushName>(push: N, params: PushOf<N>): Record<string, Encodable> {
  return encodeDeclaredParams(push, pushes[push].params, params);
}

/**
 * Reads a push. Undeclared parameters are ignored.
 *
 * @throws WireError when a declared parameter is missing, nil or of the wrong type; optional ones may be missing or nil.
 */
export function decodePush<N extends PushName>(push: N, params: WireMap): PushIn<N> {
  return decodeDeclared(`the push ${push}`, pushes[push].params, params) as PushIn<N>;
}
