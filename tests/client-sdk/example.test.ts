import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from '../support/browser-fixture.ts';
import { ExampleServer } from '../support/example-server.ts';
import { useClients } from './client-fixture.ts';

describe.runIf(HAS_CHROMIUM)('examples/chat.html', () => {
  const fixture = useClients();
  const browser = useBrowser();
  let server: ExampleServer;

  beforeAll(async () => {
    server = await ExampleServer.start(fixture.parley);
  });
  afterAll(() => server?.close());

  async function open(uid: number) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.url}?uid=${uid}`);
    await page.waitForFunction("document.title.endsWith('online')");
    // The form works once the room is entered.
    await page.waitForFunction('document.forms[0].onsubmit !== null');
    return page;
  }

  test('two pages chat, and the page never sees the secret', async () => {
    const [first, second] = [await open(101), await open(102)];
    const say = async (page: typeof first, text: string) => {
      await page.fill('input', text);
      await page.press('input', 'Enter');
      // A page shows its own message when the server has answered, which others may hear of first.
      await page.waitForSelector(`li:has-text("${text}")`);
    };
    await say(first, 'Hello!');
    await second.waitForSelector('li:has-text("101: Hello!")');
    await say(second, 'Hello to you!');
    await first.waitForSelector('li:has-text("102: Hello to you!")');
    expect(await first.locator('li').allTextContents()).toEqual(['101: Hello!', '102: Hello to you!']);
    expect(await second.locator('li').allTextContents()).toEqual(['101: Hello!', '102: Hello to you!']);
    for (const path of ['', 'settings.json', 'sdk.js']) {
      const text = await (await fetch(server.url + path)).text();
      expect(text.includes(fixture.parley.secret)).toBe(false);
    }
  });
});
