import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionEnd, RtmServerClient, RtmServerClientOptions } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

let gate: RecordingGate;
const clients: RtmServerClient[] = [];

beforeEach(async () => {
  gate = await RecordingGate.start();
  gate.answer = { uids: [] };
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await gate.close();
});

function createClient(options: Partial<RtmServerClientOptions> = {}): RtmServerClient {
  const client = gate.createClient(options);
  clients.push(client);
  return client;
}

/** A port that nobody listens on, for now. */
async function freePort(): Promise<number> {
  const other = await RecordingGate.start();
  await other.close();
  return other.port;
}

describe('connecting', () => {
  test('nothing connects before the first call', async () => {
    const client = createClient();
    expect(client.isConnected).toBe(false);
    expect(await client.getRoomMembers(1)).toEqual([]);
    expect(client.isConnected).toBe(true);
  });

  test('calls made at once share one connection', async () => {
    const client = createClient();
    await Promise.all(Array.from({ length: 50 }, () => client.getRoomMembers(1)));
    expect(gate.connections).toHaveLength(1);
  });

  test('connect resolves when there is a connection, also when there is one already', async () => {
    let connects = 0;
    const client = createClient({ onConnected: () => (connects += 1) });
    await client.connect();
    await client.connect();
    expect(client.isConnected).toBe(true);
    expect(connects).toBe(1);
  });

  test('nobody at the endpoint is 20012 with the reason, once a delayed try has failed', async () => {
    const port = await freePort();
    const client = createClient({ endpoint: `127.0.0.1:${port}`, reconnect: { delayMaxMs: 4 } });
    await expect(client.connect()).rejects.toMatchObject({
      name: 'RtmError',
      code: 20012,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(client.getRoomMembers(1)).rejects.toMatchObject({ code: 20012 });
  });

  test('a call waits for a service that comes up after the immediate tries', async () => {
    const port = await freePort();
    let failures = 0;
    let cameUp: Promise<RecordingGate> | undefined;
    const warn = () => {
      failures += 1;
      if (failures === 3) cameUp = RecordingGate.start({ port });
    };
    const logger = { debug() {}, info() {}, warn, error() {} };
    const client = createClient({ endpoint: `127.0.0.1:${port}`, reconnect: { delayMaxMs: 400 }, logger });
    await client.connect();
    expect(failures).toBe(3);
    await client.close();
    await (await cameUp)!.close();
  });

  test('all clients of a process share one row of ids', () => {
    const [first, second] = [createClient(), createClient()];
    const ids = [first.nextMid(), second.nextMid(), first.nextMid()];
    expect(ids[0]! < ids[1]! && ids[1]! < ids[2]!).toBe(true);
  });

  test.each([
    { pid: 1.5 },
    { pid: 0 },
    { secret: '' },
    { endpoint: 'nowhere' },
    { keepAliveMs: -1 },
    { reconnect: { delaySteps: 0 } },
  ])('the option %j is refused', (options) => {
    expect(() => gate.createClient(options)).toThrow(/must be/);
  });
});

describe('a lost connection', () => {
  test('is told and opened again without a call', async () => {
    const ends: ConnectionEnd[] = [];
    let connects = 0;
    let client!: RtmServerClient;
    await new Promise<void>((resolve) => {
      const onConnected = () => (++connects === 2 ? resolve() : undefined);
      client = createClient({ onConnected, onClosed: (end) => ends.push(end) });
      client.addRoomMember(1, 2).then(() => gate.connections[0]!.close(), expect.unreachable);
    });
    expect(ends).toEqual([{ isClosedByCaller: false }]);
    expect(await client.getRoomMembers(1)).toEqual([]);
    expect(gate.connections).toHaveLength(2);
  });

  test('counts as a failed try when it was short-lived', async () => {
    let connects = 0;
    const client = createClient({ onConnected: () => (connects += 1), reconnect: { delayMaxMs: 2 ** 30 } });
    gate.answer = 'hang up';
    for (let i = 0; i < 3; i += 1) {
      await expect(client.getRoomMembers(1)).rejects.toMatchObject({ code: 20002 });
    }
    await expect(client.getRoomMembers(1, { timeoutMs: 20 })).rejects.toMatchObject({ code: 20003 });
    expect(connects).toBe(3);
  });

  test('a callback that throws is logged and does no harm', async () => {
    const errors: string[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (message: string) => errors.push(message) };
    const fail = () => {
      throw new Error('from the callback');
    };
    const client = createClient({ logger, onConnected: fail, onClosed: fail });
    expect(await client.getRoomMembers(1)).toEqual([]);
    await client.close();
    expect(errors).toHaveLength(2);
  });
});

describe('close', () => {
  test('rejects the calls that wait for an answer', async () => {
    gate.answer = 'ignore';
    const client = createClient();
    const calls = [client.getRoomMembers(1), client.sendChat(1, 2, 'a')];
    await gate.until(() => gate.quests.length === 2);
    const closed = client.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'RtmError', code: 20002 });
    // The gate owes answers and would keep its half of the connection open for them.
    await gate.close();
    await closed;
    expect(gate.quests).toHaveLength(2);
  });

  test('rejects the calls that wait for a connection, and stops the tries', async () => {
    const port = await freePort();
    const client = createClient({ endpoint: `127.0.0.1:${port}`, reconnect: { delayMaxMs: 60_000 } });
    const rejected = expect(client.getRoomMembers(1)).rejects.toMatchObject({ name: 'RtmError', code: 20002 });
    await client.close();
    await rejected;
  });

  test('refuses later calls', async () => {
    const client = createClient();
    await client.connect();
    await client.close();
    await expect(client.getRoomMembers(1)).rejects.toMatchObject({ code: 20002 });
    await expect(client.connect()).rejects.toMatchObject({ code: 20002 });
    expect(client.isConnected).toBe(false);
  });

  test('twice is harmless, and so is closing what was never opened', async () => {
    const ends: ConnectionEnd[] = [];
    const client = createClient({ onClosed: (end) => ends.push(end) });
    await client.connect();
    await Promise.all([client.close(), client.close()]);
    expect(ends).toEqual([{ isClosedByCaller: true }]);
    const unused = createClient();
    await unused.close();
    await unused.close();
  });

  test('in the callback of a new connection closes that connection', async () => {
    const client: RtmServerClient = createClient({ onConnected: () => void client.close() });
    await expect(client.connect()).rejects.toMatchObject({ code: 20002 });
    await client.close();
    await gate.until(() => gate.connectionCount === 0);
  });
});
