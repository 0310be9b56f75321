import { expect, test } from 'vitest';
import { nearestIndex, SequenceUnwrapper } from './sequence-numbers.ts';

test('indexes go on where sequence numbers wrap, also for packets that come late', () => {
  const unwrapper = new SequenceUnwrapper();
  expect([65_534, 65_535, 0, 1, 65_533, 2].map((number) => unwrapper.unwrap(number) - 0x10000)).toEqual([
    65_534, 65_535, 65_536, 65_537, 65_533, 65_538,
  ]);
  expect(unwrapper.highest - 0x10000).toBe(65_538);
});

test('a packet from before the first one has a positive index', () => {
  const unwrapper = new SequenceUnwrapper();
  unwrapper.unwrap(3);
  expect(unwrapper.unwrap(65_535)).toBe(0xffff);
});

test('the nearest index is at most half a wrap away', () => {
  expect(nearestIndex(1_000_000, 1_000_005 & 0xffff)).toBe(1_000_005);
  expect(nearestIndex(1_000_000, (1_000_000 - 700) & 0xffff)).toBe(999_300);
});
