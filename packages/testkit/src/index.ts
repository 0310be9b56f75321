export type { Address, Logger } from '@parley/server';
export { type ParleyUnderTest, type StartParleyOptions, startParley } from './start-parley.ts';
