import { RawString } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();
let lastId = 1000;
const fresh = () => (lastId += 1);

/** The value as text, or how the answer looks without one. */
async function dataOf(uid: number, key: string | Uint8Array, caller = fixture.caller): Promise<unknown> {
  const answer = await caller.call('dataget', { uid, key });
  return answer.has('val') ? (answer.get('val') as RawString).text : [...answer];
}

test('a value is kept under its key, replaced, and deleted', async () => {
  const uid = fresh();
  await fixture.caller.call('dataset', { uid, key: 'colour', val: 'red' });
  await fixture.caller.call('dataset', { uid, key: 'Colour', val: 'blue' });
  expect([await dataOf(uid, 'colour'), await dataOf(uid, 'Colour')]).toEqual(['red', 'blue']);
  await fixture.caller.call('dataset', { uid, key: 'colour', val: '' });
  expect(await dataOf(uid, 'colour')).toBe('');
  await fixture.caller.call('datadel', { uid, key: 'colour' });
  expect([await dataOf(uid, 'colour'), await dataOf(uid, 'Colour')]).toEqual([[], 'blue']);
});

test('without a value the answer is an empty map', async () => {
  const answer = await fixture.caller.call('dataget', { uid: fresh(), key: 'none' });
  expect(answer.size).toBe(0);
  expect(await fixture.caller.codeOf('datadel', { uid: fresh(), key: 'none' })).toBe(0);
});

test('keys and values are bytes: NUL and what is no UTF-8 come back as they were', async () => {
  const uid = fresh();
  const bytes = Uint8Array.of(0, 0xff, 0xc3, 0x28);
  await fixture.caller.call('dataset', { uid, key: bytes, val: bytes });
  const answer = await fixture.caller.call('dataget', { uid, key: new RawString(bytes) });
  expect((answer.get('val') as RawString).bytes).toEqual(bytes);
});

test('the values of one user are not those of another', async () => {
  const [a, b] = [fresh(), fresh()];
  await fixture.caller.call('dataset', { uid: a, key: 'k', val: 'mine' });
  expect(await dataOf(b, 'k')).toEqual([]);
});

test('a key has at most 128 bytes, a value 65535', async () => {
  const uid = fresh();
  const set = (keyBytes: number, valBytes: number) =>
    fixture.caller.codeOf('dataset', { uid, key: 'k'.repeat(keyBytes), val: 'v'.repeat(valBytes) });
  expect([await set(128, 65_535), await set(129, 1), await set(1, 65_536)]).toEqual([0, 200034, 200035]);
});

test('a user has at most 1000 keys, also when many are set at once', async () => {
  const uid = fresh();
  const set = (key: number) => fixture.caller.codeOf('dataset', { uid, key: `key ${key}`, val: 'v' });
  const codes = await Promise.all(Array.from({ length: 1020 }, (_, key) => set(key)));
  expect(codes.filter((code) => code === 0)).toHaveLength(1000);
  expect(codes.filter((code) => code === 200034)).toHaveLength(20);
  const taken = codes.indexOf(0);
  expect(await set(taken)).toBe(0);
  await fixture.caller.call('datadel', { uid, key: `key ${taken}` });
  expect([await set(5000), await set(5001)]).toEqual([0, 200034]);
});

test('values survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('dataset', { uid: 1, key: 'k', val: 'kept' });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect(await dataOf(1, 'k', again)).toBe('kept');
  again.close();
  await second.close();
});
