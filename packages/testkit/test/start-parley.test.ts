import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startParley } from '@parley/testkit';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Databases are made and processes started, on a machine that may have other work. */
const SLOW = { timeout: 60_000 };
const TESTKIT = pathToFileURL(join(ROOT, 'packages/testkit/dist/index.js')).href;

/** The folder with everything that a server keeps. */
const folderOf = ({ publicKeyFile }: { publicKeyFile: string }) => dirname(dirname(publicKeyFile));

test('the example of the README passes', SLOW, async () => {
  const example = await readFile(join(ROOT, 'examples/testkit.test.mjs'), 'utf8');
  const readme = await readFile(join(ROOT, 'packages/testkit/README.md'), 'utf8');
  expect(readme.split('```js\n')[1]!.split('```')[0]).toBe(example);
  const run = spawn(process.execPath, ['--test', join(ROOT, 'examples/testkit.test.mjs')], {
    env: { PATH: process.env['PATH'] },
  });
  const [output, [status]] = await Promise.all([text(run.stdout), once(run, 'exit')]);
  expect([status, output]).toEqual([0, expect.stringMatching(/# pass 2\n|ℹ pass 2\n/)]);
});

test('two servers in one process know nothing of each other, and leave nothing behind', SLOW, async () => {
  const [one, other] = await Promise.all([startParley(), startParley()]);
  const { mid, mtime } = await one.client().sendChat(1, 2, 'hello');
  expect(await historyOf(one)).toEqual([mid]);
  expect(await historyOf(other)).toEqual([]);
  expect(mtime).toBeGreaterThan(0);
  await Promise.all([one.close(), other.close(), one.close()]);
  expect([existsSync(folderOf(one)), existsSync(folderOf(other))]).toEqual([false, false]);
});

test('a restart keeps ports, data and tokens; a folder of the caller is kept after the close', SLOW, async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'parley-kept-'));
  try {
    const project = { pid: 7, secret: 'of the application' };
    const first = await startParley({ project, dataDirectory });
    const rtm = first.client();
    const { mid } = await rtm.sendChat(1, 2, 'hello');
    const token = await first.token(2);
    await first.restart();
    expect(await historyOf(first)).toEqual([mid]);
    expect(await first.token(2)).toBe(token);
    await first.close();
    const second = await startParley({ project, dataDirectory });
    expect(await historyOf(second)).toEqual([mid]);
    await second.close();
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});

test('a start that fails says why', async () => {
  await expect(startParley({ config: { drainTimeoutMs: -1 } })).rejects.toThrow('drainTimeoutMs');
});

test('a process that is killed leaves neither a database nor its data', SLOW, async () => {
  const program = `
    const { startParley } = await import(${JSON.stringify(TESTKIT)});
    const parley = await startParley();
    process.stdout.write(JSON.stringify({ publicKeyFile: parley.publicKeyFile }) + '\\n');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const folder = folderOf(JSON.parse(String(line)));
  const postmaster = Number((await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => [existsSync(folder), isAlive(postmaster)], { timeout: 20_000 }).toEqual([false, false]);
});

async function historyOf(parley: { client(): ReturnType<Awaited<ReturnType<typeof startParley>>['client']> }) {
  const mids: bigint[] = [];
  for await (const { messageId } of parley.client().walkMessages({ uid: 1, peerUid: 2 })) mids.push(messageId);
  return mids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
