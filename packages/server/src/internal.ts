// For the project's own tests and benchmarks; promised to nobody.

export { FREE_PORTS } from './config/free-ports.ts';
export { boolArray, byteaArray, int2Array, int8Array } from './storage/binary-arrays.ts';
export { Database } from './storage/database.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './storage/embedded-postgres.ts';
export { silentLogger } from './telemetry/logger.ts';
