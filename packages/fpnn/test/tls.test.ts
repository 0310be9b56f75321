import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectWebSocket } from '../src/browser/index.ts';
import { connectTcp, ServerKey } from '../src/node/index.ts';
import { closing, startListener } from './support/listener-fixture.ts';

function fixtureFile(name: string): Buffer {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
}

const CERT = fixtureFile('tls-cert.pem');
const TLS = { key: fixtureFile('tls-key.pem'), cert: CERT };

it('serves FPNN over TLS, also encrypted once more', async () => {
  const key = ServerKey.generate();
  const fixture = await startListener({ tls: TLS, encryption: key });
  const options = { host: '127.0.0.1', port: fixture.port, tls: { ca: CERT } };
  const plain = closing(await connectTcp(options));
  const twice = closing(await connectTcp({ ...options, encryption: { publicKey: key.publicBytes } }));
  for (const peer of [plain, twice]) {
    const blob = new Uint8Array(200_000);
    expect((await peer.quest('echo', { blob })).get('blob')).toHaveLength(blob.length);
  }
  expect(fixture.connections.map(({ isEncrypted }) => isEncrypted)).toEqual([true, true]);
});

it('serves wss', async () => {
  const fixture = await startListener({ tls: TLS });
  class TrustingWebSocket extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { ca: CERT });
    }
  }
  const url = `wss://localhost:${fixture.port}/service/websocket`;
  const peer = closing(await connectWebSocket({ url, WebSocket: TrustingWebSocket }));
  expect((await peer.quest('echo', { a: 1 })).get('a')).toBe(1);
  expect(fixture.connections[0]).toMatchObject({ transport: 'websocket', isEncrypted: true });
});

it('serves https', async () => {
  const fixture = await startListener({ tls: TLS });
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: fixture.port, path: '/service/m', ca: CERT, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
});

it('counts connections that are no TLS', async () => {
  const fixture = await startListener({ tls: TLS });
  const client = await fixture.connectRaw();
  await client.write('FPNN and more that is no TLS hello');
  await client.takeAll();
  await fixture.until(() => fixture.violations.length === 1);
  expect(fixture.violations).toEqual(['bad-tls']);
});

it('closes with a handshake still under way', async () => {
  const fixture = await startListener({ tls: TLS });
  const client = await fixture.connectRaw();
  // The start of a TLS hello.
  await client.write(Buffer.of(0x16, 3, 1));
  await fixture.listener.close();
  await client.takeAll();
});
