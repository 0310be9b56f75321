import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

// The fuzz tests for longer, and from another seed each time: `npm run fuzz`.
const seconds = process.env['PARLEY_FUZZ_SECONDS'] ?? '300';
const seed = process.env['PARLEY_FUZZ_SEED'] ?? String(Date.now());

// A run of its own, in none of the usual projects.
const { projects: _, ...shared } = base.test ?? {};

export default defineConfig({
  ...base,
  test: {
    ...shared,
    globalSetup: ['tests/support/vitest-postgres.ts'],
    include: ['tests/fuzz.test.ts', 'tests/files-fuzz.test.ts', 'tests/delivery-model.test.ts'],
    env: { PARLEY_FUZZ_SECONDS: seconds, PARLEY_FUZZ_SEED: seed },
    testTimeout: (Number(seconds) + 120) * 1000,
  },
});
