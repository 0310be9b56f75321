import { readFileSync } from 'node:fs';
import { decodePayload, PacketReader, type WireMap } from '@parley/fpnn';

/** A call that an official SDK made; see fixtures/README.md. */
export type CapturedCall = {
  sdk: string;
  function: string;
  args: CapturedArgs;
  wireMethod: string;
  questHex: string;
  answerHex: string;
  sdkResult: unknown;
};

/** Integers beyond 32 bits are decimal strings, bytes are `{"$bin": hex}` or `{"$str": hex}`. */
export type CapturedArgs = Readonly<Record<string, unknown>>;

const COMMON = ['pid', 'sign', 'salt', 'ts'];

export const capturedCalls: readonly CapturedCall[] = JSON.parse(
  readFileSync(new URL('fixtures/captured-calls.json', import.meta.url), 'utf8'),
);

/** The parameters that the SDK sent, without the common ones. */
export function questParams(call: CapturedCall): WireMap {
  const params = payloadOf(call.questHex);
  for (const name of COMMON) params.delete(name);
  return params;
}

/** What the SDK got for an answer. */
export function answerOf(call: CapturedCall): WireMap {
  return payloadOf(call.answerHex);
}

function payloadOf(hex: string): WireMap {
  const [packet] = new PacketReader().push(Buffer.from(hex, 'hex'));
  return decodePayload(packet!);
}
