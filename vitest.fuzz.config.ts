import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

// The fuzz tests for longer, and from another seed each time: `npm run fuzz`.
const seconds = process.env['PARLEY_FUZZ_SECONDS'] ?? '300';
const seed = process.env['PARLEY_FUZZ_SEED'] ?? String(Date.now());

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['tests/fuzz.test.ts', 'tests/files-fuzz.test.ts', 'tests/delivery-model.test.ts'],
    env: { PARLEY_FUZZ_SECONDS: seconds, PARLEY_FUZZ_SEED: seed },
    testTimeout: (Number(seconds) + 120) * 1000,
  },
});
