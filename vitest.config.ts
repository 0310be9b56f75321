import { configDefaults, defineConfig } from 'vitest/config';

const conditions = ['@parley/source', 'module', 'node', 'development|production'];

/** Tests of these packages share processes: they change nothing that others see, and loading it all anew for each file takes longer than most run. */
const SHARED = ['packages/{contract,fpnn}/{src,test}/**/*.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@parley/source'] } },
  test: {
    pool: 'forks',
    // Most tests wait for a database or a browser: leaving a core free, as by default, would halve a machine of two.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: ['packages/*/{src,test}/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARED],
          globalSetup: ['tests/support/vitest-postgres.ts'],
        },
      },
    ],
  },
});
