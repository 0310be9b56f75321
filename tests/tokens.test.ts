import type { RawString } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

let now = Date.now();
const fixture = useParley({ now: () => now });
let lastId = 1000;
const fresh = () => (lastId += 1);

const tokenOf = async (uid: number, caller = fixture.caller) =>
  ((await caller.call('gettoken', { uid })).get('token') as RawString).text;

test('a token has at most 33 characters, whoever it is for', async () => {
  for (const uid of [1n, 0n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const token = ((await fixture.caller.call('gettoken', { uid })).get('token') as RawString).text;
    expect(token).toMatch(/^[\w-]{1,33}$/);
  }
});

test('SDKs may name their version', async () => {
  expect(await fixture.caller.codeOf('gettoken', { uid: fresh(), version: 'PYTHON-2.0.0' })).toBe(0);
});

test('tokens of different users and of different minutes differ', async () => {
  const [a, b] = [fresh(), fresh()];
  const [first, others] = [await tokenOf(a), await tokenOf(b)];
  now += 60_000;
  expect(new Set([first, others, await tokenOf(a)]).size).toBe(3);
});

test('removetoken makes the next token another one, after a restart too', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl, now: () => now };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  const before = await tokenOf(5, caller);
  expect(await tokenOf(5, caller)).toBe(before);
  await caller.call('removetoken', { uid: 5 });
  const after = await tokenOf(5, caller);
  expect(after).not.toBe(before);
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect(await tokenOf(5, again)).toBe(after);
  again.close();
  await second.close();
});
