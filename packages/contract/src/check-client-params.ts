import type { WireMap } from '@parley/fpnn';
import { type ClientMethodName, clientMethods } from './client-methods.ts';
import { compileOnDemand } from './compile-params.ts';
import type { ClientParamsOut } from './declared-types.ts';
import { GATE_RULES } from './gates.ts';
import type { ProjectLimits } from './limits.ts';

const checkerOf = compileOnDemand(clientMethods, GATE_RULES.client);

/**
 * Checks the parameters of a quest on the client gate and gives them as the handler takes them. As on the server gate,
 * and ids may come as decimal texts too.
 *
 * @throws RtmError with the first refusal, in the order of declaration.
 */
export function checkClientParams<M extends ClientMethodName>(
  method: M,
  params: WireMap,
  limits: ProjectLimits,
): ClientParamsOut<M> {
  return checkerOf(method)(params, limits) as ClientParamsOut<M>;
}
