import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnreadModel } from './conversations/unread-model.ts';
import { steps, UnreadRun } from './conversations/unread-run.ts';
import { fuzzSettings } from './fuzz/fuzz-settings.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const RUNS = 30;
const SCRIPT_TIME_MAX_MS = 15_000;
/** One short of the conversations that a user can have, so that it is met. */
const LIST_MAX = 2;
/** It stands still unless it is moved: all of a run happens within a few milliseconds, as far as the server knows. */
let now = Date.now();
const fixture = useParley({ settings: { limits: { conversationListMax: LIST_MAX } }, now: () => now });
let lastId = 40_000;
const freshId = () => (lastId += 1);

test('whatever is sent, recalled, cleared and removed, users are told what the model says', async () => {
  const property = fc.asyncProperty(steps, async (script) => {
    const users = Array.from({ length: 4 }, freshId);
    const [gid, other] = [freshId(), freshId()];
    // The last user is in the first group only.
    const groups = new Map([
      [gid, users],
      [other, users.slice(0, 3)],
    ]);
    for (const [id, uids] of groups) await fixture.caller.call('addgroupmembers', { gid: id, uids });
    const run = new UnreadRun({
      model: new UnreadModel(groups),
      caller: fixture.caller,
      users,
      groups: [gid, other],
      freshId,
      logIn: (uid) => TestClient.logIn(fixture.parley, fixture.caller, uid),
      tick: () => {
        now += 1;
      },
      listMax: LIST_MAX,
    });
    try {
      await run.perform(script);
    } finally {
      run.close();
    }
  });
  await fc.assert(property, { seed: fuzzSettings().seed, numRuns: RUNS, interruptAfterTimeLimit: SCRIPT_TIME_MAX_MS });
  expect(lastId).toBeGreaterThan(40_000);
});
