import type { RawCaller } from '@parley/testkit/internal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { worldCommands } from './delivery-model/commands.ts';
import { expectHistories } from './delivery-model/history-check.ts';
import { LiveWorld } from './delivery-model/live-world.ts';
import { UNSAVED_MTYPE } from './delivery-model/message-steps.ts';
import { changes, Storm } from './delivery-model/storm.ts';
import { WorldModel, type WorldSettings } from './delivery-model/world-model.ts';
import { fuzzSettings } from './fuzz/fuzz-settings.ts';
import { useParley } from './support/parley-fixture.ts';

const START = Date.now();
const COMMANDS_MAX = 150;
const RUNS = 6;
/** Where shrinking stops: a failure is told with its seed before the test's time is up. */
const TIME_MAX_MS = 20_000;
/** Of every project, in a run of `npm run fuzz` without another limit. */
const FUZZ_RUNS = 1_000_000;
/** The clock that the servers go by. Signatures are made by the real one. */
const clock = { now: START };
const fixture = useParley();
const { seed, durationMs } = fuzzSettings();

const PROJECTS: Record<string, WorldSettings> = {
  'several connections and rooms': {},
  'one connection and one room': { singleConnection: true, singleRoom: true, storedMtypes: [66, 30] },
  'one room at most, and back ends held to the rules of clients': {
    roomsPerUserMax: 1,
    requiresGroupMembership: true,
    requiresRoomMembership: true,
    enforcesBlacklist: true,
  },
};

test.each(Object.entries(PROJECTS))(
  'each connection is pushed, each call refused and each history filled as the model says: %s',
  async (_, { roomsPerUserMax, storedMtypes, ...switches }) => {
    expect(storedMtypes?.includes(UNSAVED_MTYPE) ?? false).toBe(false);
    const settings = {
      ...switches,
      signWindowSeconds: 86_400,
      ...(storedMtypes === undefined ? {} : { storedMtypes: [...storedMtypes] }),
      ...(roomsPerUserMax === undefined ? {} : { limits: { roomsPerUserMax } }),
    };
    const config = { retentionIntervalMs: 3_600_000 };
    const { parley, caller } = await fixture.startAnother({ settings, config, now: () => clock.now });
    const worldSettings = { ...switches, roomsPerUserMax, storedMtypes } as WorldSettings;
    const property = fc.asyncProperty(worldCommands(clock, COMMANDS_MAX), async (commands) => {
      const model = new WorldModel(worldSettings);
      const live = await openWorld(parley, caller);
      try {
        await fc.asyncModelRun(() => ({ model, real: live }), commands as never);
        await expectHistories(model, live);
      } finally {
        await live.close();
      }
    });
    const limits =
      durationMs === 0
        ? { numRuns: RUNS, interruptAfterTimeLimit: TIME_MAX_MS }
        : { numRuns: FUZZ_RUNS, interruptAfterTimeLimit: durationMs };
    await fc.assert(property, { seed, ...limits });
  },
);

async function openWorld(parley: ConstructorParameters<typeof LiveWorld>[0], caller: RawCaller): Promise<LiveWorld> {
  clock.now = START;
  const live = new LiveWorld(parley, caller);
  await live.cleanBroadcasts();
  return live;
}

test('whatever changes at once, who hears a room or a group is who is listed there', async () => {
  const { parley, caller } = await fixture.startAnother({});
  const property = fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 5 }), async (gusts) => {
    const storm = await Storm.open(parley, caller);
    try {
      for (const gust of gusts) await storm.rage(gust);
      await storm.settle();
      await storm.expectListedHear();
    } finally {
      await storm.close();
    }
  });
  const limits = durationMs === 0 ? { numRuns: 20 } : { numRuns: FUZZ_RUNS, interruptAfterTimeLimit: durationMs };
  // What happens at once happens otherwise the next time: a smaller script would not tell more.
  await fc.assert(property, { seed, ...limits, endOnFailure: true });
});
