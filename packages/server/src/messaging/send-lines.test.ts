import { expect, test } from 'vitest';
import { SendLines } from './send-lines.ts';

/** A look-up that ends when the test says so. */
function lookUp<T>() {
  let settle = { resolve: (_: T) => {}, reject: (_: Error) => {} };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { start: () => promise, ...settle };
}

test('who came first enters first, however late its look-up ends', async () => {
  const lines = new SendLines();
  const entered: string[] = [];
  const enter = async (name: string) => entered.push(name);
  const [first, second] = [lookUp<string>(), lookUp<string>()];
  const done = [lines.join('a', first.start, enter), lines.join('a', second.start, enter)];
  second.resolve('second');
  await lines.join('b', async () => 'other line', enter);
  expect(entered).toEqual(['other line']);
  first.resolve('first');
  await Promise.all(done);
  expect(entered).toEqual(['other line', 'first', 'second']);
  expect(lines.isEmpty).toBe(true);
});

test('a refusal goes to its sender alone and holds up nobody', async () => {
  const lines = new SendLines();
  const [first, second, third] = [lookUp<string>(), lookUp<string>(), lookUp<string>()];
  const done = [first, second, third].map(({ start }) => lines.join('a', start, async (found) => found));
  second.reject(new Error('refused'));
  third.resolve('third');
  first.resolve('first');
  expect(await Promise.allSettled(done)).toMatchObject([
    { value: 'first' },
    { reason: { message: 'refused' } },
    { value: 'third' },
  ]);
  expect(lines.isEmpty).toBe(true);
});

test('the next enters while the commit of the one before is on its way', async () => {
  const lines = new SendLines();
  const commit = lookUp<string>();
  const first = lines.join('a', async () => 1, commit.start);
  expect(lines.has('a')).toBe(true);
  expect(
    await lines.join(
      'a',
      async () => 2,
      async (found) => found,
    ),
  ).toBe(2);
  commit.resolve('committed');
  expect(await first).toBe('committed');
});

test('too many that wait are refused with 20011', async () => {
  const lines = new SendLines({ waitingMax: 1 });
  const held = lookUp<string>();
  const first = lines.join('a', held.start, async (found) => found);
  const second = lines.join('b', held.start, async (found) => found);
  await expect(second).rejects.toMatchObject({ code: 20011 });
  held.resolve('found');
  expect(await first).toBe('found');
});
