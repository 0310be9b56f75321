import { isMethodName, methods } from '@parley/contract';
import { decodePayload, type Encodable, encodeQuest } from '@parley/fpnn';
import { type ParleyUnderTest, signed, startParley } from '@parley/testkit/internal';
import { describe, expect, test } from 'vitest';
import { RawClient } from '../packages/fpnn/test/support/raw-client.ts';
import {
  answerOf,
  type CallAnswer,
  capturedAnswerOf,
  expectedAnswers,
  toFixtureForm,
  valuesOf,
} from './support/captured-answers.ts';
import { type CapturedCall, capturedCalls, questOf, signAnew, withFloats } from './support/captures.ts';
import { entriesOf, type Outline, outlineOf, type WireKind } from './support/msgpack-outline.ts';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();

const UNIT_KINDS = ['int', 'int', 'int', 'int', 'bool', expect.stringMatching(/^(str|bin)$/), 'str', 'int'];

const sdks = [...new Set(capturedCalls.map(({ sdk }) => sdk))];
const callsOf = (sdk: string) => capturedCalls.filter((call) => call.sdk === sdk);
const nameOf = (call: CapturedCall, index: number) => `${index}: ${call.function} ${call.note ?? ''}`;

test('every captured quest is read as its SDK meant it', () => {
  for (const [index, call] of capturedCalls.entries()) {
    const quest = questOf(call);
    expect(quest).toMatchObject({ method: call.wireMethod, isOneWay: false, encoding: 'msgpack' });
    expect(toFixtureForm(decodePayload(quest)), nameOf(call, index)).toEqual(call.questDecoded);
  }
});

test('every captured method is declared and served', async () => {
  const captured = new Set(capturedCalls.map(({ wireMethod }) => wireMethod));
  expect(captured.size).toBe(50);
  for (const method of captured) {
    expect(isMethodName(method), method).toBe(true);
    expect(await fixture.caller.codeOf(method), method).not.toBe(20004);
  }
});

describe.each(sdks)('the calls of %s', (sdk) => {
  test('are served byte by byte as the SDK wrote them, but for the signature', async () => {
    const calls = callsOf(sdk);
    // The distances in time stay: some SDKs sign two calls of the same instant alike.
    const offset = Math.floor(Date.now() / 1000) - calls[0]!.questDecoded.ts;
    await replay(calls, (call, project) => signAnew(call, project, call.questDecoded.ts + offset));
  });

  test('are served when our encoder writes the parameters', async () => {
    await replay(callsOf(sdk), (call, project) => {
      const quest = questOf(call);
      const params = decodePayload(quest) as Map<string, Encodable>;
      for (const [name, value] of Object.entries(signed(project, call.wireMethod))) params.set(name, value);
      return encodeQuest({ method: call.wireMethod, params, seq: quest.seq });
    });
  });
});

test('the calls of Node are served when their large numbers come as float64', async () => {
  const calls = callsOf('node@2.1.0');
  const ts = Math.floor(Date.now() / 1000);
  let changed = 0;
  await replay(calls, (call, project) => {
    const packet = signAnew(call, project, ts);
    const withFloat64 = withFloats(packet, questOf(call).payload.length);
    if (!Buffer.from(withFloat64).equals(packet)) changed += 1;
    return withFloat64;
  });
  expect(changed).toBe(calls.length);
});

/** Sends the calls in order to a fresh project and compares each answer with the one that the SDK got. */
async function replay(
  calls: readonly CapturedCall[],
  toPacket: (call: CapturedCall, project: ParleyUnderTest) => Uint8Array,
): Promise<void> {
  const { databaseUrl } = fixture.parley;
  const settings = { requiresGroupMembership: true, requiresRoomMembership: true };
  const parley = await startParley({ ...(databaseUrl && { databaseUrl }), settings });
  const client = await RawClient.connect(parley.serverGate.port);
  try {
    const packets = calls.map((call) => toPacket(call, parley));
    const expected = expectedAnswers(calls, packets);
    for (const [index, call] of calls.entries()) {
      await client.write(packets[index]!);
      const [packet] = await client.takePackets(1);
      expect(packet).toMatchObject({ kind: 'answer', seq: questOf(call).seq, encoding: 'msgpack' });
      const answer = answerOf(packet);
      const { code, hasSameValues } = expected[index]!;
      const name = nameOf(call, index);
      if (code === 'any') expect([0, ...declared(call).errors], name).toContain(answer.code);
      else expect(answer, name).toMatchObject({ code });
      if (answer.code !== 0) continue;
      expectComplete(call, answer, name);
      if (code === 'any') continue;
      expect(kindsOf(answer), name).toMatchObject(kindsOf(capturedAnswerOf(call)));
      if (hasSameValues) expect(valuesOf(answer), name).toEqual(valuesOf(capturedAnswerOf(call)));
    }
  } finally {
    client.socket.destroy();
    await parley.close();
  }
}

/** SDKs crash on fields that are missing or nil, and misread some formats. */
function expectComplete(call: CapturedCall, { payload }: CallAnswer, name: string): void {
  const fields = Object.entries(declared(call).answer).flatMap(([field, { alsoNamed = [] }]) => [field, ...alsoNamed]);
  const root = outlineOf(payload);
  const found = entriesOf(payload, root);
  expect([...found.keys()].sort(), name).toEqual(fields.sort());
  const visit = (node: Outline) => {
    expect(['nil', 'float', 'ext'], name).not.toContain(node.kind);
    if (node.kind === 'int') expect(payload[node.start], `${name}: a negative fixint`).toBeLessThan(0xe0);
    node.items.forEach(visit);
  };
  visit(root);
  for (const unit of found.get('msgs')?.items ?? []) {
    const kinds = unit.items.map(({ kind }) => kind);
    expect(kinds, name).toEqual(UNIT_KINDS);
  }
}

/** What SDKs decode by: the kind of each field. */
function kindsOf({ payload }: CallAnswer): Record<string, WireKind> {
  const fields = [...entriesOf(payload, outlineOf(payload))];
  return Object.fromEntries(fields.map(([field, { kind }]) => [field, kind]));
}

function declared(call: CapturedCall) {
  if (!isMethodName(call.wireMethod)) throw new Error(`${call.wireMethod} is not declared`);
  return methods[call.wireMethod] as {
    errors: readonly number[];
    answer: Record<string, { alsoNamed?: readonly string[] }>;
  };
}
