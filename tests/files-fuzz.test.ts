import { ERROR_CODES, FILE_COMMON_REFUSALS, fileGateMethods, type MethodDeclaration } from '@parley/contract';
import { hostileParams, plainParams } from '@parley/contract/hostile-params';
import { type Encodable, encodeQuest, FpnnError } from '@parley/fpnn';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { RawClient } from '../packages/fpnn/test/support/raw-client.ts';
import { mutate, seededRandom } from '../packages/fpnn/test/wire-generators.ts';
import { projectSettingsSchema } from '../packages/server/src/projects/project-settings.ts';
import { exchange, packetsOf } from './fuzz/hostile-connections.ts';
import { runInputs } from './fuzz/lanes.ts';
import { FileCaller, signOf } from './support/file-caller.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const FILE_MAX_BYTES = 4096;
const LIMITS = projectSettingsSchema.parse({ limits: { fileMaxBytes: FILE_MAX_BYTES } }).limits;
const fixture = useParley({ settings: { limits: { fileMaxBytes: FILE_MAX_BYTES } } });
const declarations: readonly MethodDeclaration[] = Object.values(fileGateMethods);
const COMMON = Object.keys(FILE_COMMON_REFUSALS).map((name) => ERROR_CODES[name as keyof typeof ERROR_CODES]);
const SENDER = 900;

let files: FileCaller;
let user: TestClient;
let lastMid = 0;

beforeAll(async () => {
  files = await FileCaller.connect(fixture.parley.fileGate, fixture.parley.pid);
  user = await TestClient.logIn(fixture.parley, fixture.caller, SENDER);
});
afterAll(() => {
  files?.close();
  user?.close();
});
afterEach(async () => {
  // The server lives, and nothing was an error of its own.
  expect(await sendPlain(declarations[0]!)).toBe(0);
  const page = await MetricsPage.read(fixture.parley.admin);
  expect(page.sum('parley_file_refusals_total', { code: String(ERROR_CODES.fpnnUnknown) })).toBe(0);
});

/** Plain parameters with a good token and sign. */
async function plainQuest(declaration: MethodDeclaration): Promise<Record<string, Encodable>> {
  const plain = { ...plainParams(declaration), mid: (lastMid += 1) };
  const params = 'from' in declaration.params ? { ...plain, from: SENDER } : plain;
  const { to, tos, gid, rid } = params as Record<string, Encodable>;
  const isUpload = declaration.name === 'uploadfile';
  const token = await files.token(isUpload ? user : fixture.caller, declaration.name, {
    ...{ to, tos, gid, rid },
    ...(isUpload ? {} : { from: SENDER }),
  });
  const file = Buffer.from('plain');
  const own = isUpload ? { uid: SENDER } : {};
  return { ...params, pid: fixture.parley.pid, token, file, attrs: attrsOf(file, token), ...own };
}

function attrsOf(file: Uint8Array, token: string): string {
  return JSON.stringify({ rtm: { sign: signOf(file, token) } });
}

async function sendPlain(declaration: MethodDeclaration): Promise<number> {
  return files.codeOf(declaration.name, await plainQuest(declaration));
}

test.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
  '%s answers every unusual parameter with a code of its own, by name',
  async (_, declaration) => {
    expect(await sendPlain(declaration)).toBe(0);
    const stored = async () => (await MetricsPage.read(fixture.parley.admin)).sum('parley_files_stored_total');
    const before = await stored();
    const cases = hostileParams(declaration, LIMITS);
    for (const { title, params, code } of cases.filter((each) => each.code !== undefined)) {
      const failure = await failureOf(declaration, title, params);
      expect(failure?.code, title).toBe(code);
      expect(failure?.message, title).toContain(title.split(':', 1)[0]);
    }
    expect(await stored()).toBe(before);
    for (const { title, params } of cases.filter((each) => each.code === undefined)) {
      const failure = await failureOf(declaration, title, params);
      expect([0, ...declaration.errors, ...COMMON], title).toContain(failure?.code ?? 0);
    }
    expect(await stored()).toBeGreaterThan(before);
  },
);

/** What a quest is answered that has the one unusual parameter of a case. */
async function failureOf(
  declaration: MethodDeclaration,
  title: string,
  params: Readonly<Record<string, Encodable>>,
): Promise<FpnnError | undefined> {
  const param = title.split(':', 1)[0]!;
  const quest = await plainQuest(declaration);
  delete quest[param];
  if (param in params) quest[param] = params[param];
  try {
    await files.peer.quest(declaration.name, quest);
    return undefined;
  } catch (error) {
    if (error instanceof FpnnError) return error;
    throw error;
  }
}

test.each([
  [{ pid: undefined }, 10009],
  [{ pid: 'x' }, 10010],
  [{ pid: 2 ** 31 }, 200001],
  [{ pid: 3 }, 200001],
  [{ token: undefined }, 10009],
  [{ token: 7 }, 10010],
  [{ token: '' }, 200003],
  [{ token: '__proto__' }, 200003],
])('%j is refused with %i', async (changes, code) => {
  expect(await files.codeOf('sendfile', { ...(await plainQuest(declarations[0]!)), ...changes })).toBe(code);
});

test('a method of another gate is none here: 20004', async () => {
  for (const method of ['filetoken', 'sendmsg', 'auth', 'constructor'])
    expect(await files.codeOf(method, {})).toBe(20004);
});

test('attrs of any JSON end in a code', async () => {
  await runInputs(300, async (seed) => {
    const random = seededRandom(seed);
    const quest = await plainQuest(declarations[0]!);
    const attrs = mutate(Buffer.from(quest['attrs'] as string), random);
    const code = await files.codeOf('sendfile', { ...quest, attrs });
    if (![0, 200003, 200004].includes(code)) throw new Error(`${code}: ${Buffer.from(attrs).toString('hex')}`);
  });
});

test('broken packets end in answers or a close', async () => {
  await runInputs(300, async (seed) => {
    const random = seededRandom(seed);
    const declaration = declarations[random(declarations.length)]!;
    const good = encodeQuest({ method: declaration.name, params: await plainQuest(declaration), seq: 1 });
    for (const { kind } of packetsOf(await exchange(fixture.parley.fileGate.port, [mutate(good, random)]))) {
      if (kind !== 'answer') throw new Error(`a ${kind} came`);
    }
  });
});

test('files that are only announced take no memory, and half a file is dropped with its connection', async () => {
  const before = await MetricsPage.read(fixture.parley.admin);
  const announced = Buffer.from(encodeQuest({ method: 'sendfile', params: {}, seq: 1 }));
  announced.writeUInt32LE(8_388_000, 8);
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(fixture.parley.fileGate.port)));
  for (const client of clients) await client.write(Buffer.concat([announced, Buffer.alloc(1000, 0x81)]));
  expect(await sendPlain(declarations[0]!)).toBe(0);
  const now = await MetricsPage.read(fixture.parley.admin);
  for (const name of ['process_resident_memory_bytes', 'nodejs_external_memory_bytes']) {
    expect(now.sum(name) - before.sum(name), name).toBeLessThan(100 * 2 ** 20);
  }
  for (const client of clients) client.socket.destroy();
  await expect
    .poll(async () => (await MetricsPage.read(fixture.parley.admin)).sum('parley_file_connections'), {
      timeout: 10_000,
    })
    .toBe(1);
});
