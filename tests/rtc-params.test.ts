import { clientMethods, DEFAULT_LIMITS, ERROR_CODES, type MethodDeclaration } from '@parley/contract';
import { hostileParams, plainParams } from '@parley/contract/hostile-params';
import { FpnnError } from '@parley/fpnn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
const RTC_METHODS = Object.values<MethodDeclaration>(clientMethods).filter(({ subject }) => subject.startsWith('rtc-'));

let client: TestClient;

beforeAll(async () => {
  client = await TestClient.logIn(fixture.parley, fixture.caller, 1);
});

afterAll(() => client.close());

/** The code and the sentence that a call is refused with; 0 when it is served. */
async function refusalOf(method: string, params: object): Promise<{ code: number; sentence: string }> {
  try {
    await client.call(method, params as Record<string, number>);
    return { code: 0, sentence: '' };
  } catch (error) {
    if (error instanceof FpnnError) return { code: error.code, sentence: error.message };
    throw error;
  }
}

test('there are 22 methods about RTC, all served', async () => {
  expect(RTC_METHODS).toHaveLength(22);
  for (const { name } of RTC_METHODS) expect(await client.codeOf(name, {}), name).not.toBe(20004);
});

test.each(RTC_METHODS.map((declaration) => [declaration.name, declaration] as const))(
  '%s: what is not allowed is refused with its code and by name, what is unusual but legal is looked at',
  async (name, declaration) => {
    const known = [0, ...declaration.errors];
    const plain = await refusalOf(name, plainParams(declaration));
    expect(known).toContain(plain.code);
    for (const { title, params, code } of hostileParams(declaration, DEFAULT_LIMITS)) {
      const refusal = await refusalOf(name, params);
      if (code === undefined) expect(known, title).toContain(refusal.code);
      else expect(refusal.code, title).toBe(code);
      const param = title.slice(0, title.indexOf(':'));
      if (code !== undefined) expect(refusal.sentence, title).toContain(param);
      if (refusal.code !== 0) expect(refusal.sentence, title).toMatch(/\w+/);
    }
  },
);

test('every refusal about what is there names the parameter', async () => {
  const other = await TestClient.logIn(fixture.parley, fixture.caller, 2);
  await other.call('createRTCRoom', { rid: 900, type: 1 });
  const refused: [string, object, number][] = [
    ['createRTCRoom', { rid: 900, type: 1 }, ERROR_CODES.rtcRoomExists],
    ['createRTCRoom', { rid: 901, type: 3 }, ERROR_CODES.rtcInvalidParameter],
    ['enterRTCRoom', { rid: 901 }, ERROR_CODES.rtcRoomNotFound],
    ['exitRTCRoom', { rid: 900 }, ERROR_CODES.notInRtcRoom],
    ['roomEvent', { rid: 900, event: 'x' }, ERROR_CODES.notInRtcRoom],
    ['adminCommand', { rid: 900, uids: [2], command: 2 }, ERROR_CODES.notInRtcRoom],
    ['adminCommand', { rid: 900, uids: [2], command: 8 }, ERROR_CODES.rtcInvalidParameter],
    ['requestP2PRTC', { type: 1, peerUid: 77 }, ERROR_CODES.notOnline],
    ['acceptP2PRTC', { callId: 5 }, ERROR_CODES.rtcInvalidParameter],
  ];
  for (const [method, params, code] of refused) {
    const refusal = await refusalOf(method, params);
    expect(refusal.code, method).toBe(code);
    expect(
      Object.keys(params).some((param) => refusal.sentence.startsWith(param)),
      refusal.sentence,
    ).toBe(true);
  }
  other.close();
});
