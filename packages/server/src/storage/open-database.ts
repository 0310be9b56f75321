import { join } from 'node:path';
import type { ServerConfig } from '../config/server-config.ts';
import type { Logger } from '../telemetry/logger.ts';
import { Database } from './database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/**
 * Opens the external database, or starts the embedded one, and brings the schema up to date.
 *
 * @param undo - Gets what closes each part as soon as it is up, also when this throws.
 */
export async function openDatabase(
  config: ServerConfig,
  dataDirectory: string,
  log: Logger,
  undo: (() => Promise<void>)[],
): Promise<{ db: Database; postgres: EmbeddedPostgres | undefined }> {
  let postgres: EmbeddedPostgres | undefined;
  if (config.databaseUrl === undefined) {
    const started = await startEmbeddedPostgres({
      directory: join(dataDirectory, 'postgres'),
      settings: config.database.settings,
      log,
    });
    undo.push(() => started.stop());
    postgres = started;
  }
  const { writers, readers } = config.database;
  const db = await Database.open({ url: postgres?.url ?? config.databaseUrl!, writers, readers, log });
  undo.push(() => db.close());
  await db.migrate();
  return { db, postgres };
}
