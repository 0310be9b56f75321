import { readFileSync } from 'node:fs';
import {
  decodePayload,
  encodeMsgpack,
  type Packet,
  PacketReader,
  RawString,
  type WireMap,
  type WireValue,
} from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import {
  type ClientMethodName,
  checkClientParams,
  clientMethods,
  DEFAULT_LIMITS,
  decodeClientAnswer,
  encodeClientAnswer,
  encodeClientParams,
  isClientMethodName,
  type MethodDeclaration,
} from '../src/index.ts';

type Call = { function: string; method: string; questHex: string; answerHex: string };

const file = new URL('./fixtures/browser-calls.json', import.meta.url);
const calls: Call[] = JSON.parse(readFileSync(file, 'utf8')).calls;

function packetOf(hex: string): Packet {
  const [packet] = new PacketReader().push(new Uint8Array(Buffer.from(hex, 'hex')));
  if (packet === undefined) throw new Error('no whole packet');
  return packet;
}

function payloadOf(hex: string): WireMap {
  return decodePayload(packetOf(hex));
}

describe('what the official browser SDK sends', () => {
  test('there are 22 calls of 17 methods, all declared', () => {
    expect(calls).toHaveLength(22);
    expect(new Set(calls.map(({ method }) => method)).size).toBe(17);
    for (const { method } of calls) expect(isClientMethodName(method), method).toBe(true);
  });

  test.each(calls.map((call, index): [string, Call] => [`${index}: ${call.function}`, call]))(
    '%s passes the check, and nothing of it is left out',
    (_, { method, questHex }) => {
      const packet = packetOf(questHex);
      expect(packet).toMatchObject({ kind: 'quest', method });
      const sent = decodePayload(packet);
      const name = method as ClientMethodName;
      const checked = checkClientParams(name, sent, DEFAULT_LIMITS);
      for (const key of sent.keys()) expect(checked, key).toHaveProperty(key, expect.anything());
      // The same parameters over our own encoder are the same to the handler.
      const ours = encodeMsgpack(encodeClientParams(name, checked as Parameters<typeof encodeClientParams>[1]));
      expect(checkClientParams(name, payloadOfBytes(ours), DEFAULT_LIMITS)).toEqual(checked);
    },
  );

  test.each(calls.map((call, index): [string, Call] => [`${index}: ${call.function}`, call]))(
    '%s: an answer that it reads is what we read and give',
    (_, { method, answerHex }) => {
      const name = method as ClientMethodName;
      const received = payloadOf(answerHex);
      const answer = decodeClientAnswer(name, received);
      const ours = encodeMsgpack(encodeClientAnswer(name, answer as Parameters<typeof encodeClientAnswer>[1]));
      const declaration: MethodDeclaration = clientMethods[name];
      expect([...received.keys()].sort()).toEqual(Object.keys(declaration.answer).sort());
      expect(decodeClientAnswer(name, payloadOfBytes(ours))).toEqual(answer);
    },
  );
});

test('the room that the browser SDK enters again comes as a text', () => {
  // After a lost connection the SDK announces itself so: {rid: "555", mid, mtype: 32, msg: "", attrs: the signal}.
  const rid = new RawString(new TextEncoder().encode('555'));
  const empty = new RawString(new Uint8Array(0));
  const quest: WireMap = new Map<string, WireValue>([
    ['rid', rid],
    ['mid', 1_795_240_975_422_001],
    ['mtype', 32],
    ['msg', empty],
    ['attrs', new RawString(new TextEncoder().encode('{"name":"rtc-signal", "type":1}'))],
  ]);
  expect(checkClientParams('sendroommsg', quest, DEFAULT_LIMITS)).toMatchObject({ rid: 555n, mtype: 32, msg: empty });
});

function payloadOfBytes(payload: Uint8Array): WireMap {
  return decodePayload({ kind: 'answer', seq: 1, status: 0, encoding: 'msgpack', payload });
}
