import { describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from '../support/browser-fixture.ts';
import { useParley } from '../support/parley-fixture.ts';
import { RoomPage } from './room-page.ts';

describe.runIf(HAS_CHROMIUM)('rooms of the client SDK in browsers', () => {
  const fixture = useParley({ config: { media: { workers: 1 } } });
  const browser = useBrowser();
  let lastId = 500_000;
  const fresh = () => (lastId += 1);
  const open = async (uid = fresh()) => RoomPage.open(await browser.newContext(), fixture.parley, uid);

  test('two pages hear and see each other, and the picture moves', async () => {
    const roomId = fresh();
    const [ada, bob] = [await open(), await open()];
    await ada.join('video', roomId);
    await bob.join('video', roomId);
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
});
