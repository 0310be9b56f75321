import { afterEach, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 80_000;
const fresh = () => (lastId += 1);

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function logIn(uid: number): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid, { version: 'Android-RTC-sync-2.7.8' });
  clients.push(client);
  return client;
}

/** A call from one user to another that rings. */
async function ring() {
  const [callerUid, calleeUid] = [fresh(), fresh()];
  const [caller, callee] = [await logIn(callerUid), await logIn(calleeUid)];
  const callId = (await caller.call('requestP2PRTC', { type: 2, peerUid: calleeUid })).get('callId') as number;
  const [push] = await callee.received(1);
  expect([push?.method, Object.fromEntries(push!.params)]).toEqual([
    'pushP2PRTCRequest',
    { callId, peerUid: callerUid, type: 2, pid: fixture.parley.pid },
  ]);
  callee.pushes.length = 0;
  const event = (peerUid: number, number: number) => ['pushP2PRTCEvent', { callId, peerUid, type: 2, event: number }];
  return {
    caller,
    callee,
    callId,
    toCaller: (n: number) => event(calleeUid, n),
    toCallee: (n: number) => event(callerUid, n),
  };
}

async function lastPush(client: TestClient): Promise<unknown> {
  await client.received(1);
  const { method, params } = client.pushes.shift()!;
  return [method, Object.fromEntries(params)];
}

test('a call is accepted, and hung up by either side', async () => {
  const { caller, callee, callId, toCaller } = await ring();
  expect(await caller.codeOf('acceptP2PRTC', { callId })).toBe(700006);
  await callee.call('acceptP2PRTC', { callId });
  expect(await lastPush(caller)).toEqual(toCaller(3));
  expect(await callee.codeOf('acceptP2PRTC', { callId })).toBe(700010);
  expect(await caller.codeOf('cancelP2PRTC', { callId })).toBe(700010);
  await callee.call('closeP2PRTC', { callId });
  expect(await lastPush(caller)).toEqual(toCaller(2));
  expect(await caller.codeOf('closeP2PRTC', { callId })).toBe(700006);
});

test('a call is cancelled or refused while it rings', async () => {
  const first = await ring();
  await first.caller.call('cancelP2PRTC', { callId: first.callId });
  expect(await lastPush(first.callee)).toEqual(first.toCallee(1));
  const second = await ring();
  await second.callee.call('refuseP2PRTC', { callId: second.callId });
  expect(await lastPush(second.caller)).toEqual(second.toCaller(4));
});

test('a lost connection ends the call', async () => {
  const first = await ring();
  first.caller.close();
  expect(await lastPush(first.callee)).toEqual(first.toCallee(1));
  const second = await ring();
  await second.callee.call('acceptP2PRTC', { callId: second.callId });
  second.callee.close();
  expect([await lastPush(second.caller), await lastPush(second.caller)]).toEqual([
    second.toCaller(3),
    second.toCaller(2),
  ]);
});

test('kickout ends the call too', async () => {
  const uid = fresh();
  const [caller, peerUid] = [await logIn(uid), fresh()];
  const callee = await logIn(peerUid);
  await caller.call('requestP2PRTC', { type: 1, peerUid });
  await callee.received(1);
  await fixture.caller.call('kickout', { uid });
  const [, event] = await callee.received(2);
  expect([event?.method, event?.params.get('event')]).toEqual(['pushP2PRTCEvent', 1]);
});

test('who cannot be called is refused by name: offline, busy, oneself, a blocked or muted caller', async () => {
  const [uid, peerUid] = [fresh(), fresh()];
  const [caller, callee] = [await logIn(uid), await logIn(peerUid)];
  const request = (peer: number) => caller.codeOf('requestP2PRTC', { type: 1, peerUid: peer });
  expect(await request(fresh())).toBe(200055);
  expect(await request(uid)).toBe(200052);
  await callee.call('addblacks', { blacks: [uid] });
  expect(await request(peerUid)).toBe(200049);
  await expect(caller.call('requestP2PRTC', { type: 1, peerUid })).rejects.toThrow(/^peerUid: /);
  await callee.call('delblacks', { blacks: [uid] });
  await fixture.caller.call('addprojectban', { uid, btime: 60 });
  expect(await request(peerUid)).toBe(200062);
  await fixture.caller.call('removeprojectban', { uid });
  expect(await request(peerUid)).toBe(0);
  expect(await request(peerUid)).toBe(700030);
  expect(await caller.codeOf('requestP2PRTC', { type: 3, peerUid })).toBe(700006);
});
