import { ADMIN_COMMANDS, type AdminCommand } from '@parley/contract';
import type { RtmServerClient } from '@parley/server-sdk';
import { beforeAll, expect, test } from 'vitest';
import { mediaWorkersOf } from '../support/media-workers-of.ts';
import type { RoomPage } from './room-page.ts';
import { freshId, RoomPages, type RtcFixture } from './room-pages.ts';

/** Two pages meet, and everything happens to them that may happen in a room. */
export function describeRooms(fixture: RtcFixture): void {
  const pages = new RoomPages(fixture, 'suite');
  const open = (uid?: number) => pages.open(uid);
  let backEnd: RtmServerClient;
  let roomId: number;
  let ada: RoomPage;
  let bob: RoomPage;

  beforeAll(async () => {
    backEnd = fixture.parley.parley.client();
    roomId = freshId();
    [ada, bob] = await Promise.all([open(), open()]);
    await ada.join('video', roomId);
    await bob.join('video', roomId);
  });

  const memberOf = async (page: RoomPage, uid: number) => (await page.state()).members.find((each) => each.uid === uid);

  test('two pages hear and see each other, and the picture moves', async () => {
    await Promise.all([
      ada.untilMore(bob.uid, { audio: 20, frames: 5 }),
      bob.untilMore(ada.uid, { audio: 20, frames: 5 }),
      ada.untilMoving(bob.uid),
      bob.untilMoving(ada.uid),
    ]);
    const { members } = await bob.state();
    expect(members).toMatchObject([
      { uid: ada.uid, role: 'owner', isOwn: false, isMicrophoneOpen: true, isCameraOpen: true },
      { uid: bob.uid, role: 'member', isOwn: true, isMicrophoneOpen: true, isCameraOpen: true },
    ]);
  });

  test('speakers are marked, and the quality of the network is good', async () => {
    // The fake microphone beeps.
    await ada.until(({ streams }) => streams[bob.uid]?.isSpeaking === true);
    await ada.until(({ activeSpeaker }) => activeSpeaker !== undefined);
    await ada.until(({ quality }) => quality === 'good');
    const { streams } = await ada.state();
    expect(streams[bob.uid]).toMatchObject({ state: 'connected', width: expect.any(Number) });
    expect(streams[ada.uid]!.videoBitrateBps).toBeGreaterThan(0);
  });

  test('a closed camera gives no pictures, a muted microphone is told, and both come back', async () => {
    await ada.call('setCameraOpen', false);
    await ada.call('setMicrophoneOpen', false);
    await bob.until(({ members }) => members.some((m) => m.uid === ada.uid && !m.isCameraOpen && !m.isMicrophoneOpen));
    await bob.untilStill(ada.uid, 'frames');
    await bob.until(({ streams }) => streams[ada.uid]?.isSpeaking === false);
    await ada.call('setCameraOpen', true);
    await ada.call('setMicrophoneOpen', true);
    await bob.untilMore(ada.uid, { frames: 3 });
    await bob.until(({ streams }) => streams[ada.uid]?.isSpeaking === true);
    expect(await memberOf(bob, ada.uid)).toMatchObject({ isCameraOpen: true, isMicrophoneOpen: true });
  });

  test('another camera goes on in the same stream', async () => {
    const cameras = await ada.call<{ kind: string; deviceId: string }[]>('listDevices');
    const { deviceId } = cameras.find(({ kind }) => kind === 'camera')!;
    await ada.call('setCamera', deviceId);
    await bob.untilMore(ada.uid, { frames: 5 });
    await bob.untilMoving(ada.uid);
  });

  test('who joins late sees a picture at once, from everybody', async () => {
    const eve = await open();
    await eve.join('video', roomId, { microphone: false, camera: false });
    await Promise.all([ada, bob].map(({ uid }) => eve.untilMore(uid, { audio: 5, frames: 1 })));
    expect(await eve.state()).toMatchObject({ isMicrophoneOpen: false, isCameraOpen: false });
    await ada.until(({ members }) => members.some((m) => m.uid === eve.uid && !m.isCameraOpen && !m.isMicrophoneOpen));
    await eve.call('leave');
    await ada.until(({ members }) => members.every(({ uid }) => uid !== eve.uid));
    expect((await eve.state()).ended).toBe('left');
  });

  test('the owner appoints administrators, who may command then', async () => {
    const command = (page: RoomPage, ...args: unknown[]) => page.call('command', ...args);
    await expect(command(bob, ADMIN_COMMANDS.closeCamera, [bob.uid])).rejects.toThrow();
    await command(ada, ADMIN_COMMANDS.appointAdministrators, [bob.uid]);
    await bob.until(({ members }) => members.some(({ uid, role }) => uid === bob.uid && role === 'administrator'));
    await command(bob, ADMIN_COMMANDS.forbidAudio, [bob.uid]);
    await ada.untilStill(bob.uid, 'audio');
    await command(bob, ADMIN_COMMANDS.allowAudio, [bob.uid]);
    await ada.untilMore(bob.uid, { audio: 10 });
    await command(ada, ADMIN_COMMANDS.dismissAdministrators, [bob.uid]);
    await bob.until(({ members }) => members.some(({ uid, role }) => uid === bob.uid && role === 'member'));
  });

  test('what the back end forbids does not come through until it is allowed', async () => {
    const command = (value: AdminCommand) => backEnd.adminCommand(roomId, [bob.uid], value);
    await command(ADMIN_COMMANDS.forbidAudio);
    await ada.untilStill(bob.uid, 'audio');
    await ada.untilMore(bob.uid, { frames: 3 });
    expect(await memberOf(ada, bob.uid)).toMatchObject({ isAudioForbidden: true });
    await command(ADMIN_COMMANDS.allowAudio);
    await ada.untilMore(bob.uid, { audio: 10 });
    await command(ADMIN_COMMANDS.forbidVideo);
    await ada.untilStill(bob.uid, 'frames');
    await ada.untilMore(bob.uid, { audio: 10 });
    await command(ADMIN_COMMANDS.allowVideo);
    await ada.untilMore(bob.uid, { frames: 3, audio: 10 });
    expect(await memberOf(ada, bob.uid)).toMatchObject({ isAudioForbidden: false, isVideoForbidden: false });
  });

  test('devices that the back end closes are closed in the page until their user opens them', async () => {
    const command = (value: AdminCommand) => backEnd.adminCommand(roomId, [bob.uid], value);
    await command(ADMIN_COMMANDS.closeMicrophone);
    await bob.until(
      ({ isMicrophoneOpen, log }) => !isMicrophoneOpen && log.includes('deviceChanged microphone false command'),
    );
    await ada.untilStill(bob.uid, 'audio');
    await command(ADMIN_COMMANDS.closeCamera);
    await bob.until(({ isCameraOpen }) => !isCameraOpen);
    await ada.untilStill(bob.uid, 'frames');
    expect(await memberOf(ada, bob.uid)).toMatchObject({ isCameraOpen: false, isMicrophoneOpen: false });
    await bob.call('setMicrophoneOpen', true);
    await bob.call('setCameraOpen', true);
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
    await ada.until(({ members }) => members.some((m) => m.uid === bob.uid && m.isCameraOpen && m.isMicrophoneOpen));
  });

  test('a blocked voice is silent for one user alone, and a blocked picture unseen', async () => {
    const eve = await open();
    await eve.join('video', roomId, { camera: false });
    await eve.untilMore(bob.uid, { audio: 5 });
    await eve.call('setVoiceBlocked', bob.uid, true);
    await eve.untilStill(bob.uid, 'audio');
    await ada.untilMore(bob.uid, { audio: 10 });
    await eve.call('setVideoBlocked', bob.uid, true);
    await eve.untilStill(bob.uid, 'frames');
    // Both hold over a lost connection.
    await eve.call('loseConnection');
    await eve.until(({ log }) => log.includes('restored'));
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
    await eve.untilStill(bob.uid, 'audio');
    await eve.untilStill(bob.uid, 'frames');
    await eve.call('setVoiceBlocked', bob.uid, false);
    await eve.call('setVideoBlocked', bob.uid, false);
    await eve.untilMore(bob.uid, { audio: 5, frames: 3 });
    await eve.call('leave');
  });

  test('a lost session comes back with what was published and played, and muted as before', async () => {
    await bob.call('setMicrophoneOpen', false);
    await ada.until(({ members }) => members.some((m) => m.uid === bob.uid && !m.isMicrophoneOpen));
    await bob.call('loseConnection');
    await bob.until(({ log }) => log.includes('restored'));
    await Promise.all([bob.untilMore(ada.uid, { audio: 10, frames: 3 }), ada.untilMore(bob.uid, { frames: 3 })]);
    expect(await bob.state()).toMatchObject({ isMicrophoneOpen: false, isCameraOpen: true });
    expect(await memberOf(ada, bob.uid)).toMatchObject({ isMicrophoneOpen: false, isCameraOpen: true });
    expect((await ada.state()).log.filter((line) => line === `memberLeft ${bob.uid}`)).toEqual([]);
    await bob.call('setMicrophoneOpen', true);
    await ada.until(({ streams }) => streams[bob.uid]?.isSpeaking === true);
  });

  test('a worker that dies takes nothing along for long', async () => {
    for (const pid of mediaWorkersOf(process.pid)) process.kill(pid, 'SIGKILL');
    await Promise.all([
      ada.until(({ streams }) => streams[bob.uid]?.state !== 'connected'),
      bob.until(({ streams }) => streams[ada.uid]?.state !== 'connected'),
    ]);
    await Promise.all([
      ada.untilMore(bob.uid, { audio: 10, frames: 3 }),
      bob.untilMore(ada.uid, { audio: 10, frames: 3 }),
    ]);
    expect((await ada.state()).members).toHaveLength(2);
  });

  // A browser takes some ten seconds to notice that nobody answers its checks.
  test('a second page of a user takes over what is published, and gives it back when asked', async () => {
    const second = await open(bob.uid);
    await second.join('video', roomId);
    await bob.until(({ log }) => log.includes('replaced'));
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
    await bob.call('publishAgain');
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
    await second.call('leave');
    // The user is still in by the first page.
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
    expect((await ada.state()).members).toHaveLength(2);
  }, 60_000);

  test('chat goes beside, and signals are no messages', async () => {
    await ada.call('say', 'hello');
    const { log } = await bob.until((state) => state.log.includes('message chat'));
    expect(log.filter((line) => line.startsWith('message '))).toEqual(['message chat']);
  });

  test('who is kicked is out at once, in both directions, and may join again', async () => {
    await backEnd.kickoutFromRTCRoom(roomId, bob.uid, ada.uid);
    await bob.until(({ ended }) => ended === 'kicked');
    await ada.until(({ members }) => members.length === 1);
    await bob.join('video', roomId);
    await ada.untilMore(bob.uid, { audio: 10, frames: 3 });
  });

  test('a room that is closed ends for everybody', async () => {
    await backEnd.closeRTCRoom(roomId);
    await Promise.all([ada, bob].map((page) => page.until(({ ended }) => ended === 'closed')));
  });
}
