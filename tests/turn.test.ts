import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawString } from '@parley/fpnn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from './support/browser-fixture.ts';
import { OfferCaller } from './support/offer-caller.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const HAS_COTURN = spawnSync('turnserver', ['--help'], { stdio: 'ignore' }).error === undefined;
if (!HAS_COTURN) console.warn('*** No turnserver (Debian: coturn) was found: the test of TURN is left out. ***');

const SECRET = 'shared-with-coturn';

describe.runIf(HAS_COTURN && HAS_CHROMIUM)('a real TURN server', () => {
  const fixture = useParley();
  const browser = useBrowser();
  let coturn: ChildProcess;
  let directory: string;
  let port: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parley-turn-'));
    port = await freePort();
    coturn = spawn(
      'turnserver',
      [
        ...['-n', '--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1', '--listening-port', String(port)],
        ...['--use-auth-secret', '--static-auth-secret', SECRET, '--realm', 'parley.test', '--allow-loopback-peers'],
        ...['--no-tls', '--no-dtls', '--no-cli', '--log-file', 'stdout'],
        ...['--pidfile', join(directory, 'pid'), '--userdb', join(directory, 'users')],
      ],
      { cwd: directory, stdio: 'ignore' },
    );
    await listening(coturn, port);
  });

  afterAll(async () => {
    const hasExited = coturn.exitCode !== null || coturn.signalCode !== null;
    const exited = hasExited ? undefined : once(coturn, 'exit');
    coturn.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  });

  test('takes the credentials that clients are given, and media gets in through it alone', async () => {
    const turn = { urls: [`turn:127.0.0.1:${port}`], secret: SECRET };
    const { parley, caller } = await fixture.startAnother({ config: { media: { workers: 1, turn } } });
    const client = await TestClient.logIn(parley, caller, 1, { version: 'Parley-0.1' });
    const offers = new OfferCaller(parley);
    const ticket = await client.call('createRTCRoom', { rid: 1, type: 2, enableRecord: 0 });
    const token = (ticket.get('token') as RawString).text;
    const config = await client.call('getRTCConfig');
    const text = (name: string) => (config.get(name) as RawString).text;
    const ice = {
      urls: (config.get('turnUrls') as RawString[]).map((url) => url.text),
      username: text('turnUsername'),
      credential: text('turnCredential'),
    };

    const page = await (await browser.newContext()).newPage();
    await page.exposeFunction('signalPublish', (sdp: string) => offers.publish({ rid: 1, uid: 1, token }, sdp));
    await page.route('http://localhost/turn', (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
    await page.goto('http://localhost/turn');
    expect(await page.evaluate(`gather(${JSON.stringify({ ...ice, credential: 'wrong' })})`)).toBe(401);
    expect(await page.evaluate(`publish(${JSON.stringify(ice)})`)).toBe('relay');
    const report = async () => Object.fromEntries(await client.call('checkRTCNetwork', { rid: 1 }));
    await expect
      .poll(report, { timeout: 10_000 })
      .toMatchObject({ hasTurn: true, isAnswered: true, isConnected: true, audioPackets: expect.any(Number) });
    await expect.poll(async () => Number((await report())['audioPackets']), { timeout: 10_000 }).toBeGreaterThan(20);
    client.close();
    offers.close();
  });
});

/** Gathers nothing but relayed candidates; publishes through one. */
const PAGE = `<!doctype html><body><script>
const open = (server) => new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: 'relay' });
const gather = (server) => new Promise((resolve) => {
  const connection = open(server);
  connection.onicecandidateerror = ({ errorCode }) => { connection.close(); resolve(errorCode); };
  connection.onicecandidate = ({ candidate }) => candidate && resolve(candidate.type);
  connection.addTransceiver('audio');
  connection.createOffer().then((offer) => connection.setLocalDescription(offer));
});
async function publish(server) {
  const connection = open(server);
  for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'sendonly' });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) connection.addTrack(track);
  const connected = new Promise((resolve) => {
    connection.onconnectionstatechange = () => connection.connectionState === 'connected' && resolve();
  });
  await connection.setLocalDescription(await connection.createOffer());
  await connection.setRemoteDescription({ type: 'answer', sdp: await signalPublish(connection.localDescription.sdp) });
  await connected;
  globalThis.keep = connection;
  const stats = [...(await connection.getStats()).values()];
  const pair = stats.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  return stats.find(({ id }) => id === pair.localCandidateId).candidateType;
}
</script></body>`;

/** Asks until it answers: a binding request of RFC 8489. */
async function listening(coturn: ChildProcess, port: number): Promise<void> {
  const socket = createSocket('udp4');
  const request = Buffer.from(`000100002112a442${'01'.repeat(12)}`, 'hex');
  const asking = setInterval(() => socket.send(request, port, '127.0.0.1'), 50);
  try {
    const ended = once(coturn, 'exit').then(() => Promise.reject(new Error('turnserver has ended')));
    await Promise.race([once(socket, 'message'), ended]);
  } finally {
    clearInterval(asking);
    socket.close();
  }
}

/** A UDP port that nobody uses now. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
