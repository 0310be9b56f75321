import { describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';

describe.runIf(HAS_CHROMIUM)('the browser of the tests', () => {
  const browser = useBrowser();

  test('is a Chromium with a fake camera and microphone', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>here</p>' }));
    await page.goto('http://localhost/');
    const kinds = await page.evaluate(`navigator.mediaDevices.getUserMedia({ audio: true, video: true })
      .then((stream) => stream.getTracks().map((track) => track.kind).sort())`);
    expect(kinds).toEqual(['audio', 'video']);
  });
});
