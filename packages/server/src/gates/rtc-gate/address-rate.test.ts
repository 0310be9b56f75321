import { expect, test } from 'vitest';
import { AddressRate } from './address-rate.ts';

test('each address has a minute’s worth, which comes back in a minute', () => {
  let now = 1_000_000;
  const rate = new AddressRate(2, () => now);
  expect([rate.take('a'), rate.take('a'), rate.take('a'), rate.take('b')]).toEqual([true, true, false, true]);
  now += 29_000;
  expect(rate.take('a')).toBe(false);
  now += 2000;
  expect([rate.take('a'), rate.take('a')]).toEqual([true, false]);
});

test('0 is no limit, and addresses without end are not all remembered', () => {
  expect(new AddressRate(0, () => 0).take('a')).toBe(true);
  const rate = new AddressRate(1, () => 0);
  for (let address = 0; address < 20_010; address += 1) rate.take(String(address));
  expect(rate.size).toBe(20_000);
});
