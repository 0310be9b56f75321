import { connect } from 'node:net';
import { type MediaMethodName, type MethodDeclaration, mediaMethods } from '@parley/contract';
import { hostileParams, plainParams } from '@parley/contract/hostile-params';
import { type Encodable, encodeQuest, type RawString, type WireMap } from '@parley/fpnn';
import { afterEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../packages/fpnn/test/wire-generators.ts';
import { exchange } from './fuzz/hostile-connections.ts';
import { PacketInputs } from './fuzz/packet-inputs.ts';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { OfficialPage } from './support/official-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { type Push, TestClient } from './support/test-client.ts';

const fixture = useParley({ config: { media: { workers: 1 } } });
let lastId = 600_000;
const fresh = () => (lastId += 1);

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** Opus: 20 ms of silence. */
const FRAME = Uint8Array.of(0xf8, 0xff, 0xfe);
const VIDEO = {
  ...{ seq: 7, flags: 1, timestamp: 5, rotation: 90, version: 0, facing: 1, captureLevel: 3 },
  ...{ data: Uint8Array.of(0, 0, 0, 1, 101), sps: Uint8Array.of(103), pps: new Uint8Array() },
};

/** A native user: one connection for signalling and one for media. */
type Native = { readonly uid: number; readonly rtm: TestClient; readonly media: TestClient };

async function logIn(): Promise<Native> {
  const uid = fresh();
  const rtm = await TestClient.logIn(fixture.parley, fixture.caller, uid, { version: 'Unity-Native-1.0' });
  const media = await TestClient.connect(fixture.parley.mediaGate);
  clients.push(rtm, media);
  return { uid, rtm, media };
}

async function enter({ uid, rtm, media }: Native, rid: number, how = 'enterRTCRoom'): Promise<WireMap> {
  const ticket = await rtm.call(how, { rid, type: 1, enableRecord: 0 });
  return media.call('enterRTCRoom', { pid: fixture.parley.pid, uid, rid, token: ticket.get('token') as Encodable });
}

/** Native members of one room; the first has created it. */
async function meet(count: number): Promise<{ rid: number; all: [Native, Native, ...Native[]] }> {
  const rid = fresh();
  const all = await Promise.all(Array.from({ length: count }, logIn));
  for (const [index, native] of all.entries()) await enter(native, rid, index === 0 ? 'createRTCRoom' : 'enterRTCRoom');
  return { rid, all: all as [Native, Native, ...Native[]] };
}

const speak = ({ media }: Native, rid: number, seq: number) =>
  media.peer.notify('voice', { rid, seq, timestamp: 1, data: FRAME });
const show = ({ media }: Native, rid: number, method = 'video') => media.peer.notify(method, { rid, ...VIDEO });
/** Frames before this call have been relayed when it resolves: quests of a connection are served in order. */
const settle = async (...natives: Native[]) => {
  for (const { media } of natives) await media.call('ping');
  for (const { media } of natives) await media.call('ping');
};
const seqs = (pushes: readonly Push[], method = 'pushVoice') =>
  pushes.filter((push) => push.method === method).map(({ params }) => params.get('seq'));
const command = (rid: number, uid: number, number: number) =>
  fixture.caller.call('adminCommand', { rid, uids: [uid], command: number });

describe('a media connection', () => {
  test('is bound by the ticket of its user and room, and told who is there', async () => {
    const { rid, all } = await meet(1);
    const [ada, bob] = [all[0], await logIn()];
    await fixture.caller.call('setRTCRoomMicStatus', { rid, status: false });
    const answer = await enter(bob, rid);
    expect(Object.fromEntries(answer)).toEqual({
      microphone: false,
      uids: [ada.uid, bob.uid],
      administrators: [],
      owner: ada.uid,
    });
    const { pid } = fixture.parley;
    const token = (await ada.rtm.call('enterRTCRoom', { rid })).get('token') as Encodable;
    const codes = async (params: object) =>
      bob.media.codeOf('enterRTCRoom', { pid, uid: bob.uid, rid, token, ...params });
    expect(await codes({})).toBe(700001);
    expect(await codes({ token: 'guessed' })).toBe(700001);
    expect(await codes({ rid: fresh() })).toBe(700005);
    expect(await codes({ pid: pid + 1 })).toBe(200001);
    expect(await codes({ uid: ada.uid })).toBe(700010);
  });

  test('learns the clock, and is kept by pings', async () => {
    const { media } = await logIn();
    expect(Math.abs(Number((await media.call('adjustTime')).get('ts')) - Date.now())).toBeLessThan(60_000);
    expect((await media.call('ping')).size).toBe(0);
    expect(await media.codeOf('auth')).toBe(20004);
  });

  test('gets its place again with the same ticket, and is missed when it does not come back', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    ada.rtm.pushes.length = 0;
    bob.media.close();
    await bob.media.closed;
    const again = { ...bob, media: await TestClient.connect(fixture.parley.mediaGate) };
    clients.push(again.media);
    await enter(again, rid);
    speak(ada, rid, 1);
    await again.media.received(1);
    bob.rtm.close();
    expect((await ada.rtm.received(1)).map(({ method }) => method)).toEqual(['pushExitRTCRoom']);
  });
});

describe('in a room', () => {
  test('voice reaches everybody else, with the clock of the server, once encoded and one-way', async () => {
    const { rid, all } = await meet(3);
    const before = Date.now();
    speak(all[0], rid, 41);
    await settle(...all);
    expect(all[0].media.pushes).toEqual([]);
    for (const { media } of all.slice(1)) {
      const [{ method, isOneWay, params }] = media.pushes as [Push];
      expect([method, isOneWay]).toEqual(['pushVoice', true]);
      const { timestamp, data, ...rest } = Object.fromEntries(params);
      expect(rest).toEqual({ uid: all[0].uid, rid, seq: 41 });
      expect(Buffer.from(data as Uint8Array)).toEqual(Buffer.from(FRAME));
      expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    }
  });

  test('video reaches those who asked for it, until they no longer do', async () => {
    const { rid, all } = await meet(3);
    const [ada, bob, eve] = all as unknown as [Native, Native, Native];
    await bob.rtm.call('subscribeVideo', { rid, uids: [ada.uid] });
    show(ada, rid);
    await settle(ada, bob, eve);
    expect(eve.media.pushes).toEqual([]);
    const [{ method, params }] = bob.media.pushes as [Push];
    const { timestamp: _, ...sent } = VIDEO;
    expect(method).toBe('pushVideo');
    expect(Object.fromEntries(params)).toMatchObject({ uid: ada.uid, rid, ...sent });
    await bob.rtm.call('unsubscribeVideo', { rid, uids: [ada.uid] });
    show(ada, rid);
    await settle(ada, bob);
    expect(bob.media.pushes).toHaveLength(1);
  });

  test('nobody hears whom they have blocked, and nobody at all who is forbidden', async () => {
    const { rid, all } = await meet(3);
    const [ada, bob, eve] = all as unknown as [Native, Native, Native];
    await bob.rtm.call('blockUserVoiceInRTCRoom', { rid, uids: [ada.uid] });
    speak(ada, rid, 1);
    await settle(ada, bob, eve);
    await command(rid, ada.uid, 2);
    speak(ada, rid, 2);
    await settle(ada);
    await command(rid, ada.uid, 3);
    await bob.rtm.call('unblockUserVoiceInRTCRoom', { rid, uids: [ada.uid] });
    speak(ada, rid, 3);
    await settle(ada, bob, eve);
    expect([seqs(bob.media.pushes), seqs(eve.media.pushes)]).toEqual([[3], [1, 3]]);
    await eve.rtm.call('subscribeVideo', { rid, uids: [ada.uid] });
    await command(rid, ada.uid, 4);
    show(ada, rid);
    await settle(ada, eve);
    await command(rid, ada.uid, 5);
    show(ada, rid);
    await settle(ada, eve);
    expect(seqs(eve.media.pushes, 'pushVideo')).toEqual([7]);
  });

  test('a microphone closed by command is heard again after a pause: its user has opened it', async () => {
    let now = Date.now();
    const another = await fixture.startAnother({ now: () => now });
    const users = await Promise.all(
      [1, 2].map(async (uid) => {
        const rtm = await TestClient.logIn(another.parley, another.caller, uid, { version: 'Unity-Native-1.0' });
        const media = await TestClient.connect(another.parley.mediaGate);
        clients.push(rtm, media);
        return { uid, rtm, media };
      }),
    );
    const [ada, bob] = users as [Native, Native];
    for (const [how, { uid, rtm, media }] of [
      ['createRTCRoom', ada],
      ['enterRTCRoom', bob],
    ] as const) {
      const token = (await rtm.call(how, { rid: 1, type: 1, enableRecord: 0 })).get('token') as Encodable;
      await media.call('enterRTCRoom', { pid: another.parley.pid, uid, rid: 1, token });
    }
    const at = async (timeMs: number, seq: number) => {
      now += timeMs;
      speak(ada, 1, seq);
      await settle(ada);
    };
    await at(20, 1);
    await another.caller.call('adminCommand', { rid: 1, uids: [1], command: 6 });
    for (const seq of [2, 3, 4]) await at(900, seq);
    await at(1000, 5);
    await at(20, 6);
    await settle(bob);
    expect(seqs(bob.media.pushes)).toEqual([1, 5, 6]);
  });

  test('who was kicked is neither heard nor hears any more', async () => {
    const { rid, all } = await meet(3);
    const [ada, bob, eve] = all as unknown as [Native, Native, Native];
    await fixture.caller.call('kickoutFromRTCRoom', { rid, uid: eve.uid, fromUid: ada.uid });
    speak(eve, rid, 1);
    speak(ada, rid, 2);
    await settle(eve, ada, bob, eve);
    expect([seqs(bob.media.pushes), eve.media.pushes]).toEqual([[2], []]);
    await enter(eve, rid);
    speak(eve, rid, 3);
    await settle(eve, bob);
    expect(seqs(bob.media.pushes)).toEqual([2, 3]);
    await fixture.caller.call('closeRTCRoom', { rid });
    speak(eve, rid, 4);
    await settle(eve, bob);
    expect(seqs(bob.media.pushes)).toEqual([2, 3]);
  });

  test('a reader that is too slow loses frames, counted, and the others lose none', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    const slow = await logIn();
    await enter(slow, rid);
    for (const { rtm } of [bob, slow]) await rtm.call('subscribeVideo', { rid, uids: [ada.uid] });
    const { socket, token } = await stuckSocket(slow, rid);
    expect(token.length).toBeGreaterThan(0);
    const lost = async () =>
      (await MetricsPage.read(fixture.parley.admin)).sum('parley_media_frames_lost_total', { reason: 'slow-receiver' });
    const before = await lost();
    const frame = { rid, ...VIDEO, data: new Uint8Array(200_000) };
    let sent = 0;
    while ((await lost()) === before) {
      ada.media.peer.notify('video', { ...frame, seq: (sent += 1) });
      await settle(ada);
    }
    await expect.poll(() => seqs(bob.media.pushes, 'pushVideo').length).toBe(sent);
    socket.destroy();
  });

  /** A connection of a member that reads nothing. */
  async function stuckSocket({ uid, rtm }: Native, rid: number) {
    const { host, port } = fixture.parley.mediaGate;
    const token = (await rtm.call('enterRTCRoom', { rid })).get('token') as RawString;
    const socket = connect({ host, port }).pause();
    const params = { pid: fixture.parley.pid, uid, rid, token: token.text };
    const entered = new Promise((resolve) => socket.once('readable', resolve));
    socket.write(encodeQuest({ method: 'enterRTCRoom', params, seq: 1 }));
    await entered;
    return { socket, token: token.text };
  }
});

describe('in a call', () => {
  async function talk() {
    const [ada, bob] = [await logIn(), await logIn()];
    const callId = (await ada.rtm.call('requestP2PRTC', { type: 2, peerUid: bob.uid })).get('callId') as Encodable;
    const { pid } = fixture.parley;
    const bind = ({ media, uid }: Native, peerUid: number) =>
      media.codeOf('setP2PRequest', { pid, uid, type: 2, peerUid, callId });
    return { ada, bob, callId, bind };
  }

  test('frames go to the other side, however the method is spelt and without naming it', async () => {
    const { ada, bob, callId, bind } = await talk();
    expect(await bind(ada, bob.uid)).toBe(700006);
    await bob.rtm.call('acceptP2PRTC', { callId });
    expect([await bind(ada, bob.uid), await bind(bob, ada.uid)]).toEqual([0, 0]);
    expect(await bind(await logIn(), ada.uid)).toBe(700006);
    ada.media.peer.notify('voiceP2P', { seq: 1, toUid: bob.uid, timestamp: 1, data: FRAME });
    ada.media.peer.notify('VideoP2P', VIDEO);
    const pushes = await bob.media.received(2);
    expect(pushes.map(({ method }) => method)).toEqual(['pushP2PVoice', 'pushP2PVideo']);
    expect(pushes.map(({ params }) => params.get('uid'))).toEqual([ada.uid, ada.uid]);
    expect([...pushes[1]!.params.keys()].sort()).toEqual(['uid', ...Object.keys(VIDEO)].sort());
    await ada.rtm.call('closeP2PRTC', { callId });
    bob.media.peer.notify('voiceP2P', { seq: 2, timestamp: 1, data: FRAME });
    await settle(bob, ada);
    expect(ada.media.pushes).toEqual([]);
  });
});

describe('whatever comes', () => {
  const declarations: MethodDeclaration[] = Object.values(mediaMethods);
  const expectHealthy = async () => {
    const page = await MetricsPage.read(fixture.parley.admin);
    for (const gate of ['media_gate', 'rtc_gate']) {
      expect(page.sum(`parley_${gate}_refusals_total`, { code: '20001' }), gate).toBe(0);
    }
  };

  test('hostile bytes end in answers or in a counted close, on both gates', async () => {
    const { parley } = fixture;
    const inputs = new PacketInputs({ pid: parley.pid, secret: parley.secret });
    await Promise.all(
      [parley.mediaGate, parley.rtcGatePlain].map(async ({ port }) => {
        for (let seed = 1; seed <= 150; seed += 1) await exchange(port, [inputs.make(seed).bytes]);
      }),
    );
    const page = await MetricsPage.read(parley.admin);
    for (const gate of ['media_gate', 'rtc_gate']) {
      const violations = page.byLabel(`parley_${gate}_violations_total`, 'reason');
      expect(Object.keys(violations), gate).toEqual(
        expect.arrayContaining(['bad-magic', 'bad-payload', 'root-not-map']),
      );
    }
    await expectHealthy();
  });

  test('every parameter with every hostile value gets a code that the contract lists', async () => {
    const { media } = await logIn();
    for (const declaration of declarations) {
      const allowed = [0, 20004, ...declaration.errors];
      for (const { title, params, code } of hostileParams(declaration)) {
        if (declaration.isOneWay) media.peer.notify(declaration.name, params);
        const answered = await media.codeOf(declaration.name, params);
        // Frames of a connection that is in no room are not even looked at.
        if (code !== undefined && !declaration.isOneWay) expect(answered, `${declaration.name} ${title}`).toBe(code);
        else expect(allowed, `${declaration.name} ${title}`).toContain(answered);
      }
    }
    await expectHealthy();
  });

  test('hostile frames of a member are refused, reach nobody, and do not end its connection', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    await bob.rtm.call('subscribeVideo', { rid, uids: [ada.uid] });
    const random = seededRandom(20_261_128);
    for (const name of ['voice', 'video', 'voiceP2P', 'videoP2P'] as MediaMethodName[]) {
      const declaration: MethodDeclaration = mediaMethods[name];
      for (const { params } of hostileParams(declaration)) {
        ada.media.peer.notify(name, 'rid' in params && random(2) === 0 ? { ...params, rid } : params);
        // Not more than a connection may send in a second.
        if (random(8) === 0) await ada.media.call('ping');
      }
    }
    await ada.media.call('ping');
    expect(plainParams(mediaMethods.voice)).toHaveProperty('data');
    await expectHealthy();
  });
});

describe.runIf(HAS_CHROMIUM)('between native members and pages', () => {
  const browser = useBrowser();

  test('voice crosses both ways, under the same commands', async () => {
    const rid = fresh();
    const native = await logIn();
    await enter(native, rid, 'createRTCRoom');
    const page = await OfficialPage.open(await browser.newContext(), fixture.parley, fixture.caller, fresh());
    await page.enterRoom(rid);
    await page.until(({ playing }) => playing.includes(native.uid));
    let seq = 0;
    const talking = setInterval(() => speak(native, rid, (seq += 1)), 20);
    await page.waitFor(native.uid, { audio: 20 });
    const heard = async (count: number) => {
      const before = native.media.pushes.length;
      const all = await native.media.received(before + count);
      return all.slice(before);
    };
    const frames = await heard(20);
    expect(new Set(frames.map(({ method, params }) => `${method} ${params.get('uid')} ${params.get('rid')}`))).toEqual(
      new Set([`pushVoice ${page.uid} ${rid}`]),
    );
    const numbers = seqs(frames) as number[];
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    await command(rid, native.uid, 2);
    const quiet = async () => {
      const { audio } = await page.received(native.uid);
      await heard(15);
      return (await page.received(native.uid)).audio === audio;
    };
    while (!(await quiet()));
    await command(rid, native.uid, 3);
    await page.waitFor(native.uid, { audio: 10 });
    await native.rtm.call('blockUserVoiceInRTCRoom', { rid, uids: [page.uid] });
    await settle(native);
    const before = native.media.pushes.length;
    await page.waitFor(native.uid, { audio: 15 });
    await settle(native);
    expect(native.media.pushes.length).toBe(before);
    clearInterval(talking);
  });
});
