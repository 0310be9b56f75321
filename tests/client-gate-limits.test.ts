import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { encodeQuest, FpnnError, PacketReader, type RawString } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const OUTPUT_MAX_BYTES = 1024 * 1024;
const fixture = useParley({ config: { clientGate: { outputMaxBytes: OUTPUT_MAX_BYTES } } });
let lastId = 5000;
const fresh = () => (lastId += 1);

/** Logs in over a socket of its own, enters the room, and answers nothing. */
async function enterWithRawSocket(uid: number, rid: number): Promise<Socket> {
  const { parley, caller } = fixture;
  const token = (await caller.call('gettoken', { uid })).get('token') as RawString;
  const socket = connectSocket(parley.clientGate);
  const reader = new PacketReader();
  const ask = async (method: string, params: object) => {
    socket.write(encodeQuest({ method, params: params as never, seq: 1 }));
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      const answer = reader.push(chunk).find(({ kind }) => kind === 'answer');
      if (answer !== undefined) return answer;
    }
  };
  for (const answer of [await ask('auth', { pid: parley.pid, uid, token }), await ask('enterroom', { rid })]) {
    expect(answer).toMatchObject({ status: 0 });
  }
  return socket;
}

test('a session that stops reading is closed and counted, the others miss nothing, and history gives it everything', async () => {
  const { parley, caller } = fixture;
  const [slowUid, rid] = [fresh(), fresh()];
  const before = await MetricsPage.read(parley.admin);
  const slow = await enterWithRawSocket(slowUid, rid);
  const members = await Promise.all([fresh(), fresh()].map((uid) => TestClient.logIn(parley, caller, uid)));
  const sender = await TestClient.logIn(parley, caller, fresh());
  for (const member of [...members, sender]) await member.call('enterroom', { rid });

  slow.pause();
  const ended = new Promise<void>((resolve) => {
    slow.once('error', () => {});
    slow.once('close', () => resolve());
  });
  const sent: number[] = [];
  const closes = async () =>
    (await MetricsPage.read(parley.admin)).addedByLabel(before, 'parley_client_connections_closed_total', 'reason');
  // What a reader leaves unread fills the buffers of the system first, which take a few megabytes.
  while ((await closes())['slow-reader'] === undefined) {
    const mids = Array.from({ length: 20 }, fresh);
    const msg = 'x'.repeat(20_000);
    await Promise.all(mids.map((mid) => sender.call('sendroommsg', { rid, mid, mtype: 66, msg, attrs: '' })));
    sent.push(...mids);
  }
  expect(await closes()).toEqual({ 'slow-reader': 1 });
  for (const member of members) {
    const pushes = await member.received(sent.length);
    expect(new Set(pushes.map(({ params }) => params.get('mid')))).toEqual(new Set(sent));
  }
  slow.resume();
  await ended;

  // The same user comes back and reads what it missed.
  const back = await TestClient.logIn(parley, caller, slowUid);
  await back.call('enterroom', { rid });
  const found: number[] = [];
  let page = { rid, desc: false, num: 20, begin: 0, end: 0, lastid: 0 };
  for (;;) {
    const answer = await back.call('getroommsg', page);
    const rows = answer.get('msgs') as [id: number, from: number, mtype: number, mid: number][];
    found.push(...rows.map(([, , , mid]) => mid));
    if (rows.length < page.num) break;
    const numberOf = (name: string) => Number(answer.get(name));
    page = { ...page, begin: numberOf('begin'), end: numberOf('end'), lastid: numberOf('lastid') };
  }
  expect(found.length).toBe(sent.length);
  expect(new Set(found)).toEqual(new Set(sent));
  // One order: what a member was pushed is what history has.
  expect(members[0]!.pushes.map(({ params }) => params.get('mid'))).toEqual(found);
  for (const client of [...members, sender, back]) client.close();
});

test('a full client gate refuses connections, and takes them again when somebody has gone', async () => {
  const { parley, caller } = await fixture.startAnother({ config: { clientGate: { connectionsMax: 2 } } });
  const first = await TestClient.logIn(parley, caller, fresh());
  const second = await TestClient.logIn(parley, caller, fresh());
  await expect(TestClient.connect(parley.clientGate)).rejects.toBeInstanceOf(FpnnError);
  expect((await MetricsPage.read(parley.admin)).sum('parley_client_gate_full_total')).toBe(1);
  expect(await second.codeOf('getservertime')).toBe(0);
  first.close();
  let third: TestClient | undefined;
  while (third === undefined) third = await TestClient.connect(parley.clientGate).catch(() => undefined);
  expect(await third.codeOf('getservertime')).toBe(200022);
  for (const client of [second, third]) client.close();
});

test('while the server drains the ports of the client gate refuse connections', async () => {
  const { parley, caller } = await fixture.startAnother({ config: { drainTimeoutMs: 60_000 } });
  const client = await TestClient.logIn(parley, caller, fresh());
  const closing = parley.close();
  // A stopping server has closed its ports before it does anything else.
  await expect(TestClient.connect(parley.clientGate)).rejects.toBeInstanceOf(FpnnError);
  await expect(TestClient.connect(parley.clientGateTls, true)).rejects.toBeInstanceOf(FpnnError);
  await closing;
  await client.closed;
});
