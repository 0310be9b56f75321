import type { GivenParams, ReadAnswer } from './declared-types.ts';
import { GateCalls } from './gate-calls.ts';
import { GATE_RULES } from './gates.ts';
import { webRtcSubject } from './media-subjects/web-rtc.ts';

/** Every method of the web RTC endpoint, by wire name. */
export const webRtcMethods = webRtcSubject;

export type WebRtcMethodName = keyof typeof webRtcMethods;
/** What a caller of method `M` of the web RTC endpoint may pass. */
export type WebRtcParamsIn<M extends WebRtcMethodName> = GivenParams<(typeof webRtcMethods)[M]['params']>;
/** What an SDK gives the caller of method `M`. */
export type WebRtcAnswerIn<M extends WebRtcMethodName> = ReadAnswer<(typeof webRtcMethods)[M]['answer']>;

/** Checks, encodes and decodes what goes over the web RTC endpoint. */
export const webRtcCalls: GateCalls<typeof webRtcMethods> = new GateCalls(webRtcMethods, GATE_RULES['web-rtc']);

/** Whether `name` is a method of the web RTC endpoint, with its exact letter case. */
export function isWebRtcMethodName(name: string): name is WebRtcMethodName {
  return Object.hasOwn(webRtcMethods, name);
}
