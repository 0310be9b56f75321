import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startParley } from '@parley/testkit';

let parley;
before(async () => {
  parley = await startParley();
});
after(() => parley.close());

test('who orders something is told', async () => {
  const rtm = parley.client();
  await rtm.sendChat(101, 102, 'Your parcel is on its way.');

  const inbox = [];
  for await (const { fromUid, message } of rtm.walkMessages({ uid: 102, peerUid: 101 })) inbox.push([fromUid, message]);
  assert.deepEqual(inbox, [[101n, 'Your parcel is on its way.']]);
});

test('a restart of the server does not stop us', async () => {
  const rtm = parley.client();
  await rtm.sendChat(101, 103, 'one');
  await parley.restart();
  await rtm.sendChat(101, 103, 'two');
});
