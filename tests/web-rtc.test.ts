import { describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';
import { OfficialPage } from './support/official-page.ts';
import { useParley } from './support/parley-fixture.ts';

describe.runIf(HAS_CHROMIUM)('pages of the official browser SDK', () => {
  const fixture = useParley({ config: { media: { workers: 1 } } });
  const browser = useBrowser();
  let lastId = 400_000;
  const fresh = () => (lastId += 1);

  const open = async (uid = fresh()) =>
    OfficialPage.open(await browser.newContext(), fixture.parley, fixture.caller, uid);

  test('hear and see each other', async () => {
    const rid = fresh();
    const [ada, bob] = [await open(), await open()];
    await ada.enterRoom(rid);
    await bob.enterRoom(rid);
    await Promise.all([ada.waitFor(bob.uid, { audio: 20, frames: 5 }), bob.waitFor(ada.uid, { audio: 20, frames: 5 })]);
  });
});
