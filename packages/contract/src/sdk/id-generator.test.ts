import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdGenerator } from './id-generator.ts';

test('an id is the milliseconds, the process bits and a sequence number', () => {
  const ids = new IdGenerator({ now: () => 1_795_239_794_392, random: () => 0.5 });
  const first = ids.next();
  expect(first >> 22n).toBe(1_795_239_794_392n);
  expect((first >> 8n) & 0x3fffn).toBe(0x2000n);
  expect(first & 0xffn).toBe(0n);
  expect(ids.next()).toBe(first + 1n);
});

test('ids rise without a repeat when the clock stands still', () => {
  const ids = new IdGenerator({ now: () => 1_000, random: () => 0 });
  const made = Array.from({ length: 2_000 }, () => ids.next());
  expect(new Set(made).size).toBe(2_000);
  expect(made[256]! >> 22n).toBe(1_001n);
});

test('ids rise whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 2, maxLength: 600 }), (clock) => {
      let tick = 0;
      const ids = new IdGenerator({
        now: () => 1_700_000_000_000 + clock[tick++ % clock.length]!,
        random: () => 0.999,
      });
      let last = 0n;
      for (let i = 0; i < 1_200; i += 1) {
        const id = ids.next();
        expect(id > last).toBe(true);
        last = id;
      }
    }),
    { numRuns: 30 },
  );
});

test('ids stay within int64 for the next centuries', () => {
  const ids = new IdGenerator({ now: () => Date.UTC(2039, 1), random: () => 0.999_999 });
  expect(ids.next() < 2n ** 63n).toBe(true);
});

test('an id keeps the process bits when the clock gives fractions', () => {
  const ids = new IdGenerator({ now: () => 1_000.75, random: () => 0 });
  expect(ids.next()).toBe(1_000n << 22n);
});
