import type { WireMap } from '@parley/fpnn';
import { compileParams, type ParamsChecker } from './compile-params.ts';
import type { Refusals } from './declaration.ts';
import { id, int32, optional, text, timeSeconds } from './declare-fields.ts';
import type { CheckedParams } from './declared-types.ts';
import { DEFAULT_LIMITS } from './limits.ts';

/** The parameters that every quest on the server gate carries beside its own. */
export const authParams = {
  pid: int32('project id', { refusal: 'invalidPidOrUid' }),
  sign: text('MD5 of the signed text: 32 hex digits, upper case'),
  salt: id('a number of its own for every quest'),
  ts: optional(timeSeconds('clock of the caller; missing in the form of before 2020')),
};

export type AuthParams = CheckedParams<typeof authParams>;

let checkAuth: ParamsChecker<typeof authParams> | undefined;

/**
 * Reads the authentication of a quest. It proves nothing yet: the gate compares the sign.
 *
 * @throws RtmError 10009, 10010, or 200001 for a pid that is no int32.
 */
export function checkAuthParams(params: WireMap): AuthParams {
  checkAuth ??= compileParams(authParams);
  return checkAuth(params, DEFAULT_LIMITS);
}

/**
 * The text whose MD5, in upper-case hex, is the `sign` of a quest: `pid:secret:salt:method:ts`, each number in decimal,
 * the method in its exact letter case.
 */
export function signText(
  pid: number,
  secret: string,
  salt: number | bigint,
  method: string,
  ts: number | bigint,
): string {
  return `${pid}:${secret}:${salt}:${method}:${ts}`;
}

/** The signed text of SDKs from before 2020, whose quests have no `ts`: `pid:secret:salt`. */
export function untimedSignText(pid: number, secret: string, salt: number | bigint): string {
  return `${pid}:${secret}:${salt}`;
}

/** What any quest on the server gate may be answered, whatever its method. */
export const COMMON_REFUSALS = {
  keyNotFound: 'a required parameter is missing or nil, `pid`, `sign` and `salt` included',
  typeConvert: 'a parameter has the wrong type, or is an integer outside int64',
  fpnnUnknown: 'the method failed without an answer of its own',
  unknownMethod: 'the gate does not know the method',
  workQueueFull: 'the server is overloaded',
  serverStopping: 'the server is shutting down',
  invalidPidOrUid: 'the project is unknown',
  invalidPidOrSign: 'the sign is wrong',
  sameSign: 'the same quest was received before',
  invalidServerTime: '`ts` lies too far from the clock of the server',
  frequencyLimited: 'the project calls too often',
  forbiddenMethod: 'the method is switched off for the project',
  unknownError: 'the server failed; its log says why',
} satisfies Refusals;
