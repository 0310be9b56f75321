import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { encodeQuest } from '@parley/fpnn';
import { silentLogger } from '@parley/server';
import { createTestDatabase, type ParleyUnderTest, startParley, type TestDatabase } from '@parley/testkit/internal';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const DAY_MS = 86_400_000;
const CHECK_MS = 100;

let database: TestDatabase;
let directory: string;
const undo: (() => unknown)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'parley-certificate-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(async () => {
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

async function handshake({ clientGateTls }: ParleyUnderTest): Promise<TLSSocket> {
  const socket = connect({ ...clientGateTls, rejectUnauthorized: false });
  undo.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

/** The name in the certificate that a new connection gets. */
async function servedName(parley: ParleyUnderTest): Promise<string | undefined> {
  const socket = await handshake(parley);
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, CHECK_MS / 4));
}

async function writePair(name: string): Promise<{ certFile: string; keyFile: string }> {
  const files = { certFile: join(directory, 'gate.crt'), keyFile: join(directory, 'gate.key') };
  const made = await generate([{ name: 'commonName', value: name }], { keyType: 'ec', curve: 'P-256' });
  await writeFile(files.keyFile, made.private);
  await writeFile(files.certFile, made.cert);
  return files;
}

async function start(options: Parameters<typeof startParley>[0]): Promise<ParleyUnderTest> {
  const parley = await startParley({ databaseUrl: database.url, ...options });
  undo.push(() => parley.close());
  return parley;
}

test('renewed files are served to new connections, old connections live on, bad files are logged once', async () => {
  const faults: string[] = [];
  const log = {
    ...silentLogger,
    error: (message: string, fields?: object) => void faults.push(`${message} ${JSON.stringify(fields)}`),
  };
  const files = await writePair('first');
  const parley = await start({ log, config: { clientGate: { ...files, certificateCheckMs: CHECK_MS } } });
  const old = await handshake(parley);
  expect(await servedName(parley)).toBe('first');

  await writeFile(files.certFile, 'no certificate');
  await until(async () => faults.length > 0);
  expect(faults[0]).toContain('gate.crt holds no certificate');
  expect(await servedName(parley)).toBe('first');

  const [other] = [await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec', curve: 'P-256' })];
  await writeFile(files.certFile, other.cert);
  await until(async () => faults.length > 1);
  expect(faults[1]).toContain('gate.key holds no key in PEM form that fits');
  expect(await servedName(parley)).toBe('first');

  await writePair('second');
  await until(async () => (await servedName(parley)) === 'second');
  expect(old.getPeerCertificate().subject.CN).toBe('first');
  old.write(encodeQuest({ method: '*ping', params: {}, seq: 1 }));
  await once(old, 'data');
  // A fault is told once, however often the same files are looked at. While both files are written there may be one more.
  expect(new Set(faults).size).toBe(faults.length);
});

test('a start with files that are no pair fails and names them', async () => {
  const files = await writePair('first');
  const other = await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec', curve: 'P-256' });
  await writeFile(files.keyFile, other.private);
  await expect(start({ config: { clientGate: files } })).rejects.toThrow(/gate\.key holds no key .* fits .*gate\.crt/);
});

test('a self-signed certificate renews itself before it ends', async () => {
  let now = Date.now();
  const dataDirectory = join(directory, 'data');
  const parley = await start({
    now: () => now,
    dataDirectory,
    config: { clientGate: { certificateCheckMs: CHECK_MS } },
  });
  const servedEnd = async () => {
    const socket = await handshake(parley);
    const end = Date.parse(socket.getPeerCertificate().valid_to);
    socket.destroy();
    return end;
  };
  const firstEnd = await servedEnd();
  now = firstEnd - 29 * DAY_MS;
  await until(async () => (await servedEnd()) > firstEnd + 3000 * DAY_MS);
  const stored = new X509Certificate(await readFile(join(dataDirectory, 'keys', 'tls.crt')));
  expect(Date.parse(stored.validTo)).toBe(await servedEnd());
});
