import { expect, test } from 'vitest';
import { RecentCache } from './recent-cache.ts';

test('keeps what is used and drops what is not', () => {
  const cache = new RecentCache<number>(10);
  cache.set('used', 1);
  for (let index = 0; index < 100; index++) {
    cache.set(`filler ${index}`, index);
    expect(cache.get('used')).toBe(1);
    expect(cache.size).toBeLessThanOrEqual(10);
  }
  expect(cache.get('filler 0')).toBeUndefined();
  expect(cache.get('filler 99')).toBe(99);
});

test('a key that is set again is there once, with its last value', () => {
  const cache = new RecentCache<number>(4);
  for (let value = 0; value < 9; value++) cache.set('same', value);
  expect(cache.get('same')).toBe(8);
  expect(cache.size).toBe(1);
});

test('holds at least one entry', () => {
  const cache = new RecentCache<string>(0);
  cache.set('a', 'x');
  expect(cache.get('a')).toBe('x');
});
