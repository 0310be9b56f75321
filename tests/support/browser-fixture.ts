import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { findChromium } from './find-chromium.mjs';

/** False where no Chromium is: pass it to `describe.runIf`. `npm test` has said so loudly by then. */
export const HAS_CHROMIUM = findChromium() !== undefined;

/** One real Chromium for a test file, with a camera and a microphone that are fakes. */
export type BrowserFixture = {
  /** A fresh profile; it is closed after the test, or with `keepsContexts` after the file. */
  newContext(): Promise<BrowserContext>;
};

/**
 * Starts Chromium for the tests of the file. Certificates are not checked, so that self-signed ones work; a page on
 * localhost may use camera and microphone without asking.
 */
export function useBrowser({ keepsContexts = false } = {}): BrowserFixture {
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: findChromium()!,
      args: [
        // Root cannot use the sandbox; the pages are the tests' own.
        '--no-sandbox',
        '--ignore-certificate-errors',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
  });
  afterEach(async () => {
    if (!keepsContexts) for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
  });

  return {
    async newContext() {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      contexts.push(context);
      return context;
    },
  };
}
