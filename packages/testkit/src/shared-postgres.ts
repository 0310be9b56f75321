import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { silentLogger, startEmbeddedPostgres } from '@parley/server/internal';
import { DataFolder } from './data-folder.ts';

/** The address of a PostgreSQL to use instead of one of the run's own; its user must be allowed to create databases. */
const SERVER_VARIABLE = 'PARLEY_TEST_POSTGRES_URL';
/** Where the processes of a run ask for the shared one. */
const SOCKET_VARIABLE = 'PARLEY_TEST_POSTGRES_SOCKET';

/** Nothing of a test run must survive a power cut. */
const SETTINGS = { fsync: 'off', max_connections: '300', shared_buffers: '128MB', min_wal_size: '128MB' };

/** Offers one PostgreSQL to all processes of a test run. It starts when the first of them asks, which many runs never do. */
export async function offerPostgres(): Promise<() => Promise<void>> {
  if (process.env[SERVER_VARIABLE] !== undefined) return async () => {};
  const folder = await DataFolder.open(undefined);
  let starting: ReturnType<typeof startEmbeddedPostgres> | undefined;
  const start = () =>
    (starting ??= startEmbeddedPostgres({
      directory: join(folder.path, 'postgres'),
      settings: SETTINGS,
      log: silentLogger,
    }));
  const offer = createServer((socket) => {
    socket.on('error', () => {}); // Whoever asked has gone.
    start().then(
      ({ url }) => socket.end(url),
      (error: Error) => socket.end(`error: ${error.message}`),
    );
  });
  const path = join(folder.path, 'offer');
  await new Promise<void>((resolve) => offer.listen(path, resolve));
  process.env[SOCKET_VARIABLE] = path;
  return async () => {
    offer.close();
    const postgres = await starting?.catch(() => undefined);
    await postgres?.stop();
    await folder.close();
  };
}

/** @returns the address of the run's PostgreSQL. @throws Error outside of a test run, and when it does not start. */
export async function sharedPostgresUrl(): Promise<string> {
  const { [SERVER_VARIABLE]: server, [SOCKET_VARIABLE]: path } = process.env;
  if (server !== undefined) return server;
  if (path === undefined) throw new Error(`no test run offers a PostgreSQL, and ${SERVER_VARIABLE} is not set`);
  const answer = await text(connect(path));
  if (answer.startsWith('postgres')) return answer;
  throw new Error(`the PostgreSQL of the test run does not start: ${answer}`);
}
