import { offerPostgres } from '@parley/testkit/internal';

/** Vitest's global set-up: one PostgreSQL for the whole run, gone with its data at the end. */
export function setup(): Promise<() => Promise<void>> {
  return offerPostgres();
}
