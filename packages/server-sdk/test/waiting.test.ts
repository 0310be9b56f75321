import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RtmServerClient } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

let gate: RecordingGate;
let client: RtmServerClient;

beforeEach(async () => {
  gate = await RecordingGate.start();
  client = gate.createClient();
});

afterEach(async () => {
  // The gate first: it owes answers, and would keep a connection half open for them.
  await gate.close();
  await client.close();
});

describe('time-outs', () => {
  test('a call without an answer rejects with 20003 after its time', async () => {
    gate.answer = 'ignore';
    await expect(client.getRoomMembers(1, { timeoutMs: 20 })).rejects.toMatchObject({ name: 'RtmError', code: 20003 });
  });

  test('the time of the client counts where a call names none', async () => {
    gate.answer = 'ignore';
    const hasty = gate.createClient({ timeoutMs: 20 });
    await expect(hasty.getRoomMembers(1)).rejects.toMatchObject({ code: 20003 });
    await gate.close();
    await hasty.close();
  });

  test('a timed-out send is not repeated', async () => {
    gate.answer = 'ignore';
    await expect(client.sendChat(1, 2, 'a', { timeoutMs: 20 })).rejects.toMatchObject({ code: 20003 });
    expect(gate.quests).toHaveLength(1);
  });

  test('the wait for a connection counts too', async () => {
    const silent = await listenSilently();
    const stuck = gate.createClient({
      endpoint: `127.0.0.1:${silent.port}`,
      // The key exchange never ends, since nobody answers it.
      encryption: { publicKey: P256_POINT, curve: 'secp256r1' },
    });
    await expect(stuck.getRoomMembers(1, { timeoutMs: 20 })).rejects.toMatchObject({ name: 'RtmError', code: 20003 });
    await stuck.close();
    await silent.close();
  });

  test.each([-1, Number.NaN, 2 ** 31])('a time-out of %d is refused', async (timeoutMs) => {
    await expect(client.getRoomMembers(1, { timeoutMs })).rejects.toThrow(RangeError);
    await expect(client.connect({ timeoutMs })).rejects.toThrow(RangeError);
    expect(() => gate.createClient({ timeoutMs })).toThrow(RangeError);
  });
});

describe('abort signals', () => {
  test('a waiting call rejects with 20015 and the reason as its cause', async () => {
    gate.answer = 'ignore';
    const abort = new AbortController();
    const call = client.getRoomMembers(1, { signal: abort.signal });
    await gate.until(() => gate.quests.length === 1);
    abort.abort('enough');
    await expect(call).rejects.toMatchObject({ name: 'RtmError', code: 20015, cause: 'enough' });
  });

  test('a call that waits for a connection rejects too', async () => {
    const abort = new AbortController();
    const call = client.getRoomMembers(1, { signal: abort.signal });
    abort.abort('enough');
    await expect(call).rejects.toMatchObject({ name: 'RtmError', code: 20015, cause: 'enough' });
  });

  test('an aborted signal sends nothing', async () => {
    await client.connect();
    const signal = AbortSignal.abort();
    await expect(client.sendChat(1, 2, 'a', { signal })).rejects.toMatchObject({ code: 20015 });
    await expect(client.connect({ signal })).resolves.toBeUndefined();
    expect(gate.quests).toHaveLength(0);
  });

  test('an aborted call leaves the others alone', async () => {
    gate.script.push('ignore');
    const abort = new AbortController();
    const aborted = client.getRoomMembers(1, { signal: abort.signal });
    await gate.until(() => gate.quests.length === 1);
    gate.answer = { uids: [] };
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 20015 });
    expect(await client.getRoomMembers(1)).toEqual([]);
  });

  test('a walk through history hands the signal to its calls', async () => {
    const walk = client.walkMessages({ groupId: 1 }, { signal: AbortSignal.abort() });
    await expect(walk.next()).rejects.toMatchObject({ code: 20015 });
  });
});

/** The base point of P-256, X and Y: a valid public key. */
const P256_POINT = Buffer.from(
  '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  'hex',
);

async function listenSilently(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
