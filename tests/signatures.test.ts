import { signed } from '@parley/testkit/internal';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();

const seconds = () => Math.floor(Date.now() / 1000);

test('a signed call is served, with the parameters in any order', async () => {
  expect(await fixture.caller.codeOf('getroommembers', { rid: 1 })).toBe(0);
});

test('an unknown project is 200001, before anything else is looked at', async () => {
  const params = { ...signed({ pid: 5, secret: 'x' }, 'getroommembers'), ts: 1 };
  expect(await fixture.caller.codeOf('getroommembers', params)).toBe(200001);
});

test('a sign by another secret, for another method or in lower case is 200002', async () => {
  const other = signed({ pid: fixture.parley.pid, secret: 'wrong' }, 'getroommembers');
  expect(await fixture.caller.codeOf('getroommembers', { ...other, rid: 1 })).toBe(200002);
  expect(await fixture.caller.codeOf('getroommembers', { ...signed(fixture.parley, 'getroominfo'), rid: 1 })).toBe(
    200002,
  );
  const good = signed(fixture.parley, 'getroommembers');
  expect(
    await fixture.caller.codeOf('getroommembers', { ...good, sign: String(good['sign']).toLowerCase(), rid: 1 }),
  ).toBe(200002);
});

test('a wrong sign is told before a wrong time, a wrong time before a repeat, a repeat before bad parameters', async () => {
  const old = seconds() - 700;
  const wrong = { ...signed({ pid: fixture.parley.pid, secret: 'wrong' }, 'getroommembers', { ts: old }), rid: 1 };
  expect(await fixture.caller.codeOf('getroommembers', wrong)).toBe(200002);
  const late = { ...signed(fixture.parley, 'getroommembers', { ts: old }), rid: 1 };
  expect(await fixture.caller.codeOf('getroommembers', late)).toBe(200008);
  expect(await fixture.caller.codeOf('getroommembers', late)).toBe(200008);
  const bad = { ...signed(fixture.parley, 'getroommembers'), rid: 'text' };
  expect(await fixture.caller.codeOf('getroommembers', bad)).toBe(10010);
  expect(await fixture.caller.codeOf('getroommembers', bad)).toBe(200006);
});

test('ts may lie 600 s to either side and no more', async () => {
  for (const [offset, code] of [
    [-595, 0],
    [595, 0],
    [-605, 200008],
    [605, 200008],
  ] as const) {
    const params = signed(fixture.parley, 'getroommembers', { ts: seconds() + offset });
    expect(await fixture.caller.codeOf('getroommembers', { ...params, rid: 1 }), String(offset)).toBe(code);
  }
});

test('the same call twice is 200006; the same sign with other parameters is not', async () => {
  const auth = signed(fixture.parley, 'getroommembers');
  expect(await fixture.caller.codeOf('getroommembers', { ...auth, rid: 7 })).toBe(0);
  expect(await fixture.caller.codeOf('getroommembers', { ...auth, rid: 7 })).toBe(200006);
  expect(await fixture.caller.codeOf('getroommembers', { ...auth, rid: 8 })).toBe(0);
});

test('a call refused as a repeat does not use up its mid', async () => {
  const auth = signed(fixture.parley, 'sendmsg');
  const message = { from: 1, to: 2, mtype: 30, mid: 1, msg: 'once', attrs: '' };
  await fixture.caller.call('sendmsg', { ...auth, ...message });
  expect(await fixture.caller.codeOf('sendmsg', { ...auth, ...message })).toBe(200006);
  expect(await fixture.caller.codeOf('sendmsg', message)).toBe(0);
  const page = await fixture.caller.call('getp2pmsg', { uid: 1, ouid: 2, desc: false, num: 20 });
  expect(page.get('num')).toBe(1);
});

test('with strictSign the sign alone counts', async () => {
  const { parley: strict, caller: other } = await fixture.startAnother({ settings: { strictSign: true } });
  const auth = signed(strict, 'getroommembers');
  expect(await other.codeOf('getroommembers', { ...auth, rid: 7 })).toBe(0);
  expect(await other.codeOf('getroommembers', { ...auth, rid: 8 })).toBe(200006);
});

test('the old form without ts is refused by default, and served where the project allows it', async () => {
  const params = { ...signed(fixture.parley, 'getroommembers', { ts: undefined }), rid: 1 };
  expect(await fixture.caller.codeOf('getroommembers', { ts: undefined, ...params })).toBe(200002);
  const { parley: lenient, caller: other } = await fixture.startAnother({ settings: { allowsUntimedSign: true } });
  const old = { ...signed(lenient, 'getroommembers', { ts: undefined }), rid: 1 };
  expect(await other.codeOf('getroommembers', old)).toBe(0);
  expect(await other.codeOf('getroommembers', { ...signed(lenient, 'getroommembers'), ts: undefined, rid: 1 })).toBe(
    200002,
  );
});

test('missing or mistyped parts of the signature have their codes and name the part', async () => {
  const good = signed(fixture.parley, 'getroommembers');
  for (const name of ['pid', 'salt', 'sign'] as const) {
    await expect(fixture.caller.peer.quest('getroommembers', { ...good, [name]: undefined })).rejects.toMatchObject({
      code: 10009,
      message: expect.stringContaining(name),
    });
    await expect(fixture.caller.peer.quest('getroommembers', { ...good, [name]: [1] })).rejects.toMatchObject({
      code: 10010,
      message: expect.stringContaining(name),
    });
  }
});

test('disabled methods, the call rate and unknown methods have their codes', async () => {
  const { parley: limited, caller: other } = await fixture.startAnother({
    settings: { disabledMethods: ['sendmsg'], callsPerSecondMax: 3 },
    now: () => 1.7e12,
  });
  const auth = () => signed(limited, 'getroommembers', { ts: 1.7e9 });
  const sendAuth = signed(limited, 'sendmsg', { ts: 1.7e9 });
  expect(await other.codeOf('sendmsg', sendAuth)).toBe(200020);
  for (let n = 0; n < 3; n += 1) expect(await other.codeOf('getroommembers', { ...auth(), rid: 1 })).toBe(0);
  expect(await other.codeOf('getroommembers', { ...auth(), rid: 1 })).toBe(200010);
  expect(await other.codeOf('nosuchmethod')).toBe(20004);
});
