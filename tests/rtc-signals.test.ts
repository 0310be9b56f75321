import type { RawString, WireValue } from '@parley/fpnn';
import { afterEach, expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 90_000;
const fresh = () => (lastId += 1);

const HEARTBEAT = '{"name":"rtc-heartbeat", "cameraEnabled":1, "microphoneEnabled":1}';
const ENTER = '{"name":"rtc-signal", "type":1, "cameraEnabled":1, "microphoneEnabled":1}';

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** Two pages of the official browser SDK in a room. */
async function pages(rid: number) {
  const uids = [fresh(), fresh()] as const;
  const [a, b] = await Promise.all(
    uids.map(async (uid) => {
      const page = await TestClient.logIn(fixture.parley, fixture.caller, uid, { version: 'WebSocket_2.7.1' });
      clients.push(page);
      // After a lost connection the SDK sends the id as text.
      await page.call('enterroom', { rid: String(rid) });
      return page;
    }),
  );
  const say = (page: TestClient, attrs: string, mtype = 32) =>
    page.call('sendroommsg', { rid, mid: fresh(), mtype, msg: '', attrs });
  const stored = async () =>
    (
      await fixture.caller.call('getroommsg', { rid, uid: uids[0], desc: false, num: 20, begin: 0, end: 0, lastid: 0 })
    ).get('num');
  return { a: a!, b: b!, uids, say, stored };
}

const text = (value: WireValue | undefined) => (value as RawString).text;

test('signals and heartbeats reach the others at once and are never stored', async () => {
  const rid = fresh();
  const { a, b, uids, say, stored } = await pages(rid);
  const answer = await say(a, ENTER);
  expect(typeof answer.get('mtime')).toBe('number');
  for (let i = 0; i < 3; i += 1) await say(a, HEARTBEAT);
  const pushes = await b.received(4);
  expect(pushes.map(({ params }) => text(params.get('attrs')))).toEqual([ENTER, HEARTBEAT, HEARTBEAT, HEARTBEAT]);
  expect(Object.fromEntries(pushes[0]!.params)).toMatchObject({ from: uids[0], rid, mtype: 32 });
  expect(a.pushes).toEqual([]);
  expect(await stored()).toBe(0);
  // Those that a back end sends are none that history wants either.
  await fixture.caller.call('sendroommsg', { rid, from: uids[0], mid: fresh(), mtype: 32, msg: '', attrs: HEARTBEAT });
  expect(await stored()).toBe(0);
});

test('other commands, and the same attrs with another type, are messages as ever', async () => {
  const { a, say, stored } = await pages(fresh());
  await say(a, '{"name":"rtc-other"}');
  await say(a, HEARTBEAT, 66);
  expect(await stored()).toBe(2);
});

test('who is not in the room or is banned there signals nothing', async () => {
  const rid = fresh();
  const { a, b, uids, say } = await pages(rid);
  await b.call('leaveroom', { rid });
  expect(await b.codeOf('sendroommsg', { rid, mid: fresh(), mtype: 32, msg: '', attrs: ENTER })).toBe(200040);
  await fixture.caller.call('addroomban', { rid, uid: uids[0], btime: 60 });
  expect(await a.codeOf('sendroommsg', { rid, mid: fresh(), mtype: 32, msg: '', attrs: ENTER })).toBe(200045);
  await fixture.caller.call('removeroomban', { rid, uid: uids[0] });
  await say(a, ENTER);
});
