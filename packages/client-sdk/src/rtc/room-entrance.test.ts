import { ERROR_CODES } from '@parley/contract';
import { RtmError } from '@parley/contract/sdk';
import { beforeEach, expect, test } from 'vitest';
import type { Call } from '../call.ts';
import type { Offers } from './offers.ts';
import { RoomEntrance } from './room-entrance.ts';

const { rtcRoomNotFound, rtcRoomExists, rtcTryAgain, rtcMemberMax, noConfigInConsole } = ERROR_CODES;

/** What the server answers, by method and in order; a number is a refusal. The last answer stays. */
let answers: Record<string, unknown[]>;
let calls: string[];
let refusals: (number | undefined)[];
let sent: { method: string; endpoint: string; stream: object }[];

beforeEach(() => {
  answers = { getRTCConfig: [{ endpoint: 'rtc.example:13706', turnUrls: [], turnExpires: 0 }] };
  [calls, refusals, sent] = [[], [], []];
});

function entrance(options: { mayCreate?: boolean; endpoint?: string } = {}): RoomEntrance {
  const call = async (method: string) => {
    calls.push(method);
    const known = answers[method]!;
    const answer = known.length > 1 ? known.shift() : known[0];
    if (typeof answer === 'number') throw new RtmError(answer, 'refused');
    return answer;
  };
  const send: Offers['send'] = async (method, endpoint, stream) => {
    sent.push({ method, endpoint, stream });
    const code = refusals.shift();
    if (code !== undefined) throw new RtmError(code, 'refused');
    return 'an answer';
  };
  return new RoomEntrance({
    call: call as Call,
    offers: { send } as Offers,
    pid: 7,
    roomId: 5n,
    type: 2,
    mayCreate: options.mayCreate ?? true,
    endpoint: options.endpoint,
  });
}

test('a room that is there is entered, and tells its type', async () => {
  answers['enterRTCRoom'] = [{ token: 'ticket', type: 1 }];
  expect(await entrance().enter()).toBe(1);
  expect(calls).toEqual(['enterRTCRoom']);
});

test('one that is not is created, unless somebody else is faster: then it is entered', async () => {
  answers['enterRTCRoom'] = [rtcRoomNotFound, { token: 'ticket', type: 2 }];
  answers['createRTCRoom'] = [rtcRoomExists];
  await entrance().enter();
  expect(calls).toEqual(['enterRTCRoom', 'createRTCRoom', 'enterRTCRoom']);
});

test('it gives up in the end, and at once when the room is full or may not be created', async () => {
  answers['enterRTCRoom'] = [rtcRoomNotFound];
  answers['createRTCRoom'] = [rtcRoomExists];
  await expect(entrance().enter()).rejects.toMatchObject({ code: rtcRoomNotFound });
  expect(calls).toHaveLength(7);
  calls.length = 0;
  await expect(entrance({ mayCreate: false }).enter()).rejects.toMatchObject({ code: rtcRoomNotFound });
  answers['enterRTCRoom'] = [rtcMemberMax];
  await expect(entrance().enter()).rejects.toMatchObject({ code: rtcMemberMax });
  expect(calls).toEqual(['enterRTCRoom', 'enterRTCRoom']);
});

test('offers go to the endpoint that the server names, over TLS, with the ticket', async () => {
  answers['enterRTCRoom'] = [{ token: 'ticket', type: 2 }];
  const room = entrance();
  await room.enter();
  expect(await room.offer('OnUserPlay', 9n, 'sdp')).toBe('an answer');
  expect(sent).toEqual([
    {
      method: 'OnUserPlay',
      endpoint: 'wss://rtc.example:13706',
      stream: { pid: 7, roomId: 5n, uid: 9n, token: 'ticket' },
    },
  ]);
});

test('a ticket that is good no more is replaced with the next offer', async () => {
  answers['enterRTCRoom'] = [
    { token: 'old', type: 2 },
    { token: 'new', type: 2 },
  ];
  const room = entrance();
  await room.enter();
  refusals = [rtcTryAgain];
  await expect(room.offer('OnUserPlay', 9n, 'sdp')).rejects.toMatchObject({ code: rtcTryAgain });
  await room.offer('OnUserPlay', 9n, 'sdp');
  expect(sent.map(({ stream }) => (stream as { token: string }).token)).toEqual(['old', 'new']);
});

test('the configuration is asked for once, and again when its credentials are about to expire', async () => {
  const room = entrance({ endpoint: 'ws://localhost:13707' });
  expect(await room.config()).toEqual({ endpoint: 'ws://localhost:13707', iceServers: [] });
  await room.config();
  expect(calls).toEqual(['getRTCConfig']);
  const turnExpires = Math.floor(Date.now() / 1000) + 30;
  const turn = { turnUrls: ['turn:a'], turnUsername: 'u', turnCredential: 'c', turnExpires };
  answers['getRTCConfig'] = [{ endpoint: 'rtc.example:1', ...turn }];
  const other = entrance();
  expect((await other.config()).iceServers).toEqual([{ urls: ['turn:a'], username: 'u', credential: 'c' }]);
  await other.config();
  expect(calls).toHaveLength(3);
});

test('a server without media refuses', async () => {
  answers['getRTCConfig'] = [{ endpoint: '', turnUrls: [], turnExpires: 0 }];
  await expect(entrance().config()).rejects.toMatchObject({ code: noConfigInConsole });
});
