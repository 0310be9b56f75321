import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createMediaEngine, type MediaEngine, type MediaEngineOptions, MediaError } from '../src/index.ts';
import { PLAY_OFFER, PUBLISH_OFFER } from './offers.ts';

const isAlive = (pid: number | undefined): boolean => existsSync(`/proc/${pid}`);
const firstWorker = (engine: MediaEngine) => engine.workers()[0] as { pid: number; port: number };
const POLL = { timeout: 20_000 };

describe('an engine', () => {
  const engines: MediaEngine[] = [];
  const start = async (options: MediaEngineOptions = {}) => {
    const engine = await createMediaEngine({ host: '127.0.0.1', ...options });
    engines.push(engine);
    return engine;
  };
  const refusalOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(MediaError);
    return error as MediaError;
  };
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
  });

  test('answers both sections with all its candidates and the codecs that it forwards', async () => {
    const engine = await start();
    const { answer } = await engine.play({ room: 'r', member: 'ada', offer: PLAY_OFFER });
    const { port } = firstWorker(engine);
    expect(answer.match(/^a=candidate:.*$/gm)).toEqual([expect.stringContaining(` 127.0.0.1 ${port} typ host`)]);
    expect(answer.match(/^a=(sendonly|recvonly)/gm)).toEqual(['a=sendonly', 'a=sendonly']);
    expect(answer.match(/^a=rtpmap:.*(?=\r)/gm)).toEqual(['a=rtpmap:111 opus/48000/2', 'a=rtpmap:96 VP8/90000']);
    expect(answer).toMatch(/a=ssrc:\d+ cname/);
    expect(answer).not.toMatch(/transport-cc|rtx|red/);
    const published = await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    expect(published.answer.match(/^a=(sendonly|recvonly)/gm)).toEqual(['a=recvonly', 'a=recvonly']);
  });

  test('offers its public address instead of its own', async () => {
    const engine = await start({ publicAddress: '203.0.113.7' });
    const { answer } = await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    expect(answer.match(/^a=candidate:.*$/gm)).toEqual([expect.stringContaining(' 203.0.113.7 ')]);
  });

  test('ends peers that never connect, and lets their room go', async () => {
    const engine = await start({ connectTimeoutMs: 50 });
    const ends: string[] = [];
    engine.on('publisherEnded', ({ room, member }, end) => ends.push(`${room} ${member} ${end}`));
    engine.on('playerEnded', ({ room, member, viewer }, end) => ends.push(`${room} ${member} ${viewer} ${end}`));
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    await engine.play({ room: 'r', member: 'ada', viewer: 'bob', offer: PLAY_OFFER });
    await expect.poll(() => ends.toSorted(), POLL).toEqual(['r ada bob timeout', 'r ada timeout']);
    expect(engine.workers()).toMatchObject([{ rooms: 0, publishers: 0, players: 0 }]);
  });

  test('spreads rooms over its workers', async () => {
    const engine = await start({ workers: 2 });
    for (const room of ['a', 'b', 'c', 'd']) await engine.publish({ room, member: 'ada', offer: PUBLISH_OFFER });
    expect(engine.workers().map(({ rooms }) => rooms)).toEqual([2, 2]);
  });

  test('closes what a member publishes and what it plays', async () => {
    const engine = await start();
    const ends: string[] = [];
    engine.on('publisherEnded', ({ member }, end) => ends.push(`${member} ${end}`));
    engine.on('playerEnded', ({ member, viewer }, end) => ends.push(`${viewer} plays ${member} ${end}`));
    for (const member of ['ada', 'bob']) await engine.publish({ room: 'r', member, offer: PUBLISH_OFFER });
    await engine.play({ room: 'r', member: 'bob', viewer: 'ada', offer: PLAY_OFFER });
    await engine.play({ room: 'r', member: 'ada', viewer: 'bob', offer: PLAY_OFFER });
    await engine.closeMember({ room: 'r', member: 'ada' });
    expect(ends).toEqual(['ada closed', 'ada plays bob closed']);
    await engine.closeRoom('r');
    expect(ends.slice(2).toSorted()).toEqual(['bob closed', 'bob plays ada closed']);
    expect(engine.workers()).toMatchObject([{ rooms: 0, publishers: 0, players: 0 }]);
  });

  test('refuses past its limits, and stores nothing of what it refused', async () => {
    const limits = { publishersPerRoomMax: 1, playersPerRoomMax: 1, roomsMax: 1, rulesPerRoomMax: 1 };
    const engine = await start({ limits });
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER }); // a replacement is no second one
    await engine.play({ room: 'r', member: 'ada', offer: PLAY_OFFER });
    await engine.setForbidden({ room: 'r', member: 'ada' }, 'audio', true);
    const refused = [
      () => engine.publish({ room: 'r', member: 'bob', offer: PUBLISH_OFFER }),
      () => engine.play({ room: 'r', member: 'bob', offer: PLAY_OFFER }),
      () => engine.setForbidden({ room: 'r', member: 'ada' }, 'video', true),
      () => engine.publish({ room: 's', member: 'ada', offer: PUBLISH_OFFER }),
    ];
    for (const call of refused) expect(await refusalOf(call())).toMatchObject({ code: 'limit' });
    const { players } = await engine.statistics('r');
    expect(players.map(({ member }) => member)).toEqual(['ada']);
    expect(engine.workers()).toMatchObject([{ rooms: 1, publishers: 1, players: 1 }]);
  });

  test('answers or refuses whatever offer, and its worker lives', async () => {
    const engine = await start({ connectTimeoutMs: 100 });
    const { pid } = firstWorker(engine);
    const lines = PUBLISH_OFFER.split('\r\n');
    const junk = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'a=ssrc:x cname:y',
        'a=extmap:99 x',
        'a=fingerprint:sha-256 00',
        'a=setup:passive',
        'a=ice-pwd:x',
      ),
      fc.constantFrom('a=rtpmap:999 opus/48000', 'a=sctp-port:5000', 'a=ice-ufrag:', 'c=IN IP4 x', 'a=group:BUNDLE x'),
    );
    const changes = fc.array(fc.tuple(fc.nat(lines.length - 1), junk), { minLength: 1, maxLength: 4 });
    const outcomes = { answered: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(changes, async (replaced) => {
        const copy = [...lines];
        for (const [place, line] of replaced) copy[place] = line;
        try {
          await engine.publish({ room: 'r', member: 'ada', offer: copy.join('\r\n') });
          outcomes.answered += 1;
        } catch (error) {
          if (!(error instanceof MediaError) || error.code !== 'bad-offer') throw error;
          outcomes.refused += 1;
        }
      }),
      { seed: 20_261_128, numRuns: 100 },
    );
    expect(outcomes.answered).toBeGreaterThan(10);
    expect(outcomes.refused).toBeGreaterThan(10);
    expect(engine.workers()).toMatchObject([{ pid, restarts: 0 }]);
  });

  test('passes over datagrams that nobody expects on its port', async () => {
    const engine = await start();
    const { pid, port } = firstWorker(engine);
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    const socket = createSocket('udp4');
    const datagrams = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { seed: 20_261_128, numRuns: 500 });
    // The beginning of a STUN request, of DTLS and of RTP.
    for (const start of ['000100002112a442', '16fefd', '80c80006', '806f0001']) {
      datagrams.push(Buffer.from(start, 'hex'), Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(100, 0xff)]));
    }
    // Checks of a peer that is gone, which go on for a while; answers in between let the collector run.
    const username = Buffer.from('gone:peer', 'utf8');
    const check = Buffer.concat([
      Buffer.from('000100282112a442', 'hex'),
      Buffer.alloc(12, 7),
      Buffer.from([0, 6, 0, username.length]),
      username,
      Buffer.alloc(3),
      Buffer.from([0, 8, 0, 20]),
      Buffer.alloc(20, 9),
    ]);
    for (let count = 0; count < 500; count += 1) datagrams.push(check);
    for (const [index, bytes] of datagrams.entries()) {
      await new Promise((sent) => socket.send(bytes, port, '127.0.0.1', sent));
      if (index % 10 === 0) await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    }
    socket.close();
    await engine.publish({ room: 'r', member: 'bob', offer: PUBLISH_OFFER });
    expect(engine.workers()).toMatchObject([{ pid, restarts: 0 }]);
  });

  test('tells which rooms are lost with a worker and starts it again on its port', async () => {
    const engine = await start();
    const lost: (readonly string[])[] = [];
    engine.on('roomsLost', (rooms) => lost.push(rooms));
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    const [before] = engine.workers();
    process.kill(before!.pid!, 'SIGKILL');
    await expect.poll(() => lost, POLL).toEqual([['r']]);
    // A call that comes while no worker is up waits for it.
    const { answer } = await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
    expect(answer).toContain(` ${before!.port} typ host`);
    expect(engine.workers()).toMatchObject([{ restarts: 1, port: before!.port, rooms: 1 }]);
  });

  test('starts a worker again that hangs', async () => {
    const engine = await start({ pingIntervalMs: 50 });
    const { pid } = firstWorker(engine);
    process.kill(pid, 'SIGSTOP');
    await expect.poll(() => engine.workers(), POLL).toMatchObject([{ isUp: true, restarts: 1 }]);
    expect(isAlive(pid)).toBe(false);
  });

  test('refuses what is under way when a worker dies, and the same call may succeed then', async () => {
    const engine = await start();
    const calls = Array.from({ length: 20 }, (_, index) =>
      engine.publish({ room: 'r', member: `m${index}`, offer: PUBLISH_OFFER }),
    );
    process.kill(engine.workers()[0]!.pid!, 'SIGKILL');
    const outcomes = await Promise.allSettled(calls);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'unavailable' });
    }
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    await engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER });
  });

  test('does not start on a port in use', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const portBase = socket.address().port;
    const error = await refusalOf(createMediaEngine({ host: '127.0.0.1', portBase }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(String(portBase)) });
    socket.close();
  });

  test('may be closed twice, and serves nothing then', async () => {
    const engine = await start();
    const { pid } = firstWorker(engine);
    await engine.close();
    await engine.close();
    expect(isAlive(pid)).toBe(false);
    expect(await refusalOf(engine.publish({ room: 'r', member: 'ada', offer: PUBLISH_OFFER }))).toMatchObject({
      code: 'closed',
    });
    expect(await refusalOf(engine.setForbidden({ room: 'r', member: 'a' }, 'audio', true))).toMatchObject({
      code: 'closed',
    });
  });

  test.each([[{ workers: 0 }], [{ workers: 1.5 }], [{ portBase: -1 }], [{ portBase: 65_535, workers: 2 }]])(
    'does not start with %j',
    async (options) => {
      await expect(createMediaEngine(options)).rejects.toBeInstanceOf(RangeError);
    },
  );
});

test('workers end with the process that owns them, however it ends', async () => {
  const owner = spawn(process.execPath, [fileURLToPath(new URL('./engine-owner.mjs', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  expect(pids.map(isAlive)).toEqual([true, true]);
  owner.kill('SIGKILL');
  await expect.poll(() => pids.map(isAlive), POLL).toEqual([false, false]);
});
