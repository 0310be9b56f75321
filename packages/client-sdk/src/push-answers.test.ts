import type { IncomingQuest } from '@parley/fpnn';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PushAnswers } from './push-answers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createAnswers() {
  const answers = new PushAnswers(() => performance.now());
  const answered: number[] = [];
  const take = (name: number) => answers.add({ answer: () => void answered.push(name) } as unknown as IncomingQuest);
  return { take, answered };
}

test('a push that comes alone is answered at once', () => {
  const { take, answered } = createAnswers();
  take(1);
  expect(answered).toEqual([1]);
  vi.advanceTimersByTime(1000);
  take(2);
  expect(answered).toEqual([1, 2]);
  expect(vi.getTimerCount()).toBe(0);
});

test('pushes that follow within a second are answered together, in order, and none twice', () => {
  const { take, answered } = createAnswers();
  take(1);
  take(2);
  vi.advanceTimersByTime(950);
  take(3);
  expect(answered).toEqual([1]);
  vi.advanceTimersByTime(50);
  expect(answered).toEqual([1, 2, 3]);
  take(4);
  expect(answered).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(1000);
  expect(answered).toEqual([1, 2, 3, 4]);
  expect(vi.getTimerCount()).toBe(0);
});

test('no more than 1024 answers wait, with a timer that never fires too', () => {
  const { take, answered } = createAnswers();
  for (let name = 0; name <= 1023; name += 1) take(name);
  expect(answered).toHaveLength(1);
  take(1024);
  expect(answered).toHaveLength(1025);
  expect(vi.getTimerCount()).toBe(0);
});
