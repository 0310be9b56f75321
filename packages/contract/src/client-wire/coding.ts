import type { Encodable, WireMap } from '@parley/fpnn';
import type { ClientMethodName } from '../client-methods.ts';
import type { ClientAnswerIn, ClientParamsIn, PushIn } from '../declared-types.ts';
import { decodeDeclared } from '../decode-declared.ts';
import { encodeDeclaredParams } from '../encode-declared.ts';
import type { FieldDeclaration } from '../fields.ts';
import type { FileAnswerIn, FileParamsIn } from '../file-gate-calls.ts';
import type { FileGateMethodName } from '../file-gate-methods.ts';
import type { PushName } from '../pushes.ts';
import type { WebRtcAnswerIn, WebRtcMethodName, WebRtcParamsIn } from '../web-rtc-methods.ts';
import {
  CLIENT_ANSWERS,
  CLIENT_PARAMS,
  FILE_ANSWERS,
  FILE_PARAMS,
  PUSH_PARAMS,
  WEB_RTC_ANSWERS,
  WEB_RTC_PARAMS,
} from './tables.ts';
import { parseWireFields } from './wire-fields.ts';

type Fields = { readonly [name: string]: FieldDeclaration };
type Table = { readonly [name: string]: string };

const NO_FIELDS: Fields = {};
const parsed = new Map<Table, Map<string, Fields>>();

/** The fields of a method or push; parsed when first asked for. Those without fields stand in no table. */
function fieldsIn(table: Table, name: string): Fields {
  let known = parsed.get(table);
  if (known === undefined) {
    known = new Map();
    parsed.set(table, known);
  }
  let fields = known.get(name);
  if (fields === undefined) {
    const text = Object.hasOwn(table, name) ? table[name] : undefined;
    fields = text === undefined ? NO_FIELDS : parseWireFields(text);
    known.set(name, fields);
  }
  return fields;
}

/** As `encodeClientParams` of the whole contract; a word is not checked against those that are allowed. */
export function encodeClientParams<M extends ClientMethodName>(
  method: M,
  params: ClientParamsIn<M>,
): Record<string, Encodable> {
  return encodeDeclaredParams(method, fieldsIn(CLIENT_PARAMS, method), params);
}

/** As `decodeClientAnswer` of the whole contract. */
export function decodeClientAnswer<M extends ClientMethodName>(method: M, answer: WireMap): ClientAnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, fieldsIn(CLIENT_ANSWERS, method), answer) as ClientAnswerIn<M>;
}

/** As `encodeFileParams` of the whole contract. */
export function encodeFileParams<M extends FileGateMethodName>(
  method: M,
  params: FileParamsIn<M> & { pid: number; token: string },
): Record<string, Encodable> {
  const { pid, token } = params;
  return { pid, token, ...encodeDeclaredParams(method, fieldsIn(FILE_PARAMS, method), params) };
}

/** As `decodeFileAnswer` of the whole contract. */
export function decodeFileAnswer<M extends FileGateMethodName>(method: M, answer: WireMap): FileAnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, fieldsIn(FILE_ANSWERS, method), answer) as FileAnswerIn<M>;
}

/** As `webRtcCalls.encodeParams` of the whole contract. */
export function encodeWebRtcParams<M extends WebRtcMethodName>(
  method: M,
  params: WebRtcParamsIn<M>,
): Record<string, Encodable> {
  return encodeDeclaredParams(method, fieldsIn(WEB_RTC_PARAMS, method), params);
}

/** As `webRtcCalls.decodeAnswer` of the whole contract. */
export function decodeWebRtcAnswer<M extends WebRtcMethodName>(method: M, answer: WireMap): WebRtcAnswerIn<M> {
  return decodeDeclared(`the answer of ${method}`, fieldsIn(WEB_RTC_ANSWERS, method), answer) as WebRtcAnswerIn<M>;
}

/** As `decodePush` of the whole contract. */
export function decodePush<N extends PushName>(push: N, params: WireMap): PushIn<N> {
  return decodeDeclared(`the push ${push}`, fieldsIn(PUSH_PARAMS, push), params) as PushIn<N>;
}
