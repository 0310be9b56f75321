import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPostgres } from '../src/storage/embedded/postgres-binaries.ts';
import { end, query, usePostgresSandbox } from './support/postgres-sandbox.ts';

const sandbox = usePostgresSandbox();
const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };

function uidOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Binaries as npm leaves them when it may not run install scripts. */
function binariesWithoutLinks(): string {
  const root = join(sandbox.directory, 'package', 'native');
  mkdirSync(join(sandbox.directory, 'package'));
  const { root: source } = findPostgres();
  // Hard links where that is possible.
  if (spawnSync('cp', ['-al', source, root]).status !== 0) cpSync(source, root, { recursive: true, force: true });
  const links = JSON.parse(readFileSync(join(root, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(root, '..', target), { force: true });
  return root;
}

test('names with spaces, commas and quotes are no obstacle', async () => {
  const postgres = await sandbox.start({ directory: join(sandbox.directory, `a b, c'"d/postgres`) });
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a path too long for a socket gets its socket elsewhere, in a folder that goes again', async () => {
  const directory = join(sandbox.directory, 'x'.repeat(120), 'postgres');
  const postgres = await sandbox.start({ directory });
  const socketFolder = new URL(postgres.url).searchParams.get('host')!;
  expect(socketFolder.length).toBeLessThan(90);
  expect(statSync(socketFolder).mode & 0o007).toBe(0);
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await postgres.stop();
  expect(existsSync(socketFolder)).toBe(false);
});

test('binaries whose install script did not run are completed', async () => {
  const binaries = binariesWithoutLinks();
  const postgres = await sandbox.start({ binaries });
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect(existsSync(join(binaries, 'lib/libpq.so.5'))).toBe(true);
});

test('a folder without PostgreSQL is refused with its name', async () => {
  await expect(sandbox.start({ binaries: '/nowhere/bin' })).rejects.toThrow('/nowhere');
});

test.skipIf(!existsSync('/usr/lib/postgresql'))('the PostgreSQL of the system can be used', async () => {
  const versions = readdirSync('/usr/lib/postgresql').map(Number);
  const newest = Math.max(...versions);
  const postgres = await sandbox.start({ binaries: `/usr/lib/postgresql/${newest}/bin` });
  const [row] = await query(postgres.url, 'show server_version_num');
  expect(Math.floor(Number(row?.['server_version_num']) / 10_000)).toBe(newest);
});

test.runIf(isRoot)(
  'root starts it as nobody, and no other program of nobody comes near the data or the socket',
  async () => {
    const postgres = await sandbox.start();
    expect(uidOf(postgres.pid)).toBe(NOBODY.uid);
    const folder = join(sandbox.directory, 'postgres');
    for (const path of [folder, join(folder, 'data'), join(folder, 'socket/.s.PGSQL.5432')]) {
      expect(spawnSync('/bin/ls', ['-d', `${path}/.`, path], NOBODY).status, path).not.toBe(0);
    }
  },
);

test.runIf(isRoot)('a data folder below a private one works, with and without user namespaces', async () => {
  chmodSync(sandbox.directory, 0o700);
  const first = await sandbox.hold();
  await query(first.url, 'create table kept as select 1 as n');
  await end(first.child, 'SIGTERM');
  // Without a PATH there is no unshare.
  const second = await sandbox.hold({ path: '/nowhere' });
  expect(uidOf(second.pid)).toBe(NOBODY.uid);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await end(second.child, 'SIGKILL');
  const third = await sandbox.hold({ path: '/nowhere' });
  expect(third.pid).toBe(second.pid);
  await end(third.child, 'SIGTERM');
  chmodSync(sandbox.directory, 0o755);
  const fourth = await sandbox.hold();
  expect(await query(fourth.url, 'select n from kept')).toEqual([{ n: 1 }]);
});

test.runIf(isRoot)('binaries that nobody may read are copied once', async () => {
  const binaries = binariesWithoutLinks();
  chmodSync(join(sandbox.directory, 'package'), 0o700);
  const postgres = await sandbox.start({ binaries });
  expect(uidOf(postgres.pid)).toBe(NOBODY.uid);
  expect(await query(postgres.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await postgres.stop();
  const copies = () => readdirSync(join(sandbox.directory, 'postgres')).filter((name) => name.startsWith('binaries-'));
  const before = copies();
  await (await sandbox.start({ binaries })).stop();
  expect(before).toHaveLength(1);
  expect(copies()).toEqual(before);
});

test.runIf(isRoot)('an ordinary user starts it, with read-only binaries that lack their links too', async () => {
  const binaries = binariesWithoutLinks();
  const first = await sandbox.hold({ user: NOBODY, binaries });
  expect(uidOf(first.pid)).toBe(NOBODY.uid);
  await query(first.url, 'create table kept as select 1 as n');
  expect(existsSync(join(binaries, 'lib/libpq.so.5'))).toBe(false);
  await end(first.child, 'SIGTERM');
  expect(existsSync(`/proc/${first.pid}`)).toBe(false);

  await expect(sandbox.hold({ user: { uid: 1, gid: 1 } })).rejects.toThrow(/belongs to user 65534.* is user 1/);
  const second = await sandbox.start();
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
  await expect(sandbox.hold({ user: NOBODY })).rejects.toThrow(/belongs to user 0/);
});
