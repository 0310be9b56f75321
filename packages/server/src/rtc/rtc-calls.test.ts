import { describe, expect, test } from 'vitest';
import { RtcWorld } from '../../test/support/rtc-world.ts';

const VOICE = 1;

async function ringing() {
  const world = new RtcWorld();
  const [caller, callee] = [world.logIn(1n), world.logIn(2n)];
  const id = await world.rtc.calls.request(caller.session, VOICE, 2n);
  const callId = Number(id);
  expect(callee.told()).toEqual([['pushP2PRTCRequest', { callId, peerUid: 1, type: 1, pid: 1 }]]);
  const toCaller = (event: number) => [['pushP2PRTCEvent', { callId, peerUid: 2, type: 1, event }]];
  const toCallee = (event: number) => [['pushP2PRTCEvent', { callId, peerUid: 1, type: 1, event }]];
  return { world, calls: world.rtc.calls, caller, callee, id, toCaller, toCallee };
}

test('who does not answer within 30 s is called no more: 5 to the caller, 1 to the callee', async () => {
  const { world, calls, caller, callee, toCaller, toCallee } = await ringing();
  world.timers.pass(29_999);
  expect([caller.told(), callee.told()]).toEqual([[], []]);
  world.timers.pass(1);
  expect([caller.told(), callee.told(), calls.size]).toEqual([toCaller(5), toCallee(1), 0]);
});

test('an accepted call rings no more, is found by both, and ends for the other side with 2', async () => {
  const { world, calls, caller, callee, id, toCaller } = await ringing();
  const ended: bigint[] = [];
  calls.listen({ callEnded: (call) => ended.push(call.id) });
  expect(calls.find(1, id, 1n, 2n)).toBeUndefined();
  calls.accept(callee.session, id);
  expect(caller.told()).toEqual(toCaller(3));
  expect([calls.find(1, id, 1n, 2n)?.id, calls.find(1, id, 2n, 1n)?.id]).toEqual([id, id]);
  expect([calls.find(1, id, 1n, 3n), calls.find(1, id, 1n, 1n), calls.find(2, id, 1n, 2n)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  world.timers.pass(60_000);
  expect([caller.told(), callee.told(), world.timers.pending]).toEqual([[], [], 0]);
  calls.close(callee.session, id);
  expect([caller.told(), callee.told(), ended]).toEqual([toCaller(2), [], [id]]);
});

describe('while it rings', () => {
  test('the caller cancels: 1', async () => {
    const { calls, caller, callee, id, toCallee } = await ringing();
    expect(() => calls.cancel(callee.session, id)).toThrow(/^callId: user 2 is not the caller/);
    calls.cancel(caller.session, id);
    expect([caller.told(), callee.told()]).toEqual([[], toCallee(1)]);
    expect(() => calls.accept(callee.session, id)).toThrow(/^callId: user 2 is in no call/);
  });

  test('the callee refuses: 4', async () => {
    const { calls, caller, callee, id, toCaller } = await ringing();
    expect(() => calls.refuse(caller.session, id)).toThrow(/^callId: user 1 is not the callee/);
    calls.refuse(callee.session, id);
    expect([caller.told(), callee.told(), calls.size]).toEqual([toCaller(4), [], 0]);
  });

  test('closing cancels or refuses', async () => {
    const first = await ringing();
    first.calls.close(first.caller.session, first.id);
    expect(first.callee.told()).toEqual(first.toCallee(1));
    const second = await ringing();
    second.calls.close(second.callee.session, second.id);
    expect(second.caller.told()).toEqual(second.toCaller(4));
  });

  test('a lost caller ends it with 1, a lost callee with 5', async () => {
    const first = await ringing();
    first.caller.logOut();
    expect(first.callee.told()).toEqual(first.toCallee(1));
    const second = await ringing();
    second.callee.logOut();
    expect(second.caller.told()).toEqual(second.toCaller(5));
  });
});

test('a lost connection hangs up', async () => {
  const { calls, caller, callee, id, toCallee } = await ringing();
  calls.accept(callee.session, id);
  caller.logOut();
  expect([callee.told(), calls.size]).toEqual([toCallee(2), 0]);
});

test('every connection of the callee rings; the one that accepts stops the others, and it alone ends the call', async () => {
  const { world, calls, caller, callee: phone, id, toCaller, toCallee } = await ringing();
  const late = world.logIn(2n);
  const page = world.logIn(2n, 'WebSocket_2.7.6');
  calls.accept(phone.session, id);
  expect([late.told(), page.told(), phone.told()]).toEqual([toCallee(1), [], []]);
  expect(() => calls.accept(late.session, id)).toThrow(/does not ring/);
  late.logOut();
  expect(caller.told()).toEqual(toCaller(3));
  phone.logOut();
  expect(caller.told()).toEqual(toCaller(2));
});

test('nobody is in two calls: 700030', async () => {
  const { world, calls, caller, callee } = await ringing();
  const third = world.logIn(3n);
  const busy = { code: 700030 };
  await expect(calls.request(third.session, VOICE, 1n)).rejects.toMatchObject(busy);
  await expect(calls.request(third.session, VOICE, 2n)).rejects.toMatchObject(busy);
  await expect(calls.request(caller.session, VOICE, 3n)).rejects.toMatchObject(busy);
  await expect(calls.request(callee.session, VOICE, 1n)).rejects.toMatchObject(busy);
});

test('nobody calls itself (200052), somebody offline or on an SDK without calls (200055)', async () => {
  const world = new RtcWorld();
  const caller = world.logIn(1n);
  world.logIn(2n, 'WebSocket_2.7.6');
  await expect(world.rtc.calls.request(caller.session, VOICE, 1n)).rejects.toMatchObject({ code: 200052 });
  for (const peer of [2n, 3n]) {
    await expect(world.rtc.calls.request(caller.session, VOICE, peer)).rejects.toMatchObject({ code: 200055 });
  }
});

test('a caller whose connection ends while its call is looked at rings nowhere', async () => {
  const world = new RtcWorld();
  const [caller, callee] = [world.logIn(1n), world.logIn(2n)];
  let allow = () => {};
  world.callVerdict = new Promise((resolve) => {
    allow = resolve;
  });
  const requested = world.rtc.calls.request(caller.session, VOICE, 2n);
  caller.logOut();
  allow();
  await expect(requested).rejects.toMatchObject({ code: 200022 });
  expect([callee.told(), world.rtc.calls.size, world.timers.pending]).toEqual([[], 0, 0]);
});

test('ids cannot be guessed, and are numbers that JavaScript holds exactly', async () => {
  const world = new RtcWorld();
  const [caller] = [world.logIn(1n), world.logIn(2n)];
  const ids: bigint[] = [];
  for (let i = 0; i < 20; i += 1) {
    const id = await world.rtc.calls.request(caller.session, VOICE, 2n);
    world.rtc.calls.cancel(caller.session, id);
    ids.push(id);
  }
  expect(new Set(ids).size).toBe(20);
  expect(ids.filter((id) => id < 1n || id > BigInt(Number.MAX_SAFE_INTEGER))).toEqual([]);
  // Neighbours are far apart: knowing one says nothing of the next.
  const gaps = ids.slice(1).map((id, index) => Math.abs(Number(id - ids[index]!)));
  expect(Math.max(...gaps)).toBeGreaterThan(2 ** 40);
});
