import { afterEach, expect, test } from 'vitest';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const PER_SECOND = 5;
/** The clock of the server stands still, so that nothing depends on how fast the test runs. */
let now = Date.now();
const fixture = useParley({ now: () => now, settings: { clientCallsPerSecondMax: PER_SECOND } });
const clients: TestClient[] = [];
let lastUid = 100;

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function logIn(uid: number): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid);
  clients.push(client);
  return client;
}

async function codes(client: TestClient, count: number, method = 'getattrs'): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => client.codeOf(method)));
}

const ok = (count: number) => new Array<number>(count).fill(0);

test("a user has a second's worth of calls at once, over all connections, and more as time goes on", async () => {
  const uid = (lastUid += 1);
  const [phone, laptop, other] = [await logIn(uid), await logIn(uid), await logIn((lastUid += 1))];
  expect(await codes(phone, 3)).toEqual(ok(3));
  const before = await MetricsPage.read(fixture.parley.admin);
  expect(await codes(laptop, 4)).toEqual([0, 0, 200010, 200010]);
  expect(await codes(phone, 1)).toEqual([200010]);
  expect(await codes(other, PER_SECOND)).toEqual(ok(PER_SECOND));
  const after = await MetricsPage.read(fixture.parley.admin);
  expect(after.addedByLabel(before, 'parley_client_refusals_total', 'code')).toEqual({ 200010: 3 });
  now += 400;
  expect(await codes(phone, 3)).toEqual([0, 0, 200010]);
  now += 60_000;
  expect(await codes(laptop, PER_SECOND + 1)).toEqual([...ok(PER_SECOND), 200010]);
});

test('pings and answers to pushes are no calls, and who calls too often still gets messages', async () => {
  const uid = (lastUid += 1);
  const client = await logIn(uid);
  expect(await codes(client, PER_SECOND + 1)).toEqual([...ok(PER_SECOND), 200010]);
  expect(await codes(client, 50, 'ping')).toEqual(ok(50));
  for (let mid = 1; mid <= 20; mid += 1) {
    await fixture.caller.call('sendmsg', { to: uid, from: 1, mid, mtype: 66, msg: 'x', attrs: '' });
  }
  expect((await client.received(20)).length).toBe(20);
  now += 1000;
  expect(await codes(client, PER_SECOND)).toEqual(ok(PER_SECOND));
});

test('0 is no limit', async () => {
  const { parley, caller } = await fixture.startAnother({ now: () => now, settings: { clientCallsPerSecondMax: 0 } });
  const unlimited = await TestClient.logIn(parley, caller, 1);
  clients.push(unlimited);
  expect(await codes(unlimited, 1000)).toEqual(ok(1000));
});
