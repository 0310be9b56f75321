import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { ExampleServer, runExample } from '../support/example-server.ts';
import { RoomPages, type RtcFixture } from './room-pages.ts';

const ROOM = '6001';

/** People meet on the page of the examples. */
export function describeExample(fixture: RtcFixture): void {
  const pages = new RoomPages(fixture);
  let server: ExampleServer;

  beforeAll(async () => {
    server = await ExampleServer.start(fixture.parley.parley);
  });
  afterAll(() => server?.close());

  async function join(uid: number, name: string): Promise<Page> {
    const context = await pages.newContext();
    await context.grantPermissions(['camera', 'microphone'], { origin: server.url });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    await page.goto(`${server.url}room?uid=${uid}&name=${name}&room=${ROOM}`);
    await page.click('#lobby button');
    await page.waitForSelector('#room:not([hidden])');
    return page;
  }

  test('two people meet, chat, and are moderated by a back end and by the owner', async () => {
    const [ada, bob] = [await join(101, 'Ada'), await join(102, 'Bob')];
    const isPlaying = `[...document.querySelectorAll('video')].every((video) => video.currentTime > 0 && video.videoWidth > 0)`;
    for (const page of [ada, bob]) {
      await page.waitForFunction(`document.querySelectorAll('.tile').length === 2 && ${isPlaying}`);
      await page.waitForSelector('.tile.speaking');
    }
    await bob.waitForSelector('.tile:has-text("Ada"):has-text("owner")');
    await bob.fill('#say input', 'Hello, Ada!');
    await bob.press('#say input', 'Enter');
    await ada.waitForSelector('#messages li:has-text("Bob"):has-text("Hello, Ada!")');
    // The focus is in the chat, where keys write; elsewhere they switch devices.
    await bob.press('#leave', 'c');
    await ada.waitForSelector('.tile.without-video:has-text("Bob")');

    const moderation = runExample('moderate.mjs', [ROOM, '102', '1'], fixture.parley.parley);
    await bob.waitForSelector('#notice:has-text("Your microphone was closed")');
    await ada.waitForSelector('.tile.is-muted:has-text("Bob")');
    await bob.waitForSelector('#lobby-error:has-text("You were removed from the room.")');
    await ada.waitForFunction(`document.querySelectorAll('.tile').length === 1`);
    await moderation;

    await bob.click('#lobby button');
    await ada.hover('.tile:has-text("Bob")');
    await ada.click('.tile:has-text("Bob") summary');
    await ada.waitForSelector('.menu[open] button:has-text("Close microphone")');
    await ada.click('text=Remove from room');
    await bob.waitForSelector('#lobby-error:has-text("You were removed from the room.")');
  });
}
