import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';

// A process of its own for tests. Starts the database described by its first argument, prints pid and url, holds it.
// SIGTERM stops the database first; SIGHUP ends the process without a word to it.
const options = JSON.parse(process.argv[2] ?? '{}') as { directory: string };
try {
  const postgres = await startEmbeddedPostgres({ ...options, log: silentLogger });
  process.on('SIGTERM', () => postgres.stop().then(() => process.exit(0)));
  process.on('SIGHUP', () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ pid: postgres.pid, url: postgres.url })}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stderr.write((error as Error).message);
  process.exit(1);
}
