import { createMediaEngine, type MediaEngine } from '@parley/media';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MediaPage } from './media/media-page.ts';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';

describe.runIf(HAS_CHROMIUM)('media between browsers', () => {
  const browser = useBrowser();
  let engine: MediaEngine;

  beforeEach(async () => {
    engine = await createMediaEngine({ host: '127.0.0.1' });
  });
  afterEach(() => engine.close());

  test('voice and a moving picture reach a viewer', async () => {
    const context = await browser.newContext();
    const ada = await MediaPage.open(context, engine);
    await ada.publish('room', 'ada');
    const bob = await MediaPage.open(context, engine);
    await bob.play('room', 'ada', 'bob');
    expect(await bob.firstFrameMs('ada')).toBeGreaterThan(0);
    await bob.waitForFrames('ada', 20);
    expect(await bob.isMoving('ada')).toBe(true);
    expect((await bob.stats('ada')).audioPackets).toBeGreaterThan(0);
  });
});
