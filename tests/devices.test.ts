import type { WireMap } from '@parley/fpnn';
import { RawCaller, startParley } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const P2P = 0;
const GROUP = 1;
const fixture = useParley();
let lastId = 1000;
const fresh = () => (lastId += 1);

async function optionsOf(uid: number, caller = fixture.caller) {
  const answer = await caller.call('getoption', { uid });
  return {
    p2p: Object.fromEntries(answer.get('p2p') as WireMap),
    group: Object.fromEntries(answer.get('group') as WireMap),
  };
}

test('devices are added, added again, and removed', async () => {
  const uid = fresh();
  for (const apptype of ['apns', 'fcm', 'fcm']) {
    expect(await fixture.caller.codeOf('adddevice', { uid, apptype, devicetoken: 'abc' })).toBe(0);
  }
  expect(await fixture.caller.codeOf('removedevice', { uid, devicetoken: 'abc' })).toBe(0);
  expect(await fixture.caller.codeOf('removedevice', { uid, devicetoken: 'abc' })).toBe(0);
});

test('a user has at most 100 devices, also when many are added at once', async () => {
  const uid = fresh();
  const add = (device: number) =>
    fixture.caller.codeOf('adddevice', { uid, apptype: 'fcm', devicetoken: `device ${device}` });
  const codes = await Promise.all(Array.from({ length: 110 }, (_, device) => add(device)));
  expect(codes.filter((code) => code === 0)).toHaveLength(100);
  expect(codes.filter((code) => code === 200034)).toHaveLength(10);
  const taken = codes.indexOf(0);
  expect(await add(taken)).toBe(0);
  await fixture.caller.call('removedevice', { uid, devicetoken: `device ${taken}` });
  expect([await add(500), await add(501)]).toEqual([0, 200034]);
});

test('without options both maps are there and empty', async () => {
  expect(await optionsOf(fresh())).toEqual({ p2p: {}, group: {} });
});

test('muted types add up and are taken off one by one, by user and by group', async () => {
  const [uid, id] = [fresh(), fresh()];
  const option = (method: string, type: number, xid: number, mtypes: number[]) =>
    fixture.caller.call(method, { uid, type, xid, mtypes });
  await option('addoption', P2P, id, [51, 30, 51]);
  await option('addoption', P2P, id, [127]);
  await option('addoption', GROUP, id, [66]);
  await option('addoption', GROUP, -id, [40]);
  expect(await optionsOf(uid)).toEqual({ p2p: { [id]: [30, 51, 127] }, group: { [id]: [66], [-id]: [40] } });
  await option('removeoption', P2P, id, [51, 52]);
  await option('removeoption', GROUP, id, [66]);
  expect(await optionsOf(uid)).toEqual({ p2p: { [id]: [30, 127] }, group: { [-id]: [40] } });
});

test('no types, or an empty list, are all of them: muted as 0, and taken off together', async () => {
  const [uid, a, b] = [fresh(), fresh(), fresh()];
  await fixture.caller.call('addoption', { uid, type: P2P, xid: a });
  await fixture.caller.call('addoption', { uid, type: P2P, xid: b, mtypes: [30] });
  await fixture.caller.call('addoption', { uid, type: P2P, xid: b, mtypes: [] });
  expect((await optionsOf(uid)).p2p).toEqual({ [a]: [0], [b]: [0, 30] });
  await fixture.caller.call('removeoption', { uid, type: P2P, xid: a, mtypes: [] });
  await fixture.caller.call('removeoption', { uid, type: P2P, xid: b });
  expect((await optionsOf(uid)).p2p).toEqual({});
});

test('the list is read under the name mtype too', async () => {
  const [uid, xid] = [fresh(), fresh()];
  await fixture.caller.call('addoption', { uid, type: GROUP, xid, mtype: [30, 31] });
  await fixture.caller.call('removeoption', { uid, type: GROUP, xid, mtype: [30] });
  expect((await optionsOf(uid)).group).toEqual({ [xid]: [31] });
});

test('other kinds of conversation are refused', async () => {
  for (const type of [-1, 2]) {
    expect(await fixture.caller.codeOf('addoption', { uid: fresh(), type, xid: 1 })).toBe(200034);
  }
});

test('options survive a restart', async () => {
  const directory = { databaseUrl: fixture.parley.databaseUrl };
  const first = await startParley(directory);
  const caller = await RawCaller.connect(first.serverGate, first);
  await caller.call('addoption', { uid: 1, type: GROUP, xid: 2, mtypes: [30] });
  caller.close();
  await first.close();

  const second = await startParley({ ...directory, project: first });
  const again = await RawCaller.connect(second.serverGate, second);
  expect(await optionsOf(1, again)).toEqual({ p2p: {}, group: { 2: [30] } });
  again.close();
  await second.close();
});
