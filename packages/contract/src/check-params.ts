import type { WireMap } from '@parley/fpnn';
import { compileOnDemand } from './compile-params.ts';
import type { ParamsOut } from './declared-types.ts';
import { GATE_RULES } from './gates.ts';
import type { ProjectLimits } from './limits.ts';
import { type MethodName, methods } from './methods.ts';

const checkerOf = compileOnDemand(methods, GATE_RULES.server);

/**
 * Checks the parameters of a quest against the declaration and gives them as the handler takes them.
 *
 * Nil counts as missing, an empty list counts as missing where the parameter is optional, undeclared parameters are
 * ignored. Bytes are not copied: `RawString` and `Uint8Array` view the packet.
 *
 * @throws RtmError with the first refusal, in the order of declaration.
 */
export function checkParams<M extends MethodName>(method: M, params: WireMap, limits: ProjectLimits): ParamsOut<M> {
  return checkerOf(method)(params, limits) as ParamsOut<M>;
}
