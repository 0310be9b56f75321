import type { AnswerIn, MethodName, ParamsIn } from '@parley/contract';
import type { CallOptions } from './call-options.ts';

/**
 * What the calls of every subject stand on. Each subject is a class in a file of its own and adds its calls to the one
 * before it; `RtmServerClient` ends the row and holds the connection.
 */
export abstract class RtmCalls {
  /**
   * Calls any method of the wire by its wire name; the calls with names of their own all end here.
   *
   * @param params - Without `pid`, `sign`, `salt` and `ts`, which the client adds.
   * @throws TypeError for a missing parameter or one of the wrong type, RangeError for a number beyond 2^53-1 or a
   *   bigint outside int64, RtmError when the call fails. All of them reject the promise.
   */
  abstract call<M extends MethodName>(method: M, params: ParamsIn<M>, options?: CallOptions): Promise<AnswerIn<M>>;

  /** A message id that no other call of this process has got. Sends without a `mid` take one. */
  abstract nextMid(): bigint;
}
