import { createHmac } from 'node:crypto';
import { type MethodDeclaration, webRtcMethods } from '@parley/contract';
import { hostileParams } from '@parley/contract/hostile-params';
import type { RawString, WireValue } from '@parley/fpnn';
import type { ParleyUnderTest, RawCaller } from '@parley/testkit/internal';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MetricsPage } from './support/metrics-page.ts';
import { codeOf, OfferCaller } from './support/offer-caller.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const turn = { urls: ['turn:turn.example:3478'], secret: 'north', ttlSeconds: 3600 };
const fixture = useParley({ config: { media: { workers: 1, publicAddress: '203.0.113.7', turn } } });
let lastId = 500_000;
const fresh = () => (lastId += 1);

let offers: OfferCaller;
const clients: TestClient[] = [];
beforeAll(() => {
  offers = new OfferCaller(fixture.parley);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  offers.close();
});

async function logIn(uid: number, version = 'WebSocket_2.7.6', on = fixture): Promise<TestClient> {
  const client = await TestClient.logIn(on.parley, on.caller, uid, { version });
  clients.push(client);
  return client;
}
const membersOf = async (rid: number) => (await fixture.caller.call('getRTCRoomMembers', { rid })).get('uids');
const text = (value: WireValue | undefined) => (value as RawString).text;

const linesOf = (sdp: string, pattern: RegExp) => sdp.split('\r\n').filter((line) => pattern.test(line));

describe('an answer', () => {
  test('to publish receives both kinds at the public address', async () => {
    const [rid, uid] = [fresh(), fresh()];
    await logIn(uid);
    const answer = await offers.publish({ rid, uid });
    expect(linesOf(answer, /^m=|^a=(mid|recvonly|sendonly|inactive)/).map((line) => line.split(' ')[0])).toEqual([
      ...['m=audio', 'a=mid:0', 'a=recvonly', 'm=video', 'a=mid:1', 'a=recvonly'],
    ]);
    expect(linesOf(answer, /^a=setup:(active|passive)$/)).toHaveLength(2);
    expect(linesOf(answer, /^a=group:BUNDLE/)).toEqual(['a=group:BUNDLE 0 1']);
    expect(linesOf(answer, /^a=candidate/)).toEqual([expect.stringMatching(/ UDP \d+ 203\.0\.113\.7 \d+ typ host/)]);
  });

  test('to play sends both kinds, also of somebody who publishes nothing', async () => {
    const [rid, uid, target] = [fresh(), fresh(), fresh()];
    const client = await logIn(uid);
    await client.call('enterroom', { rid });
    const answer = await offers.play({ rid, uid: target });
    expect(linesOf(answer, /^a=sendonly/)).toHaveLength(2);
    expect(new Set(linesOf(answer, /^a=ssrc:\d+ cname/)).size).toBe(2);
    expect(linesOf(answer, /^a=msid:/)).toHaveLength(2);
  });
});

test('a publisher is a member when it has entered the RTM room, by an id as text', async () => {
  const [rid, uid] = [fresh(), fresh()];
  const client = await logIn(uid);
  await offers.publish({ rid, uid });
  expect(await fixture.caller.codeOf('getRTCRoomMembers', { rid })).toBe(700005);
  await client.call('enterroom', { rid: String(rid) });
  expect(await membersOf(rid)).toEqual([uid]);
  await client.call('leaveroom', { rid });
  expect(await fixture.caller.codeOf('getRTCRoomMembers', { rid })).toBe(700005);
});

describe('refused is', () => {
  test('what names no stream or is no offer', async () => {
    const [rid, uid] = [fresh(), fresh()];
    const client = await logIn(uid);
    await client.call('enterroom', { rid });
    const { pid } = fixture.parley;
    expect(await codeOf(offers.publish({ pid: pid + 1, rid, uid }))).toBe(200001);
    expect(await codeOf(offers.publish({ rid: 'x', uid }))).toBe(200034);
    expect(await codeOf(offers.publish({ rid, uid }, 'v=0'))).toBe(200034);
    expect(await codeOf(offers.play({ rid, uid }, ''))).toBe(200034);
    expect(await codeOf(offers.call('OnUserPublish', { streamurl: offers.urlOf({ rid, uid }) }))).toBe(10009);
    expect(await codeOf(offers.publish({ rid, uid }, 'x'.repeat(65_536)))).toBe(200034);
    expect(await codeOf(offers.call('auth', { streamurl: '', sdp: '' }))).toBe(20004);
  });

  test('a user without a connection, and a banned one', async () => {
    const [rid, uid] = [fresh(), fresh()];
    expect(await codeOf(offers.publish({ rid, uid }))).toBe(200055);
    await logIn(uid);
    await fixture.caller.call('addroomban', { rid, uid, btime: 60 });
    expect(await codeOf(offers.publish({ rid, uid }))).toBe(200045);
  });

  test('playing in a room where nobody is, and from where a member was removed', async () => {
    const [rid, uid, other] = [fresh(), fresh(), fresh()];
    expect(await codeOf(offers.play({ rid, uid }))).toBe(700005);
    const [page, chatter] = [await logIn(uid), await logIn(other)];
    await chatter.call('enterroom', { rid });
    const nativeUid = fresh();
    const native = await logIn(nativeUid, 'Unity-Native-1.0');
    await native.call('createRTCRoom', { rid, type: 2, enableRecord: 0 });
    await offers.publish({ rid, uid });
    await page.call('enterroom', { rid });
    expect(await codeOf(offers.play({ rid, uid: nativeUid }))).toBe(0);
    await fixture.caller.call('kickoutFromRTCRoom', { rid, uid, fromUid: nativeUid });
    expect(await codeOf(offers.play({ rid, uid: nativeUid }))).toBe(700002);
    await offers.publish({ rid, uid });
    expect(await codeOf(offers.play({ rid, uid: nativeUid }))).toBe(0);
  });

  test('a refused offer changes nothing: what was published goes on', async () => {
    const [rid, uid] = [fresh(), fresh()];
    const client = await logIn(uid);
    await offers.publish({ rid, uid });
    await client.call('enterroom', { rid });
    expect(await codeOf(offers.publish({ rid, uid }, 'v=0'))).toBe(200034);
    expect(await membersOf(rid)).toEqual([uid]);
  });

  test('more offers than an address may make in a minute', async () => {
    const { parley } = await fixture.startAnother({ config: { rtcGate: { offersPerMinuteMax: 2 } } });
    const caller = new OfferCaller(parley);
    const codes: number[] = [];
    for (let i = 0; i < 3; i += 1) codes.push(await codeOf(caller.play({ rid: 1, uid: 1 })));
    expect(codes).toEqual([700005, 700005, 200010]);
    const page = await MetricsPage.read(parley.admin);
    expect(page.byLabel('parley_rtc_gate_refusals_total', 'code')).toEqual({ 700005: 2, 200010: 1 });
    caller.close();
  });

  test('everything on a server that carries no media of browsers', async () => {
    const { parley, caller } = await fixture.startAnother({});
    const client = await TestClient.logIn(parley, caller, 1);
    clients.push(client);
    const without = new OfferCaller(parley);
    expect(await codeOf(without.publish({ rid: 1, uid: 1 }))).toBe(200060);
    expect(text((await client.call('getRTCConfig')).get('endpoint'))).toBe('');
    without.close();
  });
});

test('the port without TLS serves a proxy that ends it', async () => {
  const uid = fresh();
  await logIn(uid);
  const peer = await offers.connect(fixture.parley.rtcGatePlain, 'ws');
  await expect(peer.quest('OnUserPlay', { streamurl: offers.urlOf({ rid: fresh(), uid }), sdp: 'x' })).rejects.toThrow(
    expect.objectContaining({ code: 700005 }),
  );
});

test('every parameter with every hostile value gets a code that the contract lists', async () => {
  const peer = await offers.connect(fixture.parley.rtcGate, 'wss');
  for (const declaration of Object.values<MethodDeclaration>(webRtcMethods)) {
    for (const { title, params, code } of hostileParams(declaration)) {
      const answered = await codeOf(peer.quest(declaration.name, params));
      // What the check of parameters takes is no stream all the same.
      expect(answered, `${declaration.name} ${title}`).toBe(code ?? 200034);
    }
  }
});

describe('our own SDK', () => {
  async function member(on: { parley: ParleyUnderTest; caller: RawCaller } = fixture) {
    const [rid, uid] = [fresh(), fresh()];
    const client = await TestClient.logIn(on.parley, on.caller, uid, { version: 'Parley-0.1' });
    clients.push(client);
    const token = text((await client.call('createRTCRoom', { rid, type: 2, enableRecord: 0 })).get('token'));
    return { rid, uid, client, token };
  }

  test('publishes and plays by the ticket of the room, and only by its own', async () => {
    const ada = await member();
    const bob = await member();
    const { rid, uid, token } = ada;
    expect(await codeOf(offers.publish({ rid, uid, token }))).toBe(0);
    expect(await codeOf(offers.publish({ rid, uid, token: bob.token }))).toBe(700001);
    expect(await codeOf(offers.play({ rid, uid, token: 'guessed' }))).toBe(700001);
    const entered = await bob.client.call('enterRTCRoom', { rid });
    const ticket = text(entered.get('token'));
    expect(await codeOf(offers.publish({ rid, uid, token: ticket }))).toBe(700001);
    expect(await codeOf(offers.play({ rid, uid, token: ticket }))).toBe(0);
    await fixture.caller.call('kickoutFromRTCRoom', { rid, uid: bob.uid, fromUid: uid });
    expect(await codeOf(offers.play({ rid, uid, token: ticket }))).toBe(700001);
  });

  test('is alone where the project demands tokens', async () => {
    const config = { media: { workers: 1, portBase: 0 } };
    const strict = await fixture.startAnother({ config, settings: { rtcToken: 'required' } });
    const { rid, uid, token } = await member(strict);
    const caller = new OfferCaller(strict.parley);
    expect(await codeOf(caller.publish({ rid, uid }))).toBe(700001);
    expect(await codeOf(caller.play({ rid, uid }))).toBe(700001);
    expect(await codeOf(caller.publish({ rid, uid, token }))).toBe(0);
    caller.close();
  });

  test('learns where to publish, and gets credentials that a TURN server can check', async () => {
    const { client, uid } = await member();
    const config = await client.call('getRTCConfig');
    const { host, port } = fixture.parley.rtcGate;
    expect(text(config.get('endpoint'))).toBe(`${host}:${port}`);
    expect((config.get('turnUrls') as RawString[]).map(text)).toEqual(turn.urls);
    const username = text(config.get('turnUsername'));
    expect(username).toBe(`${config.get('turnExpires')}:${uid}`);
    const password = createHmac('sha1', turn.secret).update(username).digest('base64');
    expect(text(config.get('turnCredential'))).toBe(password);
    expect(Number(config.get('turnExpires'))).toBeGreaterThan(Date.now() / 1000 + turn.ttlSeconds - 60);
  });

  test('is told how far its media has come', async () => {
    const { client, rid, uid, token } = await member();
    const report = async () => Object.fromEntries(await client.call('checkRTCNetwork', { rid }));
    const nothing = { audioPackets: 0, videoPackets: 0, players: 0, playersConnected: 0, isConnected: false };
    const settings = { hasPublicAddress: true, hasTurn: true, udpPorts: [expect.any(Number)] };
    expect(await report()).toEqual({ ...settings, ...nothing, isAnswered: false });
    await offers.publish({ rid, uid, token });
    await offers.play({ rid, uid: fresh(), token });
    expect(await report()).toEqual({ ...settings, ...nothing, isAnswered: true, players: 1 });
    expect(await client.codeOf('checkRTCNetwork', { rid: fresh() })).toBe(700005);
  });

  test('says what its devices are to native members by pushes and to pages by signals', async () => {
    const { client, rid, uid, token } = await member();
    const pageUid = fresh();
    const [native, page] = [await logIn(fresh(), 'Unity-Native-1.0'), await logIn(pageUid)];
    await native.call('enterRTCRoom', { rid });
    await offers.publish({ rid, uid, token });
    await offers.publish({ rid, uid: pageUid });
    await page.call('enterroom', { rid });
    await client.call('setRTCDevices', { rid, camera: false });
    const said = async () =>
      (await page.received(1)).map(({ params }) => [params.get('from'), text(params.get('attrs'))]);
    expect(await said()).toContainEqual([uid, '{"name":"rtc-signal", "type":3}']);
    await client.call('setRTCDevices', { rid, microphone: false });
    await expect.poll(() => native.pushes.map(({ method }) => method)).toContain('pushMicStatus');
    // The heartbeats that the server speaks in its name say so too.
    await expect
      .poll(said, { timeout: 10_000 })
      .toContainEqual([uid, '{"name":"rtc-heartbeat", "cameraEnabled":0, "microphoneEnabled":0}']);
  });
});
