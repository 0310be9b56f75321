/** What a run of the fuzz tests is told by its environment. */
export type FuzzSettings = {
  /** Input number n is made from seed + n, so a failing input comes first when its own seed is given. */
  readonly seed: number;
  /** How long each test goes on at least, in milliseconds; each has a least number of inputs too. */
  readonly durationMs: number;
};

const DEFAULT_SEED = 20_261_121;
/** The tests of `fuzz.test.ts` and of `files-fuzz.test.ts` that share the time. */
const TESTS = 7;

/** Reads PARLEY_FUZZ_SEED (default: always the same) and PARLEY_FUZZ_SECONDS (default 0: the least number of inputs). */
export function fuzzSettings(env: Readonly<Record<string, string | undefined>> = process.env): FuzzSettings {
  const seed = Number(env['PARLEY_FUZZ_SEED'] ?? DEFAULT_SEED);
  const seconds = Number(env['PARLEY_FUZZ_SECONDS'] ?? 0);
  if (!Number.isSafeInteger(seed) || !(seconds >= 0)) throw new RangeError('PARLEY_FUZZ_SEED or _SECONDS is no number');
  return { seed, durationMs: (seconds * 1000) / TESTS };
}
