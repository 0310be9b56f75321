import { expect, test } from 'vitest';
import { SeenMessages } from './seen-messages.ts';

test('a message is known by its sender and its mid', () => {
  const seen = new SeenMessages();
  expect(seen.add(1n, 5n, 100)).toBe(true);
  expect(seen.add(1n, 5n, 100)).toBe(false);
  expect(seen.add(2n, 5n, 100)).toBe(true);
  expect(seen.add(1n, 6n, 100)).toBe(true);
});

test('the oldest are forgotten, and what is as old counts as known', () => {
  const seen = new SeenMessages();
  for (let time = 1; time <= 3000; time += 1) expect(seen.add(1n, BigInt(time), time)).toBe(true);
  expect(seen.forgottenMtime).toBeGreaterThan(0);
  expect(seen.forgottenMtime).toBeLessThanOrEqual(3000 - 1024);
  for (let time = 1; time <= 3000; time += 1) expect(seen.add(1n, BigInt(time), time)).toBe(false);
  expect(seen.add(9n, 9n, seen.forgottenMtime + 1)).toBe(true);
});

test('those of the newest time are never forgotten, however many they are', () => {
  const seen = new SeenMessages();
  for (let mid = 0n; mid < 5000n; mid += 1n) expect(seen.add(1n, mid, 7)).toBe(true);
  for (let mid = 0n; mid < 5000n; mid += 1n) expect(seen.add(1n, mid, 7)).toBe(false);
  expect(seen.add(1n, 5000n, 7)).toBe(true);
});
