import { DEFAULT_LIMITS, ERROR_CODES } from '@parley/contract';
import { type IncomingQuest, RawString } from '@parley/fpnn';
import type { Connection } from '@parley/fpnn/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../telemetry/logger.ts';
import { CallCounters } from '../server-gate/call-counters.ts';
import { RtcGateConnection } from './rtc-gate-connection.ts';

const LINGER_MS = 15_000;

let isClosed: boolean;
let answering: PromiseWithResolver;
let connection: RtcGateConnection;
let calls: CallCounters;

type PromiseWithResolver = { promise: Promise<string>; resolve(sdp: string): void; reject(error: Error): void };

function pending(): PromiseWithResolver {
  let resolve: (sdp: string) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<string>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  isClosed = false;
  answering = pending();
  calls = new CallCounters();
  const offers = { answer: () => answering.promise, limitsFor: () => DEFAULT_LIMITS };
  const stub = { remoteAddress: '192.0.2.1', close: () => void (isClosed = true) } as unknown as Connection;
  connection = new RtcGateConnection({ offers, rate: { take: () => true }, calls, log: silentLogger }, stub);
});
afterEach(() => {
  vi.useRealTimers();
});

/** An offer, and what was answered to it. */
function offer() {
  const outcome: { code?: number; answer?: unknown } = {};
  const params = new Map(['streamurl', 'sdp'].map((name) => [name, new RawString(Buffer.from('x'))]));
  const quest = {
    method: 'OnUserPublish',
    params,
    answer: (answer: unknown) => void (outcome.answer = answer),
    fail: (code: number) => void (outcome.code = code),
  } as unknown as IncomingQuest;
  return { outcome, served: connection.onQuest(quest) };
}

test('a connection that says nothing is closed', () => {
  vi.advanceTimersByTime(LINGER_MS - 1);
  expect(isClosed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(isClosed).toBe(true);
});

test('one whose offer waits is not closed before its answer, and some time after it', async () => {
  const { outcome, served } = offer();
  vi.advanceTimersByTime(2 * LINGER_MS);
  expect(isClosed).toBe(false);
  answering.resolve('v=0');
  await served;
  expect(outcome).toEqual({ answer: { sdp: 'v=0' } });
  vi.advanceTimersByTime(LINGER_MS);
  expect(isClosed).toBe(true);
});

test('a fault of ours is counted, and answered without its cause', async () => {
  const { outcome, served } = offer();
  answering.reject(new Error('of ours'));
  await served;
  expect(outcome).toEqual({ code: ERROR_CODES.fpnnUnknown });
  expect([...calls.refusals()]).toEqual([[{ method: 'OnUserPublish', code: '20001' }, 1]]);
});
