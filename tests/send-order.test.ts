import type { WireValue } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
const PLACES = 40;
/** More messages than one statement looks up, so that the look-ups of one group end apart. */
const NEW_GROUPS = 400;
const IN_A_ROW = 6;
let lastId = 700_000;
const fresh = () => (lastId += 1);
const inOrder = Array.from({ length: IN_A_ROW }, (_, index) => index + 1);
const text = (mid: number) => ({ mid, mtype: 30, msg: 'x', attrs: '' });

async function midsOf(method: string, params: { [name: string]: number }): Promise<unknown[]> {
  const page = await fixture.caller.call(method, { ...params, desc: false, num: 20, begin: 0, end: 0, lastid: 0 });
  return (page.get('msgs') as WireValue[][]).map((unit) => unit[3]);
}

test('what a back end sends without waiting keeps its order, in groups that nobody wrote to before', async () => {
  const gids = Array.from({ length: NEW_GROUPS }, fresh);
  await Promise.all(
    gids.flatMap((gid) => inOrder.map((mid) => fixture.caller.call('sendgroupmsg', { from: 1, gid, ...text(mid) }))),
  );
  const found = await Promise.all(gids.map((gid) => midsOf('getgroupmsg', { gid })));
  expect(found.filter((mids) => String(mids) !== String(inOrder))).toEqual([]);
});

test('what a user sends without waiting keeps its order, to groups and users', async () => {
  const uid = fresh();
  const [gids, tos] = [Array.from({ length: PLACES }, fresh), Array.from({ length: PLACES }, fresh)];
  for (const gid of gids) await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid);
  const sends = [
    ...gids.flatMap((gid) => inOrder.map((mid) => client.call('sendgroupmsg', { gid, ...text(mid) }))),
    ...tos.flatMap((to) => inOrder.map((mid) => client.call('sendmsg', { to, ...text(mid) }))),
  ];
  await Promise.all(sends);
  client.close();
  for (const gid of gids) expect(await midsOf('getgroupmsg', { gid })).toEqual(inOrder);
  for (const ouid of tos) expect(await midsOf('getp2pmsg', { uid, ouid })).toEqual(inOrder);
});
