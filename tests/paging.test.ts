import { RawString } from '@parley/fpnn';
import { RawCaller } from '@parley/testkit/internal';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuzzSettings } from './fuzz/fuzz-settings.ts';
import { commands } from './paging/commands.ts';
import { ConversationModel, type PageRequest } from './paging/conversation-model.ts';
import { freshId } from './paging/fresh-ids.ts';
import { SequentialRun } from './paging/sequential-run.ts';
import { Traffic } from './paging/traffic.ts';
import { trafficScript } from './paging/traffic-script.ts';
import { judge } from './paging/traffic-verdict.ts';
import { addressOf, type Kind, type Place, pageCall, readPage, sendCall } from './paging/wire-conversation.ts';
import { useParley } from './support/parley-fixture.ts';

const START = Date.now();
/** The clock that the servers go by. Signatures are made by the real one. */
const clock = { now: START };
/** The second server's clock is behind. */
const BEHIND_MS = 3000;
const INT64_MAX = 2n ** 63n - 1n;
const SCRIPT_TIME_MAX_MS = 10_000;
const { seed } = fuzzSettings();

const settings = { signWindowSeconds: 86_400 };
const config = { retentionIntervalMs: 3_600_000 };
const fixture = useParley({ settings, config, now: () => clock.now });

describe('when nobody else writes', () => {
  /** A project has one conversation of broadcasts: each run cleans it, and its clock stays. */
  let broadcasts = new ConversationModel();

  const modelOf = async (place: Place) => {
    if (place.kind !== 'broadcast') return new ConversationModel();
    await fixture.caller.call('cleanmsg', { type: 4, from: 0, xid: 0, begin: 0, end: INT64_MAX });
    return (broadcasts = new ConversationModel(broadcasts.lastMtime));
  };

  test.each(['group', 'room', 'p2p', 'broadcast'] as const)(
    'the answers about a %s are those of the model',
    async (kind) => {
      const property = fc.asyncProperty(commands, async (script) => {
        clock.now = START;
        const users = [freshId(), freshId(), freshId()] as const;
        const place = placeOf(kind, [users[0], users[1]]);
        const run = new SequentialRun({
          place,
          clock,
          caller: fixture.caller,
          users: kind === 'p2p' ? users.slice(0, 2) : users,
          model: await modelOf(place),
        });
        await run.expectWhole();
        await run.perform(script);
      });
      await fc.assert(property, { seed, numRuns: 25, interruptAfterTimeLimit: SCRIPT_TIME_MAX_MS });
    },
  );

  test('a page of no or too many messages and types that cannot be are refused', async () => {
    const gid = freshId();
    const refused = [
      [{ num: 0 }, 200_034],
      [{ num: -1 }, 200_034],
      [{ num: 32_768 }, 200_034],
      [{ mtypes: [30, 0] }, 200_005],
      [{ mtypes: [128] }, 200_005],
      [{ begin: 2n ** 63n }, 10_010],
      [{ lastid: 1.5 }, 10_010],
      [{ desc: 0 }, 10_010],
    ] as const;
    for (const [fault, code] of refused) {
      expect(await fixture.caller.codeOf('getgroupmsg', { gid, desc: false, num: 10, ...fault })).toBe(code);
    }
  });

  test('a few messages are found whole among thousands of another type, and of removed ones', async () => {
    const place = placeOf('group', [0n, 0n]);
    const [few, many] = [freshId(), freshId()];
    // Around the ends of the stretches that the server looks at in one go, from either end.
    const near = [1, 1999, 2000, 2001, 3999, 4000, 4001];
    const mids = new Set([...near, ...near.map((mid) => COUNT + 1 - mid)].map(BigInt));
    const send = (mid: bigint) => {
      const [from, mtype] = mids.has(mid) ? [few, 30] : [many, 66];
      return fixture.caller.call(...sendCall(place, { from, mid, mtype, msg: EMPTY, attrs: '' }));
    };
    // Sends that do not wait for each other keep their order once the conversation is there.
    await send(1n);
    await Promise.all(Array.from({ length: COUNT - 1 }, (_, index) => send(BigInt(index + 2))));
    const rising = [...mids].sort((a, b) => Number(a - b));
    const expectFound = async (request: { mtypes?: number[] }) => {
      for (const num of [1, 3, 20]) {
        expect(await midsOf(place, few, { ...request, num, desc: false })).toEqual(rising);
        expect(await midsOf(place, few, { ...request, num, desc: true })).toEqual(rising.toReversed());
      }
    };
    await expectFound({ mtypes: [30] });
    await fixture.caller.call('delconversationmsgs', { type: 2, from: many, xid: addressOf(place, many).xid });
    await expectFound({});
  });
});

describe('while others write', () => {
  const callers: RawCaller[] = [];

  beforeAll(async () => {
    const { pid, secret, serverGate } = fixture.parley;
    const slow = await fixture.startAnother({
      project: { pid, secret },
      settings,
      config,
      now: () => clock.now - BEHIND_MS,
    });
    for (const gate of [serverGate, slow.parley.serverGate, serverGate, slow.parley.serverGate]) {
      callers.push(await RawCaller.connect(gate, { pid, secret }));
    }
  });

  afterAll(() => {
    for (const caller of callers) caller.close();
  });

  test('every walk, on either of two servers, shows each message once and nothing that was removed', async () => {
    const property = fc.asyncProperty(trafficScript, async (script) => {
      const traffic = new Traffic({ callers, clock });
      await fixture.caller.call('cleanmsg', { type: 4, from: 0, xid: 0, begin: 0, end: INT64_MAX });
      await traffic.run(script);
      expect((await judge(traffic, callers)).slice(0, 20)).toEqual([]);
    });
    // What happens at once happens otherwise the next time: a smaller script would not tell more.
    await fc.assert(property, { seed, numRuns: 12, interruptAfterTimeLimit: SCRIPT_TIME_MAX_MS, endOnFailure: true });
  });
});

const EMPTY = new RawString(new Uint8Array(0));
const COUNT = 6100;

function placeOf(kind: Kind, users: readonly [bigint, bigint]): Place {
  if (kind === 'p2p') return { kind, users };
  return kind === 'broadcast' ? { kind } : { kind, id: freshId() };
}

/** Walks to the end. */
async function midsOf(place: Place, viewer: bigint, request: PageRequest): Promise<bigint[]> {
  const mids: bigint[] = [];
  for (let lastid = 0n; ; ) {
    const answer = await fixture.caller.call(...pageCall(place, viewer, { ...request, lastid }));
    const page = readPage(place, viewer, answer);
    if (page.units.length === 0) return mids;
    mids.push(...page.units.map(({ mid }) => mid));
    lastid = page.lastid;
  }
}
