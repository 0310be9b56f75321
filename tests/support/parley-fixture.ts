import {
  createTestDatabase,
  type ParleyUnderTest,
  RawCaller,
  type StartParleyOptions,
  startParley,
} from '@parley/testkit/internal';
import { afterAll, beforeAll } from 'vitest';

/** One server and one caller for a whole test file, on a database of the file's own. */
export type ParleyFixture = {
  readonly parley: ParleyUnderTest;
  readonly caller: RawCaller;
  /** Another server on the same database, with a project of its own. */
  startAnother(options: StartParleyOptions): Promise<{ parley: ParleyUnderTest; caller: RawCaller }>;
};

export function useParley(options: StartParleyOptions = {}): ParleyFixture {
  const open: { parley: ParleyUnderTest; caller: RawCaller }[] = [];
  let database: { url: string; close(): Promise<void> };

  const start = async (wanted: StartParleyOptions) => {
    const parley = await startParley({ databaseUrl: database.url, ...wanted });
    const caller = await RawCaller.connect(parley.serverGate, parley);
    open.push({ parley, caller });
    return { parley, caller };
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    await start(options);
  });

  afterAll(async () => {
    for (const { parley, caller } of open) {
      caller.close();
      await parley.close();
    }
    await database?.close();
  });

  return {
    get parley() {
      return open[0]!.parley;
    },
    get caller() {
      return open[0]!.caller;
    },
    startAnother: start,
  };
}
