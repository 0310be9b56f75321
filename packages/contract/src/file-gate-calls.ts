import type { Encodable, WireMap } from '@parley/fpnn';
import { compileOnDemand, compileParams, type ParamsChecker } from './compile-params.ts';
import type { Refusals } from './declaration.ts';
import { int32, text } from './declare-fields.ts';
import type { CheckedParams, GivenAnswer, GivenParams, ReadAnswer } from './declared-types.ts';
import { decodeDeclared } from './decode-declared.ts';
import { encodeDeclaredAnswer, encodeDeclaredParams } from './encode-declared.ts';
import { type FileGateMethodName, fileGateMethods } from './file-gate-methods.ts';
import { GATE_RULES } from './gates.ts';
import { DEFAULT_LIMITS, type ProjectLimits } from './limits.ts';

type Methods = typeof fileGateMethods;
/** What a caller of method `M` of the file gate may pass. */
export type FileParamsIn<M extends FileGateMethodName> = GivenParams<Methods[M]['params']>;
/** What the handler of method `M` gets. */
export type FileParamsOut<M extends FileGateMethodName> = CheckedParams<Methods[M]['params']>;
/** What the handler of method `M` returns. */
export type FileAnswerOf<M extends FileGateMethodName> = GivenAnswer<Methods[M]['answer']>;
/** What an SDK gives the caller of method `M`. */
export type FileAnswerIn<M extends FileGateMethodName> = ReadAnswer<Methods[M]['answer']>;

/** The parameters that every quest on the file gate carries beside its own. */
export const fileTokenParams = {
  pid: int32('project id', { refusal: 'invalidPidOrUid' }),
  token: text('from filetoken, good for one file', { limit: 'shortTextMaxBytes', refusal: 'invalidFileOrSignOrToken' }),
};

export type FileTokenParams = CheckedParams<typeof fileTokenParams>;

let checkToken: ParamsChecker<typeof fileTokenParams> | undefined;
const checkerOf = compileOnDemand(fileGateMethods, GATE_RULES.file);

/** Reads project and token of a quest on the file gate. @throws RtmError 10009, 10010, 200001 or 200003. */
export function checkFileTokenParams(params: WireMap): FileTokenParams {
  checkToken ??= compileParams(fileTokenParams, GATE_RULES.file);
  return checkToken(params, DEFAULT_LIMITS);
}

/** Checks the other parameters. @throws RtmError with the first refusal, in the order of declaration. */
export function checkFileParams<M extends FileGateMethodName>(
  method: M,
  params: WireMap,
  limits: ProjectLimits,
): FileParamsOut<M> {
  return checkerOf(method)(params, limits) as FileParamsOut<M>;
}

/** The wire form of a call's parameters on the file gate. @throws as `encodeClientParams`. */
export function encodeFileParams<M extends FileGateMethodName>(
  method: M,
  params: FileParamsIn<M> & { pid: number; token: string },
): Record<string, Encodable> {
  const { pid, token } = params;
  return { pid, token, ...encodeDeclaredParams(method, fileGateMethods[method].params, params) };
}

/** The wire form of what a handler of the file gate returns. @throws as `encodeClientAnswer`. */
export function encodeFileAnswer<M extends FileGateMethodName>(
  method: M,
  answer: FileAnswerOf<M>,
): Record<string, Encodable> {
  return encodeDeclaredAnswer(method, fileGateMethods[method].answer, answer);
}

/** Reads an answer of the file gate. @throws as `decodeClientAnswer`. */
export function decodeFileAnswer<M extends FileGateMethodName>(method: M, answer: WireMap): FileAnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, fileGateMethods[method].answer, answer) as FileAnswerIn<M>;
}

/** What any quest on the file gate may be answered, whatever its method. */
export const FILE_COMMON_REFUSALS = {
  keyNotFound: 'a required parameter is missing or nil, `pid` and `token` included',
  typeConvert: 'a parameter has the wrong type, or is an integer outside int64',
  fpnnUnknown: 'the file could not be stored; send it again with the same mid',
  unknownMethod: 'the gate does not know the method',
  workQueueFull: 'too many files are coming in; try again later',
  serverStopping: 'the server is shutting down',
  invalidPidOrUid: 'the project is unknown',
  invalidFileOrSignOrToken:
    'the token is unknown, used or too old, or was given for another sender, method or target; or the sign is wrong',
  attrsWithoutSignOrExt: '`attrs` is no JSON or has no sign',
  frequencyLimited: 'the project sends files too often',
  forbiddenMethod: 'the method is switched off for the project',
  unauthorized: 'the user who got the token is no longer logged in',
} satisfies Refusals;
