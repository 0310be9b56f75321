import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServerKey } from '@parley/fpnn/node';
import type { Address } from '@parley/server';
import { type HistoryMessage, RtmServerClient, type RtmServerClientOptions } from '@parley/server-sdk';
import { type ParleyUnderTest, startParley } from '@parley/testkit/internal';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { codeOf, collect, midsOf } from './sdk/client-answers.ts';
import { tapWire } from './sdk/wire-tap.ts';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();

let lastId = 2n ** 60n;
/** A uid or gid that nobody has got, too large for a number. */
const fresh = () => (lastId += 1n);

describe('encryption', () => {
  const VARIANTS = (['secp256k1', 'secp256r1'] as const).flatMap((curve) =>
    (['package', 'stream'] as const).flatMap((mode) => ([128, 256] as const).map((bits) => ({ curve, mode, bits }))),
  );
  const SECRET = 'nobody else may read this';
  const servers: Partial<Record<string, ParleyUnderTest>> = {};

  beforeAll(async () => {
    for (const curve of ['secp256k1', 'secp256r1'] as const) {
      servers[curve] = (await fixture.startAnother({ config: { serverGate: { curve } } })).parley;
    }
  });

  test.each(VARIANTS)(
    'over $curve in $mode mode with $bits bits hides everything and changes nothing',
    async (variant) => {
      const { curve, mode, bits } = variant;
      const parley = servers[curve]!;
      const publicKey = readFileSync(parley.publicKeyFile, 'utf8');
      const passed: Buffer[] = [];
      for (const encryption of [undefined, { publicKey, mode, bits }]) {
        const tap = await tapWire(parley.serverGate);
        onTestFinished(() => tap.close());
        const own = createClient(parley, { address: tap.address, ...(encryption && { encryption }) });
        const groupId = fresh();
        // From nothing to more than one socket read, many at once.
        const texts = Array.from({ length: 40 }, (_, n) => `${SECRET} ${'x'.repeat(n * 500)}`);
        await own.sendGroupChat(1, groupId, texts[0]!);
        await Promise.all(texts.slice(1).map((text) => own.sendGroupChat(1, groupId, text)));
        const found = (await collect(own.walkMessages({ groupId }))).map(({ message }) => message);
        expect(found.sort()).toEqual(texts.sort());
        passed.push(tap.passed);
      }
      const [plain, encrypted] = passed;
      for (const word of [SECRET, 'sendgroupmsg', 'getgroupmsg', 'mtime']) {
        expect([plain!.includes(word), encrypted!.includes(word)]).toEqual([true, false]);
      }
    },
  );

  test('with the key of another server gets no connection, and harms nobody', async () => {
    const parley = servers['secp256k1']!;
    const { publicBytes: publicKey } = ServerKey.generate('secp256k1');
    const stranger = createClient(parley, {
      encryption: { publicKey },
      reconnect: { delayMaxMs: 20 },
      timeoutMs: 5000,
    });
    expect([20_002, 20_012]).toContain(await codeOf(stranger.getGroupMembers(1)));
    expect(await createClient(parley, {}).getGroupMembers(1)).toEqual([]);
  });
});

describe('a client', () => {
  test('finds a server that was closed and started again, and what it sends meanwhile is stored once', async () => {
    const { pid, secret, databaseUrl } = fixture.parley;
    const start = async (port: number) => {
      const parley = await startParley({ databaseUrl, project: { pid, secret }, config: { serverGate: { port } } });
      onTestFinished(() => parley.close());
      return parley;
    };
    const first = await start(0);
    const ends: boolean[] = [];
    let handleReturn = () => {};
    const returned = new Promise<void>((resolve) => {
      handleReturn = resolve;
    });
    const onConnected = () => ends.length > 0 && handleReturn();
    const onClosed = ({ isClosedByCaller }: { isClosedByCaller: boolean }) => ends.push(isClosedByCaller);
    const own = createClient(first, { reconnect: { delayMaxMs: 50 }, onConnected, onClosed });
    const groupId = fresh();
    const sent = new Map<bigint, number>();
    let isOver = false;
    let wake = () => {};
    // As a back end does that must not lose a message: again and again with one mid.
    const lane = async () => {
      for (let mid = own.nextMid(); !isOver; ) {
        const code = await codeOf(
          own.sendGroupChat(1, groupId, `message ${mid}`, { mid }).then(({ mtime }) => sent.set(mid, mtime)),
        );
        expect([0, 20_002, 20_012]).toContain(code);
        if (code === 0) mid = own.nextMid();
        else await nextTurn();
        wake();
      }
    };
    onTestFinished(() => {
      isOver = true;
    });
    const lanes = Array.from({ length: 10 }, lane);
    const moreSent = async (count: number) => {
      for (const wanted = sent.size + count; sent.size < wanted; ) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await moreSent(200);
    await first.close();
    await start(first.serverGate.port);
    await returned;
    await moreSent(200);
    isOver = true;
    await Promise.all(lanes);
    expect(ends).toEqual([false]);
    const found = await collect(own.walkMessages({ groupId }));
    expect(new Map(found.map(({ messageId, modifiedTime }) => [messageId, modifiedTime]))).toEqual(sent);
    expect(found).toHaveLength(sent.size);
    await own.close();
    expect(ends).toEqual([false, true]);
  });

  test('repeats a send whose answer was lost, which is then stored once; other calls are given up', async () => {
    const tap = await tapWire(fixture.parley.serverGate);
    onTestFinished(() => tap.close());
    const own = createClient(fixture.parley, { address: tap.address });
    const groupId = fresh();
    const first = await own.sendGroupChat(1, groupId, 'text');
    tap.loseNextAnswer();
    const counting = codeOf(own.getMsgCount(2, groupId, 0, 0, null));
    const sent = await Promise.all(Array.from({ length: 30 }, () => own.sendGroupChat(1, groupId, 'text')));
    expect(await counting).toBe(20_002);
    const found = await collect(own.walkMessages({ groupId }));
    const times = new Map([first, ...sent].map(({ mid, mtime }) => [mid, mtime]));
    expect(new Map(found.map(({ messageId, modifiedTime }) => [messageId, modifiedTime]))).toEqual(times);
    expect(found).toHaveLength(31);
  });

  test('gives an aborted call up, keeps its connection, and stores a repeat of it once', async () => {
    let connects = 0;
    const own = createClient(fixture.parley, { onConnected: () => (connects += 1) });
    const [from, groupId, mid] = [fresh(), fresh(), own.nextMid()];
    const abort = new AbortController();
    const call = own.sendGroupChat(from, groupId, 'once', { mid, signal: abort.signal });
    const inVain = own.sendGroupChat(from, groupId, 'never', { signal: AbortSignal.abort() });
    abort.abort('enough');
    await expect(call).rejects.toMatchObject({ code: 20_015, cause: 'enough' });
    expect(await codeOf(inVain)).toBe(20_015);
    await own.sendGroupChat(from, groupId, 'once', { mid });
    expect(midsOf(await collect(own.walkMessages({ groupId })))).toEqual([mid]);
    expect(connects).toBe(1);
  });

  test('ends a walk with the call that was aborted', async () => {
    const own = createClient(fixture.parley, {});
    const groupId = fresh();
    await Promise.all(Array.from({ length: 10 }, () => own.sendGroupChat(1, groupId, 'text')));
    const abort = new AbortController();
    const seen: HistoryMessage[] = [];
    const walk = async () => {
      for await (const message of own.walkMessages({ groupId }, { pageSize: 2, signal: abort.signal })) {
        if (seen.push(message) === 4) abort.abort();
      }
    };
    expect(await codeOf(walk())).toBe(20_015);
    expect(seen).toHaveLength(4);
  });

  test('with a wrong secret or pid is refused', async () => {
    expect(await codeOf(createClient(fixture.parley, { secret: 'wrong' }).getGroupMembers(1))).toBe(200_002);
    expect(await codeOf(createClient(fixture.parley, { pid: 1 }).getGroupMembers(1))).toBe(200_001);
  });
});

/** A client that is closed when the test is over. */
function createClient(
  { pid, secret, serverGate }: ParleyUnderTest,
  { address = serverGate, ...options }: Partial<RtmServerClientOptions> & { address?: Address },
): RtmServerClient {
  const made = new RtmServerClient({ pid, secret, endpoint: `${address.host}:${address.port}`, ...options });
  onTestFinished(() => made.close());
  return made;
}
