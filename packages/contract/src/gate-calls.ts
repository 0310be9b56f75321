import type { Encodable, WireMap } from '@parley/fpnn';
import { compileOnDemand, type ParamsChecker } from './compile-params.ts';
import type { MethodDeclaration } from './declaration.ts';
import type { CheckedParams, GivenAnswer, GivenParams, ReadAnswer } from './declared-types.ts';
import { decodeDeclared } from './decode-declared.ts';
import { encodeDeclaredAnswer, encodeDeclaredParams } from './encode-declared.ts';
import type { ParamField } from './fields.ts';
import type { GateRules } from './gates.ts';
import type { ProjectLimits } from './limits.ts';

type Methods = { readonly [name: string]: MethodDeclaration };

/** Checks, encodes and decodes the parameters and answers of the methods of one gate. */
export class GateCalls<M extends Methods> {
  readonly #methods: M;
  readonly #checkerOf: (name: string) => ParamsChecker<{ readonly [name: string]: ParamField }>;

  constructor(methods: M, rules: GateRules) {
    this.#methods = methods;
    this.#checkerOf = compileOnDemand<string>(methods, rules);
  }

  /**
   * Checks the parameters of a quest and gives them as the handler takes them.
   *
   * @throws RtmError with the first refusal, in the order of declaration.
   */
  check<N extends keyof M & string>(method: N, params: WireMap, limits: ProjectLimits): CheckedParams<M[N]['params']> {
    return this.#checkerOf(method)(params, limits) as CheckedParams<M[N]['params']>;
  }

  /**
   * The wire form of the parameters of a quest.
   *
   * @throws TypeError when a required parameter is missing or one has the wrong type; RangeError for an unsafe number.
   */
  encodeParams<N extends keyof M & string>(method: N, params: GivenParams<M[N]['params']>): Record<string, Encodable> {
    return encodeDeclaredParams(method, this.#methods[method]!.params, params);
  }

  /**
   * The wire form of what a handler returns.
   *
   * @throws TypeError when the handler left a field out or gave one of the wrong type, RangeError for an unsafe number.
   */
  encodeAnswer<N extends keyof M & string>(method: N, answer: GivenAnswer<M[N]['answer']>): Record<string, Encodable> {
    return encodeDeclaredAnswer(method, this.#methods[method]!.answer, answer);
  }

  /** Reads an answer. @throws WireError when a declared field is missing, nil or of the wrong type. */
  decodeAnswer<N extends keyof M & string>(method: N, answer: WireMap): ReadAnswer<M[N]['answer']> {
    return decodeDeclared(`the answer of ${method}`, this.#methods[method]!.answer, answer) as ReadAnswer<
      M[N]['answer']
    >;
  }
}
