import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RtmError } from './rtm-error.ts';
import { Waiters } from './waiters.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const late = () => new RtmError(20003, 'late');

test('all get the value, and nothing is left behind', async () => {
  const waiters = new Waiters<number>();
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  const waiting = [waiters.wait({ timeoutMs: 10, signal }, late), waiters.wait({ timeoutMs: 0 }, late)];
  waiters.resolveAll(7);
  expect(await Promise.all(waiting)).toEqual([7, 7]);
  expect([waiters.size, vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 0, 1]);
});

test('each has its own time, 0 is for ever', async () => {
  const waiters = new Waiters<number>();
  const short = expect(waiters.wait({ timeoutMs: 10 }, late)).rejects.toMatchObject({ code: 20003 });
  const long = waiters.wait({ timeoutMs: 0 }, late);
  vi.advanceTimersByTime(1e9);
  await short;
  expect(waiters.size).toBe(1);
  waiters.resolveAll(7);
  expect(await long).toBe(7);
});

test('an abort ends one and leaves the others', async () => {
  const waiters = new Waiters<number>();
  const abort = new AbortController();
  const aborted = expect(waiters.wait({ timeoutMs: 10, signal: abort.signal }, late)).rejects.toMatchObject({
    code: 20015,
    cause: 'enough',
  });
  const other = expect(waiters.wait({ timeoutMs: 10 }, late)).rejects.toMatchObject({ code: 20012 });
  abort.abort('enough');
  await aborted;
  expect([waiters.size, vi.getTimerCount()]).toEqual([1, 1]);
  waiters.rejectAll(new RtmError(20012, 'no'));
  await other;
});

test('an aborted signal does not wait at all', async () => {
  const waiters = new Waiters<number>();
  await expect(waiters.wait({ timeoutMs: 10, signal: AbortSignal.abort() }, late)).rejects.toMatchObject({
    code: 20015,
  });
  expect([waiters.size, vi.getTimerCount()]).toEqual([0, 0]);
});
