import { afterEach, describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';
import { mediaWorkersOf } from './support/media-workers-of.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { OfficialPage } from './support/official-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const FORBID_AUDIO = 2;
const ALLOW_AUDIO = 3;
const FORBID_VIDEO = 4;
const ALLOW_VIDEO = 5;
const CLOSE_MICROPHONE = 6;
const CLOSE_CAMERA = 7;

describe.runIf(HAS_CHROMIUM)('pages of the official browser SDK', () => {
  const fixture = useParley({ config: { media: { workers: 1 } } });
  const browser = useBrowser();
  let lastId = 400_000;
  const fresh = () => (lastId += 1);
  const call = (method: string, params: Record<string, number | boolean | number[]>) =>
    fixture.caller.call(method, params);
  const membersOf = async (rid: number) => (await call('getRTCRoomMembers', { rid })).get('uids');

  const pages: OfficialPage[] = [];
  const open = async () => {
    const page = await OfficialPage.open(await browser.newContext(), fixture.parley, fixture.caller, fresh());
    pages.push(page);
    return page;
  };
  /** Pages in a room, each of which hears and sees each other. */
  const meet = async (count: number) => {
    const rid = fresh();
    const all = await Promise.all(Array.from({ length: count }, open));
    for (const page of all) await page.enterRoom(rid);
    await Promise.all(all.map((page) => seesAll(page, all)));
    return { rid, all: all as [OfficialPage, OfficialPage, ...OfficialPage[]] };
  };
  const seesAll = (page: OfficialPage, all: readonly OfficialPage[]) =>
    Promise.all(all.flatMap(({ uid }) => (uid === page.uid ? [] : page.waitFor(uid, { audio: 10, frames: 3 }))));

  /** Nothing that a page was sent or answered threw in it. */
  afterEach(async () => {
    for (const page of pages.splice(0)) {
      if (page.page.isClosed()) continue;
      const { log } = await page.state();
      expect(log.filter((line) => line.startsWith('push ') || line.startsWith('dropped'))).toEqual([]);
    }
  });

  test('hear and see each other, are members of the RTC room, and end it by leaving', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    expect(await membersOf(rid)).toEqual([ada.uid, bob.uid]);
    expect(await ada.waitFor(bob.uid, { frames: 1 }).then(() => ada.state())).toMatchObject({ playing: [bob.uid] });
    await bob.leaveRoom();
    await ada.until(({ playing }) => playing.length === 0);
    expect(await membersOf(rid)).toEqual([ada.uid]);
    await ada.leaveRoom();
    expect(await fixture.caller.codeOf('getRTCRoomMembers', { rid })).toBe(700005);
    const stored = await call('getroommsg', { rid, uid: ada.uid, desc: false, num: 20, begin: 0, end: 0, lastid: 0 });
    expect(stored.get('num')).toBe(0);
  });

  test('are muted and darkened by command, also after they publish again, until they are allowed', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    const command = (number: number) => call('adminCommand', { rid, uids: [ada.uid], command: number });
    await command(FORBID_AUDIO);
    await bob.waitForSilence(ada.uid);
    const { log } = await bob.state();
    await ada.publishAgain();
    await bob.waitForSilence(ada.uid);
    // Who is replaced goes on in the players that are there.
    expect((await bob.state()).log).toEqual(log);
    await command(ALLOW_AUDIO);
    await bob.waitFor(ada.uid, { audio: 10, frames: 3 });
    await command(FORBID_VIDEO);
    await bob.waitForDarkness(ada.uid);
    await command(ALLOW_VIDEO);
    await bob.waitFor(ada.uid, { audio: 10, frames: 3 });
  });

  test('whose devices are closed by command open them again themselves', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    const heartbeat = (camera: number, microphone: number) =>
      bob.until(({ heartbeats }) => {
        const { cameraEnabled, microphoneEnabled } = heartbeats[ada.uid] ?? {};
        return cameraEnabled === camera && microphoneEnabled === microphone;
      });
    await call('adminCommand', { rid, uids: [ada.uid], command: CLOSE_MICROPHONE });
    await bob.waitForSilence(ada.uid);
    await heartbeat(1, 0);
    await ada.setDevice('microphone', true);
    await bob.waitFor(ada.uid, { audio: 10 });
    await call('adminCommand', { rid, uids: [ada.uid], command: CLOSE_CAMERA });
    await bob.waitForDarkness(ada.uid);
    await heartbeat(0, 1);
    await ada.setDevice('camera', true);
    await bob.waitFor(ada.uid, { frames: 3 });
    await heartbeat(1, 1);
  });

  test('are out in both directions when they are kicked, and the others go on', async () => {
    const { rid, all } = await meet(3);
    const [ada, bob, eve] = all as unknown as [OfficialPage, OfficialPage, OfficialPage];
    const played = { page: ada, uid: bob.uid };
    await call('kickoutFromRTCRoom', { rid, uid: eve.uid, fromUid: ada.uid });
    for (const page of [ada, bob]) await page.until(({ playing }) => !playing.includes(eve.uid));
    for (const { uid } of [ada, bob]) await eve.waitForNothing(uid, played);
    // From one address it cannot be told who plays what: the others were made to play anew.
    await Promise.all([seesAll(ada, [ada, bob]), seesAll(bob, [ada, bob])]);
    expect(await membersOf(rid)).toEqual([ada.uid, bob.uid]);
    // Its heartbeats go on and bring it back for nobody; entering anew does.
    const later = eve.state().then(({ heartbeats }) => Object.keys(heartbeats).length);
    expect(await later).toBe(2);
    expect((await ada.state()).playing).toEqual([bob.uid]);
    await eve.loseConnection();
    await seesAll(ada, [ada, bob, eve]);
    expect(await membersOf(rid)).toEqual([ada.uid, bob.uid, eve.uid]);
  });

  test('lose all media when the room is closed or when they are taken out of the RTM room', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    const apart = await meet(2);
    const played = { page: apart.all[0], uid: apart.all[1].uid };
    await call('closeRTCRoom', { rid });
    for (const page of [ada, bob]) await page.until(({ playing }) => playing.length === 0);
    expect(await fixture.caller.codeOf('getRTCRoomMembers', { rid })).toBe(700005);
    const [, cut] = apart.all;
    await call('delroommember', { rid: apart.rid, uid: cut.uid });
    await played.page.until(({ playing }) => playing.length === 0);
    expect(await membersOf(apart.rid)).toEqual([played.page.uid]);
  });

  test('are members still when their connection is lost, and are played anew when they are back', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    const { log } = await bob.state();
    await ada.loseConnection();
    await bob.until((state) => state.log.length > log.length);
    await seesAll(bob, all);
    const after = (await bob.state()).log.slice(log.length);
    expect(after).toEqual(['signal 4 of', 'signal 6 of', 'signal 1 of', 'play'].map((line) => `${line} ${ada.uid}`));
    expect(await membersOf(rid)).toEqual([ada.uid, bob.uid]);
  });

  test('are kicked out of everything by the server API', async () => {
    const { rid, all } = await meet(2);
    const [ada, bob] = all;
    await call('kickout', { uid: ada.uid });
    await bob.until(({ playing }) => playing.length === 0);
    expect(await membersOf(rid)).toEqual([bob.uid]);
    await ada.until(({ isKickedOut }) => isKickedOut);
  });

  test('see and hear each other again after the media worker has died', async () => {
    const { all } = await meet(2);
    const before = await MetricsPage.read(fixture.parley.admin);
    process.kill(mediaWorkersOf(process.pid)[0]!, 'SIGKILL');
    for (const page of all) await page.until(({ relogins }) => relogins === 1);
    await Promise.all(all.map((page) => seesAll(page, all)));
    const after = await MetricsPage.read(fixture.parley.admin);
    expect(after.sum('parley_media_worker_restarts_total') - before.sum('parley_media_worker_restarts_total')).toBe(1);
    expect(after.sum('parley_media_workers_up')).toBe(1);
    expect(after.sum('parley_rtc_members')).toBeGreaterThanOrEqual(2);
    expect(after.sum('parley_media_publishers')).toBeGreaterThanOrEqual(2);
    const sent = async () => (await MetricsPage.read(fixture.parley.admin)).sum('parley_media_packets_sent_total');
    await expect.poll(sent, { timeout: 10_000 }).toBeGreaterThan(after.sum('parley_media_packets_sent_total'));
  });

  test('see native members by signals that the server speaks, and are told of to them by pushes', async () => {
    const rid = fresh();
    const uid = fresh();
    const native = await TestClient.logIn(fixture.parley, fixture.caller, uid, { version: 'Unity-Native-1.0' });
    await native.call('createRTCRoom', { rid, type: 1, enableRecord: 0 });
    const page = await open();
    await page.enterRoom(rid);
    const { log } = await page.until(({ playing }) => playing.includes(uid));
    expect(log).toEqual([`play ${uid}`]);
    await expect.poll(() => native.pushes.map(({ method }) => method)).toContain('pushEnterRTCRoom');
    native.close();
    await page.until(({ playing }) => playing.length === 0);
  });
});
