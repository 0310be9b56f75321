import type { RawCaller } from '@parley/testkit/internal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNSAVED_MTYPE, worldCommands } from './delivery-model/commands.ts';
import { expectHistories } from './delivery-model/history-check.ts';
import { LiveWorld } from './delivery-model/live-world.ts';
import { WorldModel, type WorldSettings } from './delivery-model/world-model.ts';
import { fuzzSettings } from './fuzz/fuzz-settings.ts';
import { useParley } from './support/parley-fixture.ts';

const START = Date.now();
const COMMANDS_MAX = 80;
const RUNS = 5;
/** Of every project, in a run of `npm run fuzz` without another limit. */
const FUZZ_RUNS = 1_000_000;
/** The clock that the servers go by. Signatures are made by the real one. */
const clock = { now: START };
const fixture = useParley();
const { seed, durationMs } = fuzzSettings();

const PROJECTS: Record<string, WorldSettings> = {
  'several connections and rooms': {},
  'one connection and one room': { singleConnection: true, singleRoom: true, storedMtypes: [66, 30] },
  'two rooms at most, and back ends held to the rules of clients': {
    roomsPerUserMax: 2,
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
    const limits = durationMs === 0 ? { numRuns: RUNS } : { numRuns: FUZZ_RUNS, interruptAfterTimeLimit: durationMs };
    await fc.assert(property, { seed, ...limits });
  },
);

async function openWorld(parley: ConstructorParameters<typeof LiveWorld>[0], caller: RawCaller): Promise<LiveWorld> {
  clock.now = START;
  const live = new LiveWorld(parley, caller);
  await live.cleanBroadcasts();
  return live;
}
