import { createMediaEngine, type MediaEngine, type MemberLevel, type VoiceFrame } from '@parley/media';
import type { BrowserContext } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LossyRelay } from './media/lossy-relay.ts';
import { MediaPage } from './media/media-page.ts';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';

const POLL = { timeout: 20_000 };
const ADA = { room: 'room', member: 'ada' };
/** How long a bad leg is watched for stops of the picture. They depend on the machine too, so by default they are not judged. */
const LOSS_SECONDS = Number(process.env['PARLEY_MEDIA_LOSS_SECONDS'] ?? 0);

describe.runIf(HAS_CHROMIUM)('media between browsers', () => {
  const browser = useBrowser();
  let engine: MediaEngine;
  let context: BrowserContext;
  /** How often the test has killed the worker. It must not have died by itself. */
  let kills: number;

  beforeEach(async () => {
    kills = 0;
    engine = await createMediaEngine({ host: '127.0.0.1' });
    context = await browser.newContext();
  });
  afterEach(async () => {
    const [worker] = engine.workers();
    await engine.close();
    expect(worker).toMatchObject({ restarts: kills });
  });

  const openPage = async () => MediaPage.open(context, engine);
  /** A page that publishes as ada, and one that plays her and has got frames. */
  const openPair = async () => {
    const [ada, bob] = [await openPage(), await openPage()];
    await ada.publish('room', 'ada');
    await bob.play('room', 'ada', 'bob');
    await bob.waitForFrames('ada', 5);
    return { ada, bob };
  };

  test('voice and a moving picture reach who plays before anything is published, and who comes late', async () => {
    const [ada, bob, carl] = [await openPage(), await openPage(), await openPage()];
    await bob.play('room', 'ada', 'bob');
    await ada.publish('room', 'ada');
    await bob.waitForFrames('ada', 5);
    await carl.play('room', 'ada', 'carl');
    expect(await carl.firstFrameMs('ada')).toBeGreaterThan(0);
    expect(await bob.isMoving('ada')).toBe(true);
    await carl.waitForAudio('ada', 25);
    for (const viewer of [bob, carl]) {
      expect(await viewer.stats('ada')).toMatchObject({ audioLost: 0, videoLost: 0, nackCount: 0 });
    }
    const { publishers, players } = await engine.statistics('room');
    expect(publishers).toMatchObject([{ member: 'ada', isConnected: true, ignored: 0 }]);
    expect(players.map(({ viewer, isConnected, ignored }) => ({ viewer, isConnected, ignored }))).toEqual([
      { viewer: 'bob', isConnected: true, ignored: 0 },
      { viewer: 'carl', isConnected: true, ignored: 0 },
    ]);
  });

  test('a publisher that is replaced leaves no gap', async () => {
    const { bob } = await openPair();
    const ends: string[] = [];
    engine.on('publisherEnded', ({ member }, end) => ends.push(`${member} ${end}`));
    const second = await openPage();
    const before = await bob.stats('ada');
    await second.publish('room', 'ada');
    await expect.poll(() => ends, POLL).toEqual(['ada replaced']);
    await bob.waitForFrames('ada', 20);
    await bob.waitForAudio('ada', 25);
    const after = await bob.stats('ada');
    expect(after).toMatchObject({ videoLost: 0, audioLost: 0, nackCount: 0 });
    expect(after.keyFramesDecoded).toBeGreaterThan(before.keyFramesDecoded);
    expect(await bob.isMoving('ada')).toBe(true);
    // Voice and picture of the new publisher are on one clock: a wrong one would be off by far more than a late frame.
    const delay = async () => Math.abs((await bob.stats('ada')).videoDelayMs ?? Number.POSITIVE_INFINITY);
    await expect.poll(delay, POLL).toBeLessThan(1000);
  });

  test('what is forbidden does not reach a viewer, also after a new publish, and what is allowed again shows no gap', async () => {
    const { ada, bob } = await openPair();
    await engine.setForbidden(ADA, 'audio', true);
    await bob.waitForFrames('ada', 1); // what was on its way has come
    const silenced = await bob.stats('ada');
    await bob.waitForFrames('ada', 10);
    expect((await bob.stats('ada')).audioPackets).toBe(silenced.audioPackets);

    await ada.publish('room', 'ada');
    await bob.waitForFrames('ada', 10);
    expect((await bob.stats('ada')).audioPackets).toBe(silenced.audioPackets);

    await engine.setForbidden(ADA, 'audio', false);
    await engine.setForbidden(ADA, 'video', true);
    await bob.waitForAudio('ada', 10);
    const blinded = await bob.stats('ada');
    await bob.waitForAudio('ada', 25);
    expect((await bob.stats('ada')).videoPackets).toBe(blinded.videoPackets);

    await engine.setForbidden(ADA, 'video', false);
    await bob.waitForFrames('ada', 10);
    expect(await bob.stats('ada')).toMatchObject({ audioLost: 0, videoLost: 0, nackCount: 0 });
  });

  test('a member who is blocked by one viewer still reaches the others', async () => {
    const { bob } = await openPair();
    const carl = await openPage();
    await carl.play('room', 'ada', 'carl');
    await engine.setBlocked({ ...ADA, viewer: 'bob' }, 'audio', true);
    await carl.waitForAudio('ada', 5);
    const { audioPackets } = await bob.stats('ada');
    await carl.waitForAudio('ada', 25);
    expect((await bob.stats('ada')).audioPackets).toBe(audioPackets);
  });

  test('a closed member gets and gives nothing more', async () => {
    const { ada, bob } = await openPair();
    await bob.publish('room', 'bob');
    await ada.play('room', 'bob', 'ada');
    await ada.waitForAudio('bob', 5);
    const carl = await openPage();
    await carl.play('room', 'bob', 'carl');
    await engine.closeMember(ADA);
    await carl.waitForAudio('bob', 5);
    const [given, got] = [await bob.stats('ada'), await ada.stats('bob')];
    await carl.waitForAudio('bob', 25);
    expect((await bob.stats('ada')).audioPackets).toBe(given.audioPackets);
    expect((await ada.stats('bob')).audioPackets).toBe(got.audioPackets);
    await engine.closeRoom('room');
    expect(await engine.statistics('room')).toEqual({ publishers: [], players: [] });
  });

  test('a page that closes its connections ends what it published and played', async () => {
    const { ada, bob } = await openPair();
    const ends: string[] = [];
    engine.on('publisherEnded', ({ member }, end) => ends.push(`${member} ${end}`));
    engine.on('playerEnded', ({ viewer }, end) => ends.push(`${viewer} ${end}`));
    await ada.unpublish();
    await bob.stopPlaying('ada');
    await expect.poll(() => ends.toSorted(), POLL).toEqual(['ada lost', 'bob lost']);
    expect(engine.workers()).toMatchObject([{ rooms: 0 }]);
  });

  test('how loud members are and who speaks is told', async () => {
    const levels: MemberLevel[] = [];
    const speakers: (string | undefined)[] = [];
    engine.on('levels', (_room, members) => levels.push(...members));
    engine.on('activeSpeaker', (_room, member) => speakers.push(member));
    const ada = await openPage();
    await ada.publish('room', 'ada');
    // The fake microphone beeps.
    await expect.poll(() => levels.some(({ member, level }) => member === 'ada' && level > 0.5), POLL).toBe(true);
    await expect.poll(() => speakers, POLL).toContain('ada');
  });

  test('voice crosses to members without a browser and back', async () => {
    const ada = await openPage();
    const heard: VoiceFrame[] = [];
    engine.on('voice', ({ room, member }, frame) => {
      expect({ room, member }).toEqual(ADA);
      heard.push(frame);
      // A native member of another room repeats what ada says.
      engine.sendVoice({ room: 'other', member: 'parrot' }, frame);
    });
    await engine.hearVoices('room', true);
    const bob = await openPage();
    await bob.play('other', 'parrot', 'bob');
    await ada.publish('room', 'ada');
    await bob.waitForAudio('parrot', 50);
    expect(heard.every(({ data }) => data.length > 0)).toBe(true);
    expect(await bob.stats('parrot')).toMatchObject({ audioLost: 0 });
    await bob.waitForSound('parrot');
    await engine.setForbidden(ADA, 'audio', true);
    const count = heard.length;
    await engine.statistics('room'); // frames that were on their way have come before its answer
    const after = heard.length;
    await engine.setForbidden({ room: 'other', member: 'parrot' }, 'video', true);
    await engine.statistics('room');
    expect([heard.length, after - count < 5]).toEqual([after, true]);
  });

  test('a worker that is killed comes back with what was set, and its rooms can be used again', async () => {
    const { ada, bob } = await openPair();
    await engine.setForbidden(ADA, 'audio', true);
    const lost: string[] = [];
    engine.on('roomsLost', (rooms) => lost.push(...rooms));
    process.kill(engine.workers()[0]!.pid!, 'SIGKILL');
    kills = 1;
    await expect.poll(() => lost, POLL).toEqual(['room']);
    await ada.publish('room', 'ada');
    await bob.play('room', 'ada', 'bob');
    await bob.waitForFrames('ada', 10);
    expect((await bob.stats('ada')).audioPackets).toBe(0);
  });

  describe('a leg that loses 5% and takes 40 ms there and back', () => {
    let relay: LossyRelay;

    beforeEach(async () => {
      relay = await LossyRelay.start({ targetPort: engine.workers()[0]!.port!, loss: 0.05, delayMs: 20 });
    });
    afterEach(() => relay.close());

    const openBehindRelay = async () => MediaPage.open(context, engine, (answer) => relay.redirect(answer));
    const expectNothingMissing = async (viewer: MediaPage) => {
      expect(relay.dropped).toBeGreaterThan(5);
      relay.stopLosing();
      const lost = async () => {
        const { audioLost, videoLost } = await viewer.stats('ada');
        return { audioLost, videoLost };
      };
      await expect.poll(lost, POLL).toEqual({ audioLost: 0, videoLost: 0 });
    };

    test('loses nothing for good where a viewer is behind it', {
      timeout: (60 + 3 * LOSS_SECONDS) * 1000,
    }, async () => {
      const ada = await openPage();
      await ada.publish('room', 'ada');
      const bob = await openBehindRelay();
      await bob.play('room', 'ada', 'bob');
      await bob.waitForFrames('ada', 80);
      if (LOSS_SECONDS > 0) {
        await bob.waitForPlayed('ada', LOSS_SECONDS);
        const { freezeSeconds, playedSeconds } = await bob.stats('ada');
        console.log(JSON.stringify({ freezeSeconds, playedSeconds }));
        expect(freezeSeconds).toBeLessThan(0.05 * playedSeconds);
      }
      await expectNothingMissing(bob);
      const [player] = (await engine.statistics('room')).players;
      expect(player!.video.retransmitted).toBeGreaterThan(0);
      expect(player!.audio.retransmitted).toBeGreaterThan(0);
    });

    test('loses nothing for good where the publisher is behind it', async () => {
      const ada = await openBehindRelay();
      await ada.publish('room', 'ada');
      const bob = await openPage();
      await bob.play('room', 'ada', 'bob');
      await bob.waitForFrames('ada', 80);
      await expectNothingMissing(bob);
      const [publisher] = (await engine.statistics('room')).publishers;
      expect(publisher!.video.retransmitted).toBeGreaterThan(0);
      expect(publisher!.audio.retransmitted).toBeGreaterThan(0);
    });
  });
});
