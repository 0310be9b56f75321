import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();
type Caller = typeof fixture.caller;

const message = (from: number, mid: number) => ({ from, mid, mtype: 30, msg: 'x', attrs: '' });

/** Users 1 and 2 talk in every kind of conversation. */
async function talk(caller: Caller): Promise<void> {
  for (const [from, to] of [
    [1, 2],
    [2, 1],
  ] as const) {
    await caller.call('sendmsg', { ...message(from, from), to });
    await caller.call('sendgroupmsg', { ...message(from, from), gid: 1 });
    await caller.call('sendroommsg', { ...message(from, from), rid: 1 });
    await caller.call('broadcastmsg', message(from, from));
  }
}

/** How many messages P2P, group, room and broadcast history show. */
async function counts(caller: Caller): Promise<unknown[]> {
  const page = { desc: false, num: 10 };
  const answers = [
    await caller.call('getp2pmsg', { uid: 1, ouid: 2, ...page }),
    await caller.call('getgroupmsg', { gid: 1, ...page }),
    await caller.call('getroommsg', { rid: 1, ...page }),
    await caller.call('getbroadcastmsg', page),
  ];
  return answers.map((answer) => answer.get('num'));
}

test.each([
  [0, [0, 2, 2, 2]],
  [1, [2, 2, 0, 2]],
  [2, [2, 0, 2, 2]],
  [3, [2, 2, 2, 0]],
  [4, [0, 0, 0, 0]],
])('clearprojectmsg of type %i leaves %j, and nothing of another project goes', async (type, left) => {
  const { caller } = await fixture.startAnother({});
  const { caller: other } = await fixture.startAnother({});
  await talk(caller);
  await talk(other);
  await caller.call('clearprojectmsg', { type });
  expect(await counts(caller)).toEqual(left);
  expect(await counts(other)).toEqual([2, 2, 2, 2]);
});

test('clearusermsg removes what the user sent everywhere, and a late repeat does not bring it back', async () => {
  const { caller } = await fixture.startAnother({});
  await talk(caller);
  await caller.call('clearusermsg', { uid: 1 });
  expect(await counts(caller)).toEqual([1, 1, 1, 1]);
  expect(await caller.codeOf('getmsg', { mid: 1, from: 1, xid: 2, type: 1 })).toBe(200070);
  await caller.call('sendmsg', { ...message(1, 1), to: 2 });
  expect(await counts(caller)).toEqual([1, 1, 1, 1]);
  await caller.call('sendmsg', { ...message(1, 99), to: 2 });
  expect(await counts(caller)).toEqual([2, 1, 1, 1]);
});

test('another kind of conversation is refused', async () => {
  expect(await fixture.caller.codeOf('clearprojectmsg', { type: 5 })).toBe(200034);
});
