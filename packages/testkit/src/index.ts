export { RawCaller, type RawParams, type Signer, signed } from './raw-caller.ts';
export { type ParleyUnderTest, type StartParleyOptions, startParley } from './start-parley.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
