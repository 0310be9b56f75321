import { type AnswerPacket, decodePayload, type Packet, PacketReader, RawString, type WireValue } from '@parley/fpnn';
import type { CapturedCall } from './captures.ts';

/** An answer, whoever gave it. `code` is 0 when it is no error. */
export type CallAnswer = { readonly code: number; readonly ex: string; readonly payload: Uint8Array };

/** What a call of a replay should be answered. */
export type ExpectedAnswer = {
  /** `any` for calls that only served to make the capture server answer with an error of its script. */
  readonly code: number | 'any';
  /** Whether the values too should be those of the capture, but for ids and times. */
  readonly hasSameValues: boolean;
};

const SCRIPTED_IDS = { from: 200_001, to: 200_999 };
const AUTH = new Set(['pid', 'sign', 'salt', 'ts']);
const IDS_AND_TIMES = new Set(['id', 'mtime', 'lastid', 'begin', 'end']);
/** The capture server made the first user who was pulled into an RTC room its owner; here such a room has none. */
const OWN_CHOICES = new Set(['owner']);
const SAME_SIGN = 200006;
const DUPLICATED_MID = 200053;
const NOT_IN_RTC_ROOM = 700002;
const RTC_ROOM_NOT_FOUND = 700005;

export function answerOf(packet: Packet | undefined): CallAnswer {
  if (packet?.kind !== 'answer') throw new Error('this is no answer');
  const answer = decodePayload(packet);
  if (packet.status === 0) return { code: 0, ex: '', payload: packet.payload };
  return { code: Number(answer.get('code')), ex: (answer.get('ex') as RawString).text, payload: packet.payload };
}

/** The answer that the SDK got. */
export function capturedAnswerOf(call: CapturedCall): CallAnswer {
  const [packet] = new PacketReader().push(Buffer.from(call.answerHex, 'hex'));
  return answerOf(packet as AnswerPacket);
}

/**
 * What a fresh project answers to the calls of one SDK, sent in their order as `packets`. It is what the capture server
 * answered, with two exceptions that the calls themselves bring about. Python makes equal mids within a millisecond: the
 * second message is 200053. It also makes equal salts, so that a call repeated within a millisecond is the same packet
 * again: 200006.
 */
export function expectedAnswers(calls: readonly CapturedCall[], packets: readonly Uint8Array[]): ExpectedAnswer[] {
  const sent = new Set<string>();
  const messages = new SentMessages();
  return calls.map((call, index) => {
    const code = codeOf(call);
    const params = paramsOf(call);
    // The sequence number of a packet is no part of the call.
    const signedParams = Buffer.from(packets[index]!.subarray(16)).toString('latin1');
    if (sent.has(signedParams)) return { code: SAME_SIGN, hasSameValues: false };
    sent.add(signedParams);
    if (Object.values(params).some(isScripted)) return { code: 'any', hasSameValues: false };
    if (code !== 0) return { code, hasSameValues: false };
    if (!messages.accepts(params)) return { code: DUPLICATED_MID, hasSameValues: false };
    // A cursor of the capture server leads nowhere here, and a refused message is missing from the history.
    const isFirstPage = !('lastid' in params) || params['lastid'] === 0;
    const isWhole = call.wireMethod !== 'getp2pmsg' || messages.refused === 0;
    return { code, hasSameValues: isFirstPage && isWhole };
  });
}

/** The code that a call is refused with, 0 for none. The capture server had one code for all that RTC rooms refuse. */
function codeOf(call: CapturedCall): number {
  const { code, ex } = capturedAnswerOf(call);
  if (!/RTC|VoiceRoom/.test(call.wireMethod) || code === 0) return code;
  return ex === 'not in room' ? NOT_IN_RTC_ROOM : RTC_ROOM_NOT_FOUND;
}

/** The values of an answer without ids, times and what is a choice of ours, in a form that can be compared. */
export function valuesOf(answer: CallAnswer): unknown {
  const decoded = decodePayload({ kind: 'answer', seq: 0, status: 0, encoding: 'msgpack', payload: answer.payload });
  const values = Object.entries(toFixtureForm(decoded) as Record<string, unknown>)
    .filter(([name]) => !IDS_AND_TIMES.has(name) && !OWN_CHOICES.has(name))
    .map(([name, value]) => [name, name === 'msgs' ? (value as unknown[][]).map((unit) => unit.slice(1, 7)) : value]);
  return Object.fromEntries(values);
}

/** A decoded value as the fixture writes it. */
export function toFixtureForm(value: WireValue): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return value >= -(2 ** 31) && value < 2 ** 31 ? value : String(value);
  if (value instanceof RawString) {
    const isUtf8 = Buffer.from(value.text).equals(value.bytes);
    return isUtf8 ? value.text : { $str: Buffer.from(value.bytes).toString('hex') };
  }
  if (value instanceof Uint8Array) return { $bin: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(toFixtureForm);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, toFixtureForm(item)]));
  return value;
}

function paramsOf(call: CapturedCall): Record<string, unknown> {
  return Object.fromEntries(Object.entries(call.questDecoded).filter(([name]) => !AUTH.has(name)));
}

function isScripted(value: unknown): boolean {
  return typeof value === 'number' && value >= SCRIPTED_IDS.from && value <= SCRIPTED_IDS.to;
}

/** The messages of a replay by sender, conversation and mid. */
class SentMessages {
  readonly #contents = new Map<string, string>();
  refused = 0;

  /** False for a message whose mid stands for other content; true for whatever is no message. */
  accepts(params: Record<string, unknown>): boolean {
    const { from, mid, mtype, msg, attrs } = params;
    if (mtype === undefined) return true;
    const content = JSON.stringify([mtype, msg, attrs]);
    const places = Array.isArray(params['tos']) ? params['tos'].map((to) => `to ${to}`) : [placeOf(params)];
    const keys = places.map((place) => `${from} ${place} ${mid}`);
    if (keys.some((key) => (this.#contents.get(key) ?? content) !== content)) {
      this.refused += 1;
      return false;
    }
    for (const key of keys) this.#contents.set(key, content);
    return true;
  }
}

function placeOf({ to, gid, rid }: Record<string, unknown>): string {
  if (to !== undefined) return `to ${to}`;
  if (gid !== undefined) return `group ${gid}`;
  return rid === undefined ? 'all' : `room ${rid}`;
}
