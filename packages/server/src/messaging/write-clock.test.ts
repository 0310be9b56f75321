import { expect, test } from 'vitest';
import { WriteClock } from './write-clock.ts';

test('a time that was closed is given to no later write, within one millisecond too', async () => {
  const clock = new WriteClock(() => 1000);
  expect(await clock.run(async (at) => at)).toBe(1000);
  expect(await clock.run(async (at) => at)).toBe(1000);
  expect(clock.closePresent()).toBe(1000);
  expect(clock.closePresent()).toBe(1000);
  expect(await clock.run(async (at) => at)).toBe(1001);
  expect(clock.closePast()).toBe(1001);
});

test('a clock that was set back sets times back, but not to what was closed', async () => {
  let now = 1000;
  const clock = new WriteClock(() => now);
  const ahead = await clock.run(async (at) => at);
  now = 500;
  expect([ahead, await clock.run(async (at) => at)]).toEqual([1000, 500]);
  // What was stored before is not later than the line, what comes after it is.
  expect(clock.closePresent()).toBe(1000);
  expect(await clock.run(async (at) => at)).toBe(1001);
});

test('the past ends before every write on its way, also one that came later with a clock that was set back', async () => {
  let now = 1000;
  const clock = new WriteClock(() => now);
  const ends: (() => void)[] = [];
  const begin = () => clock.run(() => new Promise<void>((resolve) => ends.push(resolve)));
  const writes = [begin()];
  now = 500;
  writes.push(begin());
  expect(clock.closePast()).toBe(499);
  for (const end of ends) end();
  await Promise.all(writes);
});

test('the past ends before the oldest write on its way, the present behind it', async () => {
  let now = 1000;
  const clock = new WriteClock(() => now);
  let end = () => {};
  const first = clock.run(() => new Promise<void>((resolve) => (end = resolve)));
  now = 1005;
  const second = clock.run(async () => {});
  expect(clock.closePast()).toBe(999);
  expect(clock.closePresent()).toBe(1005);
  end();
  await Promise.all([first, second]);
  expect(clock.closePast()).toBe(1005);
});

test('a write that fails is on its way no more', async () => {
  const clock = new WriteClock(() => 1000);
  await expect(clock.run(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  expect(clock.closePast()).toBe(1000);
});

test('the settled present waits for the writes on their way, failed ones too, and for no later one', async () => {
  const clock = new WriteClock(() => 1000);
  const ends: ((error?: Error) => void)[] = [];
  const begin = () =>
    clock.run(
      (at) => new Promise<number>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve(at)))),
    );
  const [stored, failed] = [begin(), begin()];
  let settled: number | undefined;
  const settling = clock.settlePresent().then((time) => (settled = time));
  const later = begin();
  ends[0]!();
  expect(await stored).toBe(1000);
  expect(settled).toBeUndefined();
  ends[1]!(new Error('gone'));
  await expect(failed).rejects.toThrow('gone');
  expect(await settling).toBe(1000);
  ends[2]!();
  expect(await later).toBe(1001);
  expect(await clock.settlePresent()).toBe(1001);
});
