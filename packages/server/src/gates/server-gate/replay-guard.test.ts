import { expect, test } from 'vitest';
import { ReplayGuard } from './replay-guard.ts';

const bytes = (n: number) => new TextEncoder().encode(`call ${n}`);

test('the same bytes are a repeat, other bytes are not', () => {
  const guard = new ReplayGuard({ rememberMs: 1200, now: () => 0 });
  expect(guard.isRepeat(bytes(1))).toBe(false);
  expect(guard.isRepeat(bytes(2))).toBe(false);
  expect(guard.isRepeat(bytes(1))).toBe(true);
});

test('a call is remembered for the whole time and forgotten some time later', () => {
  let now = 0;
  const guard = new ReplayGuard({ rememberMs: 1200, now: () => now });
  guard.isRepeat(bytes(0));
  for (let n = 1; now < 1199; now += 100, n += 1) expect(guard.isRepeat(bytes(n))).toBe(false);
  now = 1199;
  expect(guard.isRepeat(bytes(0))).toBe(true);
  for (; now < 5000; now += 100) guard.isRepeat(bytes(now));
  expect(guard.isRepeat(bytes(0))).toBe(false);
  expect(guard.forgottenEarly).toBe(0);
});

test('memory is bounded: under load the oldest calls are forgotten early and counted', () => {
  const guard = new ReplayGuard({ rememberMs: 1e9, now: () => 0, slots: 64 });
  for (let n = 0; n < 1000; n += 1) expect(guard.isRepeat(bytes(n))).toBe(false);
  expect(guard.isRepeat(bytes(999))).toBe(true);
  expect(guard.isRepeat(bytes(0))).toBe(false);
  expect(guard.forgottenEarly).toBeGreaterThan(500);
});
