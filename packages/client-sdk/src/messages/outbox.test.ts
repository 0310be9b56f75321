import { RtmError } from '@parley/contract/sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Call } from '../call.ts';
import type { Conversation } from '../conversation.ts';
import { Outbox, type OutgoingMessage } from './outbox.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PEER: Conversation = { kind: 'p2p', peerUid: 9n };
const GROUP: Conversation = { kind: 'group', groupId: 7n };

type Answer = { mtime: number } | Error | 'never';

function createOutbox(answers: Answer[] = [], messagesMax = 10) {
  const calls: string[] = [];
  const sent: string[] = [];
  let isOnline = true;
  let wake: (() => void)[] = [];
  const call = (async (method: string, params: { mid: bigint }, options: { signal?: AbortSignal }) => {
    calls.push(`${method} ${params.mid}`);
    const answer = answers.shift() ?? { mtime: Number(params.mid) * 10 };
    if (answer === 'never') {
      await new Promise((_, reject) => {
        options.signal?.addEventListener('abort', () => reject(new RtmError(20015, 'cancelled')));
      });
    }
    if (answer instanceof Error) throw answer;
    return answer;
  }) as unknown as Call;
  const outbox = new Outbox({
    uid: 1n,
    messagesMax,
    waitForCall: async (signal) => {
      while (!isOnline) {
        await new Promise<void>((resolve, reject) => {
          wake.push(resolve);
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      }
      return call;
    },
    onSent: ({ mid }, mtime) => sent.push(`${mid} at ${mtime}`),
  });
  const send = (mid: number, conversation = PEER, wait: { timeoutMs?: number; signal?: AbortSignal } = {}) => {
    const message: OutgoingMessage = { conversation, mid: BigInt(mid), mtype: 66, msg: 'x', attrs: '' };
    return outbox.send(message, { timeoutMs: 0, ...wait });
  };
  return {
    outbox,
    calls,
    sent,
    send,
    goOffline() {
      isOnline = false;
    },
    goOnline() {
      isOnline = true;
      for (const resolve of wake.splice(0)) resolve();
      wake = [];
    },
  };
}

const lost = () => new RtmError(20002, 'lost');

test('messages of a conversation wait for each other, conversations do not', async () => {
  const { calls, send } = createOutbox(['never']);
  void send(1).catch(() => {});
  void send(2);
  await send(3, GROUP);
  expect(calls).toEqual(['sendmsg 1', 'sendgroupmsg 3']);
});

test('a message whose connection broke is sent again with the same mid before those after it', async () => {
  const { calls, sent, send } = createOutbox([lost(), lost()]);
  expect(await Promise.all([send(1), send(2)])).toEqual([
    { mid: 1n, mtime: 10 },
    { mid: 2n, mtime: 20 },
  ]);
  expect(calls).toEqual(['sendmsg 1', 'sendmsg 1', 'sendmsg 1', 'sendmsg 2']);
  expect(sent).toEqual(['1 at 10', '2 at 20']);
});

test.each([20001, 20003, 20011, 20014, 200010])(
  'a server that answers %i is asked again after a pause',
  async (code) => {
    const { calls, send } = createOutbox([new RtmError(code, 'later'), new RtmError(code, 'later')]);
    const sending = send(1);
    await vi.advanceTimersByTimeAsync(499);
    expect(calls.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1001);
    expect(await sending).toEqual({ mid: 1n, mtime: 10 });
    expect(calls.length).toBe(3);
  },
);

test.each([200041, 200011, 200053, 20005])('the answer %i is the end of the message', async (code) => {
  const { calls, send } = createOutbox([new RtmError(code, 'no')]);
  const refused = expect(send(1)).rejects.toMatchObject({ code });
  await send(2);
  await refused;
  expect(calls).toEqual(['sendmsg 1', 'sendmsg 2']);
});

test('a repeat that is answered as a duplicate had arrived: its time is looked up', async () => {
  const { calls, send } = createOutbox([lost(), new RtmError(200053, 'duplicate'), { mtime: 77 }]);
  expect(await send(1)).toEqual({ mid: 1n, mtime: 77 });
  expect(calls).toEqual(['sendmsg 1', 'sendmsg 1', 'getmsg 1']);
});

test('what waits offline goes out in order, without what was given up', async () => {
  const { outbox, calls, send, goOffline, goOnline } = createOutbox();
  goOffline();
  const stop = new AbortController();
  const sends = [send(1), send(2, PEER, { timeoutMs: 1000 }), send(3, PEER, { signal: stop.signal }), send(4)];
  const outcomes = Promise.allSettled(sends);
  expect(outbox.size).toBe(4);
  await vi.advanceTimersByTimeAsync(1000);
  stop.abort();
  expect(outbox.size).toBe(2);
  goOnline();
  const settled = await outcomes;
  expect(settled.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'sent'))).toEqual([
    'sent',
    20003,
    20015,
    'sent',
  ]);
  expect(calls).toEqual(['sendmsg 1', 'sendmsg 4']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a message that is given up on its way lets the next one go', async () => {
  const { calls, send } = createOutbox(['never']);
  const late = expect(send(1, PEER, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 20003 });
  const next = send(2);
  await vi.advanceTimersByTimeAsync(1000);
  await late;
  await next;
  expect(calls).toEqual(['sendmsg 1', 'sendmsg 2']);
});

test('messages past the limit are refused with 20011', async () => {
  const { outbox, send, goOffline, goOnline } = createOutbox([], 2);
  goOffline();
  const waiting = [send(1), send(2, GROUP)];
  await expect(send(3)).rejects.toMatchObject({ code: 20011 });
  goOnline();
  await Promise.all(waiting);
  await send(3);
  expect(outbox.size).toBe(0);
});

test('it knows what is being sent', async () => {
  const { outbox, send } = createOutbox(['never']);
  void send(1).catch(() => {});
  expect(outbox.isBeingSent(PEER, 1n, 1n)).toBe(true);
  expect(outbox.isBeingSent(PEER, 2n, 1n)).toBe(false);
  expect(outbox.isBeingSent(GROUP, 1n, 1n)).toBe(false);
  expect(outbox.isBeingSent(PEER, 1n, 2n)).toBe(false);
});
