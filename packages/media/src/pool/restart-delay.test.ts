import { expect, test } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

test('a worker that keeps dying is started less and less often, one that lived is started at once', () => {
  let now = 0;
  const delay = new RestartDelay(() => now);
  const die = (livedMs: number) => {
    delay.handleStart();
    now += livedMs;
    return delay.next();
  };
  expect([die(10), die(10), die(10)]).toEqual([50, 100, 200]);
  for (let death = 0; death < 10; death += 1) die(10);
  expect(die(10)).toBe(5000);
  expect(die(10_000)).toBe(50);
});
