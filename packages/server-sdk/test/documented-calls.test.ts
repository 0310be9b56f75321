import { readFileSync } from 'node:fs';
import { RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryMessage, HistoryResult, RtmServerClient, SendResult } from '../src/index.ts';
import { answerOf, type CapturedCall, capturedCalls, questParams } from './captured-calls.ts';
import { Args, DOCUMENTED_CALLS } from './documented-calls.ts';
import { RecordingGate } from './recording-gate.ts';

const documented: { function: string; wireMethod: string; ours: string }[] = JSON.parse(
  readFileSync(new URL('fixtures/documented-functions.json', import.meta.url), 'utf8'),
);

let gate: RecordingGate;
let client: RtmServerClient;

beforeAll(async () => {
  gate = await RecordingGate.start();
  client = gate.createClient();
});

afterAll(async () => {
  await client.close();
  await gate.close();
  expect(gate.faults).toEqual([]);
});

async function replay(captured: CapturedCall): Promise<{ sent: WireMap; result: unknown }> {
  gate.answer = answerOf(captured) as never;
  gate.quests.length = 0;
  const result = await DOCUMENTED_CALLS[captured.function]!(client, new Args(captured.args));
  expect(gate.quests.map((quest) => quest.method)).toEqual([captured.wireMethod]);
  return { sent: gate.quests[0]!.params, result };
}

/** Both sides as plain values; text and bytes stay apart, except that C++ has only one string for both. */
function comparable(value: WireValue, isCpp: boolean): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, comparable(item, isCpp)]));
  if (Array.isArray(value)) return value.map((item) => comparable(item, isCpp));
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  if (value instanceof RawString) return { [isCpp ? 'bytes' : 'text']: hex(value.bytes) };
  return value instanceof Uint8Array ? { bytes: hex(value) } : value;
}

function quest(params: WireMap, captured: CapturedCall): unknown {
  const map = new Map(params);
  // A new one each time; every other call is given its mid.
  if (map.has('msg') && map.has('attrs') && captured.wireMethod !== 'editmsg') map.delete('mid');
  return comparable(map, captured.sdk.startsWith('cpp'));
}

test('each of the 72 documented functions has a captured call', () => {
  const names = documented.map((entry) => entry.function);
  expect(names).toHaveLength(72);
  expect(names.filter((name) => !capturedCalls.some((captured) => captured.function === name))).toEqual([]);
});

describe('the quest is the one that the official SDK sent', () => {
  test.each(capturedCalls.map((captured, index) => [index, captured.sdk, captured.function, captured] as const))(
    '%i %s %s',
    async (_index, _sdk, _function, captured) => {
      const { sent } = await replay(captured);
      expect(quest(sent, captured)).toEqual(quest(questParams(captured), captured));
    },
  );
});

describe('the result is what the official SDK gave', () => {
  const sends = capturedCalls.filter((captured) =>
    /^(sendmsgs?|send(group|room)msg|broadcastmsg)$/.test(captured.wireMethod),
  );

  test.each(sends.map((captured) => [captured.function, captured] as const))(
    '%s gives the mid that was sent and the time of the answer',
    async (_function, captured) => {
      const { sent, result } = await replay(captured);
      expect(result).toEqual<SendResult>({
        mid: sent.get('mid') as bigint,
        mtime: Number(answerOf(captured).get('mtime')),
      });
    },
  );

  const histories = capturedCalls.filter((captured) => /^get(p2p|group|room|broadcast)msg$/.test(captured.wireMethod));

  test.each(histories.map((captured, index) => [index, captured.function, captured] as const))(
    '%i %s gives the same page',
    async (_index, _function, captured) => {
      const { result } = await replay(captured);
      const page = result as HistoryResult;
      const expected = sdkPage(captured);
      const { messages, ...cursor } = page;
      expect(cursor).toEqual(expected.cursor);
      expect(messages.map((message) => sdkMessage(message, captured))).toEqual(expected.messages);
    },
  );

  test('getChat gives the stored message, with what the caller knows filled in', async () => {
    const captured = capturedCalls.findLast((call) => call.function === 'getChat')!;
    const { result } = await replay(captured);
    expect(result).toEqual({
      cursorId: 1003n,
      fromUid: 101n,
      toId: 102n,
      messageType: 30,
      messageId: 7_710_497_359_372_746_770n,
      message: 'chat 你好 🎈',
      attrs: '{"k":"v"}',
      modifiedTime: 1_795_240_063_260,
    });
  });

  test.each([
    ['GetMsgCount', { sender: 3, count: 4 }],
    ['EditMessage', undefined],
    ['DelGroupMessage', undefined],
    ['add_room_member', undefined],
    ['get_room_info', { oinfo: 'only public', pinfo: '私密' }],
    ['is_ban_of_room', true],
    ['get_room_members', [101n, 102n, 103n]],
    [
      'get_room_count',
      new Map([
        [6001n, 3],
        [6002n, 0],
      ]),
    ],
    ['AddRoomMembers', [103n, 104n]],
    ['DelRoomMembers', [104n]],
    ['GetGroupMembers', [101n, 102n, 103n]],
    ['GetGroupCount', 3],
    ['PullUserIntoRTCRoom', undefined],
    ['AdminCommand', undefined],
    ['GetRTCRoomList', [7001n]],
    ['GetRTCRoomMembers', { uids: [101n, 102n, 103n], administrators: [], owner: 101n }],
    ['GetRTCRoomMemberCount', 3],
    ['kick_out_from_voice_room', undefined],
    ['get_voice_room_list', [7001n]],
    ['get_voice_room_members', { uids: [101n, 102n, 103n], managers: [] }],
    ['get_voice_room_member_count', 3],
  ])('%s gives its value', async (name, expected) => {
    const { result } = await replay(capturedCalls.find((captured) => captured.function === name)!);
    expect(result).toEqual(expected);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: what the SDKs printed is JSON of two shapes.
type SdkFields = Readonly<Record<string, any>>;

/** The page as the Go or C++ SDK gave it, in this SDK's names. */
function sdkPage(captured: CapturedCall) {
  const sdkResult = captured.sdkResult as SdkFields;
  const page = (sdkResult['result'] ?? sdkResult) as SdkFields;
  const messages = (page['Messages'] ?? page['messages']) as SdkFields[];
  return {
    cursor: {
      num: page['Num'] ?? page['count'],
      lastCursorId: BigInt(page['LastCursorId'] ?? page['lastCursorId']!),
      begin: Number(page['Begin'] ?? page['beginMsec']),
      end: Number(page['End'] ?? page['endMsec']),
    },
    messages: messages.map((message) => ({
      cursorId: String(message['CursorId'] ?? message['cursorId']),
      fromUid: String(message['FromUid'] ?? message['fromUid']),
      messageType: message['MessageType'] ?? message['messageType'],
      messageId: String(message['MessageId'] ?? message['messageId']),
      message: message['Message'] ?? message['message'],
      attrs: message['Attrs'] ?? message['attrs'],
      modifiedTime: Number(message['ModifiedTime'] ?? message['modifiedTime']),
      ...('toId' in message ? { toId: String(message['toId']) } : {}),
    })),
  };
}

/** A message of this SDK as the captured results are written; Go never fills in the receiver. */
function sdkMessage(message: HistoryMessage, captured: CapturedCall) {
  const { cursorId, fromUid, toId, messageId, message: body, ...rest } = message;
  return {
    ...rest,
    cursorId: String(cursorId),
    fromUid: String(fromUid),
    messageId: String(messageId),
    message: typeof body === 'string' ? recognised(body, message) : { $str: Buffer.from(body).toString('hex') },
    ...(captured.sdk.startsWith('cpp') ? { toId: String(toId) } : {}),
  };
}

/** The C++ SDK of 2020 shows only the recognised text of audio; this one gives the body as it is. */
function recognised(body: string, message: HistoryMessage): string {
  return message.messageType === 31 ? JSON.parse(body).rt : body;
}
