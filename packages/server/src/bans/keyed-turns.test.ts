import { expect, test } from 'vitest';
import { KeyedTurns } from './keyed-turns.ts';

/** A promise and what settles it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('work of one key runs in the order of the calls, one at a time', async () => {
  const turns = new KeyedTurns();
  const first = gate();
  const log: string[] = [];
  const one = turns.run('a', async () => {
    log.push('one begins');
    await first.opened;
    log.push('one ends');
  });
  const two = turns.run('a', async () => log.push('two'));
  const three = turns.run('a', async () => log.push('three'));
  first.open();
  await Promise.all([one, two, three]);
  expect(log).toEqual(['one begins', 'one ends', 'two', 'three']);
});

test('work of another key does not wait', async () => {
  const turns = new KeyedTurns();
  const held = gate();
  const waiting = turns.run('a', () => held.opened);
  await expect(turns.run('b', async () => 'done')).resolves.toBe('done');
  held.open();
  await waiting;
});

test('work that fails tells its caller and does not hold up what follows', async () => {
  const turns = new KeyedTurns();
  const failing = turns.run('a', async () => {
    throw new Error('no');
  });
  const following = turns.run('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  await expect(following).resolves.toBe('yes');
});

test('work of several keys waits for all of them, and all of them for it', async () => {
  const turns = new KeyedTurns();
  const [first, second] = [gate(), gate()];
  const log: string[] = [];
  const held = [turns.run('a', () => first.opened), turns.run('b', () => second.opened)];
  const both = turns.runAll(['b', 'a', 'b'], async () => log.push('both'));
  const after = turns.run('a', async () => log.push('after'));
  first.open();
  await held[0];
  expect(log).toEqual([]);
  second.open();
  await Promise.all([...held, both, after]);
  expect(log).toEqual(['both', 'after']);
});
