import { type FuzzSettings, fuzzSettings } from './fuzz-settings.ts';

const LANES = 8;

/**
 * Runs inputs in a few lanes at once, each made from a seed of its own: at least so many, and as long as the settings say.
 *
 * @throws the first failure, with the seed that brings it back as the first input.
 */
export async function runInputs(
  atLeast: number,
  run: (seed: number) => Promise<void>,
  { seed: firstSeed, durationMs }: FuzzSettings = fuzzSettings(),
): Promise<void> {
  const endAt = performance.now() + durationMs;
  let count = 0;
  let hasFailed = false;
  const lane = async () => {
    while (!hasFailed && (count < atLeast || performance.now() < endAt)) {
      const seed = firstSeed + count;
      count += 1;
      try {
        await run(seed);
      } catch (cause) {
        hasFailed = true;
        throw new Error(`PARLEY_FUZZ_SEED=${seed} brings it back: ${(cause as Error).message}`, { cause });
      }
    }
  };
  // Also after a failure: what the other lanes are at would disturb the tests that follow.
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = ended.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
