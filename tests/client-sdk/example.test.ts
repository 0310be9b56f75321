import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from '../support/browser-fixture.ts';
import { useClients } from './client-fixture.ts';

const SERVE = fileURLToPath(new URL('../../examples/serve.mjs', import.meta.url));

describe.runIf(HAS_CHROMIUM)('examples/chat.html', () => {
  const fixture = useClients();
  const browser = useBrowser();
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const { pid, secret, serverGate, clientGate } = fixture.parley;
    server = spawn(process.execPath, [SERVE], {
      env: {
        PATH: process.env['PATH'],
        PARLEY_PID: String(pid),
        PARLEY_SECRET: secret,
        PARLEY_ENDPOINT: `${serverGate.host}:${serverGate.port}`,
        PARLEY_CLIENT_ENDPOINT: `ws://${clientGate.host}:${clientGate.port}`,
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await Promise.race([
      once(server.stdout!, 'data'),
      once(server, 'exit').then(() => Promise.reject(new Error('the example ended at once'))),
    ]);
    url = /http:\S+\//.exec(String(line))![0];
  });
  afterAll(async () => {
    if (server === undefined || server.exitCode !== null) return;
    server.kill();
    await once(server, 'exit');
  });

  async function open(uid: number) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${url}?uid=${uid}`);
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
    };
    await say(first, 'Hello!');
    await second.waitForSelector('li:has-text("101: Hello!")');
    await say(second, 'Hello to you!');
    await first.waitForSelector('li:has-text("102: Hello to you!")');
    expect(await first.locator('li').allTextContents()).toEqual(['101: Hello!', '102: Hello to you!']);
    expect(await second.locator('li').allTextContents()).toEqual(['101: Hello!', '102: Hello to you!']);
    for (const path of ['', 'settings.json', 'sdk.js']) {
      const text = await (await fetch(url + path)).text();
      expect(text.includes(fixture.parley.secret)).toBe(false);
    }
  });
});
