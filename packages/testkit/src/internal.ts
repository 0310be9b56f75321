// For the project's own tests; promised to nobody.

export { RawCaller, type RawParams, type Signer, signed } from './raw-caller.ts';
export { offerPostgres } from './shared-postgres.ts';
export { type ParleyUnderTest, type StartParleyOptions, startParley } from './start-parley.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
