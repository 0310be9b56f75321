import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PendingQuests } from './pending-quests.ts';
import type { WireMap } from './value.ts';

interface Outcome {
  answer?: WireMap;
  error?: Error;
}

function add(pending: PendingQuests, timeoutMs: number, signal?: AbortSignal): [seq: number, outcome: Outcome] {
  const outcome: Outcome = {};
  const seq = pending.add({
    method: 'm',
    timeoutMs,
    signal,
    resolve: (answer) => Object.assign(outcome, { answer }),
    reject: (error) => Object.assign(outcome, { error }),
  });
  return [seq, outcome];
}

describe('PendingQuests', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    // The spies first, which stand on the timers that go with it.
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('counts from 1', () => {
    const pending = new PendingQuests(Date.now);
    expect(add(pending, 0)[0]).toBe(1);
    expect(add(pending, 0)[0]).toBe(2);
  });

  it('wraps after 2^32-1 to 1 and skips what is waiting', () => {
    const pending = new PendingQuests(Date.now);
    add(pending, 0);
    Object.assign(pending, { lastSeq: 0xffff_fffe });
    expect(add(pending, 0)[0]).toBe(0xffff_ffff);
    expect(add(pending, 0)[0]).toBe(2);
  });

  it('serves thousands of quests with one timer', () => {
    const pending = new PendingQuests(Date.now);
    for (let i = 0; i < 5000; i++) add(pending, 30_000);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('ends each quest at its own time, at most 20 ms late', () => {
    const pending = new PendingQuests(Date.now);
    const timeouts = [5000, 100, 101, 119, 121, 3000, 20];
    const outcomes = timeouts.map((timeoutMs) => add(pending, timeoutMs)[1]);
    for (let elapsed = 1; elapsed <= 5100; elapsed++) {
      vi.advanceTimersByTime(1);
      outcomes.forEach((outcome, i) => {
        if (elapsed < timeouts[i]!) expect(outcome.error).toBeUndefined();
        if (elapsed > timeouts[i]! + 20) expect(outcome.error).toMatchObject({ code: 20003 });
      });
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a quest of no timeout wait for ever', () => {
    const pending = new PendingQuests(Date.now);
    const [, outcome] = add(pending, 0);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10 ** 9);
    expect(outcome).toEqual({});
    expect(pending.size).toBe(1);
  });

  it('waits longer than a timer can', () => {
    const pending = new PendingQuests(Date.now);
    const [, outcome] = add(pending, 2 ** 32);
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(outcome).toEqual({});
    vi.advanceTimersByTime(21);
    expect(outcome.error).toMatchObject({ code: 20003 });
  });

  it('starts no timer anew for quests that are answered in time', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    const pending = new PendingQuests(Date.now);
    for (let i = 0; i < 1000; i++) {
      vi.setSystemTime(Date.now() + 1);
      pending.resolve(add(pending, 30_000)[0], new Map());
    }
    expect(setTimer).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(40_000);
    expect(vi.getTimerCount()).toBe(0);
    setTimer.mockRestore();
  });

  it('ends a quest once', () => {
    const pending = new PendingQuests(Date.now);
    const [seq, outcome] = add(pending, 100);
    const first: WireMap = new Map();
    pending.resolve(seq, first);
    pending.resolve(seq, new Map([['a', 1]]));
    pending.reject(seq, new Error('late'));
    vi.advanceTimersByTime(1000);
    expect(outcome).toEqual({ answer: first });
  });

  it('lets go of the signal when the quest ends otherwise', () => {
    const pending = new PendingQuests(Date.now);
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const [seq, outcome] = add(pending, 100, controller.signal);
    pending.resolve(seq, new Map());
    controller.abort();
    expect(remove).toHaveBeenCalledTimes(1);
    expect(outcome.error).toBeUndefined();
  });

  it('ends all and the timer', () => {
    const pending = new PendingQuests(Date.now);
    const outcomes = [add(pending, 100)[1], add(pending, 0)[1]];
    pending.rejectAll((method) => new Error(`${method} is over`));
    for (const outcome of outcomes) expect(outcome.error?.message).toBe('m is over');
    expect(pending.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
