/**
 * Serves the example pages, the SDK, and login tokens. Beside `npm start` with the project below:
 *
 *   PARLEY_PROJECTS=80000001:test-secret npm start
 *   node examples/serve.mjs
 *
 * Chat: open http://127.0.0.1:8080/?uid=101 and http://127.0.0.1:8080/?uid=102 side by side. Voice and video: open
 * http://127.0.0.1:8080/room in two browsers. The variables below have these values when they are not set.
 *
 * The secret stays here: pages get a token for one user. This example gives one to whoever asks, and removes whom a page
 * names; a real back end does so for users who have proved who they are.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { RtmServerClient } from '@parley/server-sdk';
import { build } from 'vite';

const { PARLEY_ENDPOINT = '127.0.0.1:13315', PARLEY_PID = '80000001', PARLEY_SECRET = 'test-secret' } = process.env;
const { PARLEY_CLIENT_ENDPOINT = 'ws://127.0.0.1:13321', PARLEY_RTC_ENDPOINT = 'ws://127.0.0.1:13707' } = process.env;
const { PORT = '8080' } = process.env;

const pid = Number(PARLEY_PID);
const backEnd = new RtmServerClient({ pid, secret: PARLEY_SECRET, endpoint: PARLEY_ENDPOINT });
const settings = { endpoint: PARLEY_CLIENT_ENDPOINT, rtcEndpoint: PARLEY_RTC_ENDPOINT, pid };

/** By path: type and body. */
const files = new Map([
  ['/', ['text/html', await readExample('chat.html')]],
  ['/room', ['text/html', await readExample('video-room.html')]],
  ['/video-room.css', ['text/css', await readExample('video-room.css')]],
  ['/video-room.js', ['text/javascript', await readExample('video-room.js')]],
  ['/settings.json', ['application/json', JSON.stringify(settings)]],
  ...(await bundleSdk()),
]);

const server = createServer((request, response) => {
  answer(new URL(request.url ?? '/', 'http://localhost'), request.method).then(
    ([type, body]) => response.setHeader('content-type', type).end(body),
    (error) => response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error)),
  );
});
server.listen(Number(PORT), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(`chat at ${url}/?uid=101\nrooms at ${url}/room`);
});

/** @param {URL} url */
async function answer({ pathname, searchParams }, method) {
  const id = (name) => BigInt(searchParams.get(name) ?? '');
  if (pathname === '/token') {
    const { token } = await backEnd.call('gettoken', { uid: id('uid') });
    return ['text/plain', token];
  }
  if (pathname === '/kick' && method === 'POST') {
    // Refused where `by` has a lower role in the room than `uid`.
    await backEnd.kickoutFromRTCRoom(id('room'), id('uid'), id('by'));
    return ['text/plain', 'done'];
  }
  return files.get(pathname) ?? files.get('/');
}

function readExample(name) {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

/** What an application's bundler does: `sdk.js`, `rtc.js`, and what they share. */
async function bundleSdk() {
  const input = {
    sdk: fileURLToPath(import.meta.resolve('@parley/client-sdk')),
    rtc: fileURLToPath(import.meta.resolve('@parley/client-sdk/rtc')),
  };
  const output = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' };
  const rollupOptions = { input, output, preserveEntrySignatures: 'strict' };
  const { output: chunks } = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, modulePreload: false, rollupOptions },
  });
  return chunks.map(({ fileName, code }) => [`/${fileName}`, ['text/javascript', code]]);
}
