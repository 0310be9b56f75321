import type { Encodable } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { TestClient } from '../support/test-client.ts';
import { freshId, RoomPages, type RtcFixture } from './room-pages.ts';

/** Opus: 20 ms. */
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/** Pages of ours meet those of the official SDK, native clients, and a back end. */
export function describeRoomsWithOthers(fixture: RtcFixture): void {
  const pages = new RoomPages(fixture);
  const open = () => pages.open();

  test('a page of the official SDK and one of ours hear and see each other, and each other’s devices', async () => {
    const roomId = freshId();
    const [ada, bob] = [await open(), await pages.openOfficial()];
    await ada.join('video', roomId);
    await bob.enterRoom(roomId);
    await Promise.all([
      ada.untilMore(bob.uid, { audio: 10, frames: 3 }),
      bob.waitFor(ada.uid, { audio: 10, frames: 3 }),
    ]);
    await bob.setDevice('microphone', false);
    await ada.until(({ members }) => members.some(({ uid, isMicrophoneOpen }) => uid === bob.uid && !isMicrophoneOpen));
    await ada.call('setCameraOpen', false);
    await bob.until(({ heartbeats }) => heartbeats[ada.uid]?.cameraEnabled === 0);
    expect((await bob.state()).heartbeats[ada.uid]).toMatchObject({ microphoneEnabled: 1 });
    await ada.call('leave');
    await bob.until(({ playing }) => playing.length === 0);
    await ada.join('video', roomId);
    await bob.waitFor(ada.uid, { audio: 10 });
    await bob.leaveRoom();
    await ada.until(({ members }) => members.length === 1);
  });

  test('a native member and a page of ours hear each other', async () => {
    const { parley, caller } = fixture.parley;
    const [roomId, uid] = [freshId(), freshId()];
    const ada = await open();
    await ada.join('voice', roomId);
    const rtm = await TestClient.logIn(parley, caller, uid, { version: 'Unity-Native-1.0' });
    const media = await TestClient.connect(parley.mediaGate);
    const token = (await rtm.call('enterRTCRoom', { rid: roomId })).get('token') as Encodable;
    await media.call('enterRTCRoom', { pid: parley.pid, uid, rid: roomId, token });
    let seq = 0;
    const speaking = setInterval(() => {
      seq += 1;
      media.peer.notify('voice', { rid: roomId, seq, timestamp: Date.now(), data: SILENCE });
    }, 20);
    try {
      await ada.untilMore(uid, { audio: 10 });
      const heard = media.pushes.length;
      await media.received(heard + 10);
      expect(new Set(media.pushes.map(({ method }) => method))).toEqual(new Set(['pushVoice']));
    } finally {
      clearInterval(speaking);
      media.close();
      rtm.close();
    }
    await ada.until(({ members }) => members.length === 1);
  });

  test('in a room where microphones are closed at first, ours is closed until its user opens it', async () => {
    const roomId = freshId();
    const [ada, bob] = [await open(), await open()];
    await ada.join('voice', roomId);
    await fixture.parley.caller.call('setRTCRoomMicStatus', { rid: roomId, status: false });
    await bob.join('voice', roomId);
    await bob.until(({ isMicrophoneOpen }) => !isMicrophoneOpen);
    await ada.until(({ members }) => members.some(({ uid, isMicrophoneOpen }) => uid === bob.uid && !isMicrophoneOpen));
    await ada.untilStill(bob.uid, 'audio');
    await bob.call('setMicrophoneOpen', true);
    await ada.untilMore(bob.uid, { audio: 10 });
    expect(await bob.state()).toMatchObject({ isMicrophoneOpen: true, isCameraOpen: false });
  });

  test('a user who was pulled in joins, and the room has no owner', async () => {
    const roomId = freshId();
    const ada = await open();
    await fixture.parley.caller.call('pullIntoRTCRoom', { rid: roomId, toUids: [ada.uid], type: 2 });
    await ada.until(({ log }) => log.includes(`pulled ${roomId}`));
    await ada.join('video', roomId, { create: false });
    expect((await ada.state()).members).toMatchObject([{ uid: ada.uid, role: 'member', isOwn: true }]);
  });

  test('a room that is not there is not made by who does not want to', async () => {
    const ada = await open();
    expect(await ada.call('refusal', 'video', freshId(), { create: false })).toBe(700005);
  });
}
