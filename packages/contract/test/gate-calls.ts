import type { Encodable, WireMap } from '@parley/fpnn';
import {
  checkClientParams,
  checkFileParams,
  checkParams,
  clientMethods,
  decodeAnswer,
  decodeClientAnswer,
  decodeFileAnswer,
  encodeAnswer,
  encodeClientAnswer,
  encodeClientParams,
  encodeFileAnswer,
  encodeFileParams,
  encodeParams,
  fileGateMethods,
  type Gate,
  type MethodDeclaration,
  mediaCalls,
  mediaMethods,
  methods,
  type ProjectLimits,
  webRtcCalls,
  webRtcMethods,
} from '../src/index.ts';

/** What a gate does with its methods, for tests that walk all of them: the types are those of no method in particular. */
export type GateCalls = {
  readonly gate: Gate;
  readonly methods: Readonly<Record<string, MethodDeclaration>>;
  readonly check: (method: string, params: WireMap, limits: ProjectLimits) => unknown;
  readonly encodeParams: (method: string, params: object) => Record<string, Encodable>;
  readonly encodeAnswer: (method: string, answer: object) => Record<string, Encodable>;
  readonly decodeAnswer: (method: string, answer: WireMap) => unknown;
};

export const SERVER_GATE: GateCalls = {
  gate: 'server',
  methods,
  check: checkParams as GateCalls['check'],
  encodeParams: encodeParams as GateCalls['encodeParams'],
  encodeAnswer: encodeAnswer as GateCalls['encodeAnswer'],
  decodeAnswer: decodeAnswer as GateCalls['decodeAnswer'],
};

export const CLIENT_GATE: GateCalls = {
  gate: 'client',
  methods: clientMethods,
  check: checkClientParams as GateCalls['check'],
  encodeParams: encodeClientParams as GateCalls['encodeParams'],
  encodeAnswer: encodeClientAnswer as GateCalls['encodeAnswer'],
  decodeAnswer: decodeClientAnswer as GateCalls['decodeAnswer'],
};

export const FILE_GATE: GateCalls = {
  gate: 'file',
  methods: fileGateMethods,
  check: checkFileParams as GateCalls['check'],
  encodeParams: encodeFileParams as GateCalls['encodeParams'],
  encodeAnswer: encodeFileAnswer as GateCalls['encodeAnswer'],
  decodeAnswer: decodeFileAnswer as GateCalls['decodeAnswer'],
};

const MEDIA_GATE: GateCalls = { gate: 'media', methods: mediaMethods, ...callsOf(mediaCalls) };
const WEB_RTC: GateCalls = { gate: 'web-rtc', methods: webRtcMethods, ...callsOf(webRtcCalls) };

function callsOf(calls: object): Omit<GateCalls, 'gate' | 'methods'> {
  const { check, encodeParams: params, encodeAnswer: answer, decodeAnswer: read } = calls as GateCalls;
  return {
    check: check.bind(calls),
    encodeParams: params.bind(calls),
    encodeAnswer: answer.bind(calls),
    decodeAnswer: read.bind(calls),
  };
}

/** Every method of every gate: a title, the gate, the declaration. */
export const ALL_METHODS: readonly [title: string, calls: GateCalls, declaration: MethodDeclaration][] = [
  SERVER_GATE,
  CLIENT_GATE,
  MEDIA_GATE,
  WEB_RTC,
  FILE_GATE,
].flatMap((calls) =>
  Object.values(calls.methods).map((declaration): [string, GateCalls, MethodDeclaration] => [
    `${calls.gate} gate: ${declaration.name}`,
    calls,
    declaration,
  ]),
);
