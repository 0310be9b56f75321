/**
 * Serves chat.html, the SDK as one file, and login tokens. Beside `npm start` with the project below:
 *
 *   PARLEY_PROJECTS=80000001:test-secret npm start
 *   node examples/serve.mjs
 *
 * Then open http://127.0.0.1:8080/?uid=101 and http://127.0.0.1:8080/?uid=102 side by side. The variables below have
 * these values when they are not set.
 *
 * The secret stays here: pages get a token for one user. This example gives one to whoever asks; a real back end gives
 * users their own after they have proved who they are.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { RtmServerClient } from '@parley/server-sdk';
import { build } from 'vite';

const { PARLEY_ENDPOINT = '127.0.0.1:13315', PARLEY_PID = '80000001', PARLEY_SECRET = 'test-secret' } = process.env;
const { PARLEY_CLIENT_ENDPOINT = 'ws://127.0.0.1:13321', PORT = '8080' } = process.env;

const pid = Number(PARLEY_PID);
const backEnd = new RtmServerClient({ pid, secret: PARLEY_SECRET, endpoint: PARLEY_ENDPOINT });
const page = await readFile(new URL('chat.html', import.meta.url));
const sdk = await bundleSdk();

const server = createServer((request, response) => {
  answer(new URL(request.url ?? '/', 'http://localhost')).then(
    ([type, body]) => response.setHeader('content-type', type).end(body),
    (error) => response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error)),
  );
});
server.listen(Number(PORT), '127.0.0.1', () =>
  console.log(`chat at http://127.0.0.1:${server.address().port}/?uid=101`),
);

/** @param {URL} url */
async function answer({ pathname, searchParams }) {
  switch (pathname) {
    case '/sdk.js':
      return ['text/javascript', sdk];
    case '/settings.json':
      return ['application/json', JSON.stringify({ endpoint: PARLEY_CLIENT_ENDPOINT, pid })];
    case '/token': {
      const { token } = await backEnd.call('gettoken', { uid: BigInt(searchParams.get('uid') ?? '') });
      return ['text/plain', token];
    }
    default:
      return ['text/html', page];
  }
}

/** What an application's bundler does. */
async function bundleSdk() {
  const input = fileURLToPath(import.meta.resolve('@parley/client-sdk'));
  const rollupOptions = { input, preserveEntrySignatures: 'strict' };
  const { output } = await build({ configFile: false, logLevel: 'error', build: { write: false, rollupOptions } });
  return output[0].code;
}
