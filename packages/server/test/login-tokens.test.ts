import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { RtmError } from '@parley/contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Project } from '../src/projects/project-settings.ts';
import { type ProjectSettingsInput, projectSettingsSchema } from '../src/projects/project-settings.ts';
import { LoginTokens } from '../src/users/login-tokens.ts';
import { openTestStorage, type TestStorage } from './support/message-storage.ts';

const START = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
let storage: TestStorage;
let tokens: LoginTokens;
let now = START;
let lastUid = 0n;
const freshUid = () => (lastUid += 1n);

const project = (settings: ProjectSettingsInput = {}, pid = 80_000_001, secret = 'test-secret'): Project => ({
  pid,
  secret,
  settings: projectSettingsSchema.parse(settings),
});

beforeAll(async () => {
  storage = await openTestStorage();
  tokens = new LoginTokens({ db: storage.db, now: () => now });
});

beforeEach(() => {
  now = START;
});

afterAll(() => storage?.close());

test('a token is good for its user, again and again, and has 32 characters', async () => {
  const uid = freshUid();
  const token = await tokens.issue(project(), uid);
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(await tokens.verify(project(), uid, token)).toBe(true);
  expect(await tokens.verify(project(), uid, token)).toBe(true);
});

test('a token is no good for another user, in another project, or under another secret', async () => {
  const uid = freshUid();
  const token = await tokens.issue(project(), uid);
  expect(await tokens.verify(project(), freshUid(), token)).toBe(false);
  expect(await tokens.verify(project({}, 80_000_002), uid, token)).toBe(false);
  expect(await tokens.verify(project({}, 80_000_001, 'other'), uid, token)).toBe(false);
});

test('a token is good for 30 days, and at most a minute longer', async () => {
  const uid = freshUid();
  const token = await tokens.issue(project(), uid);
  now = START + 30 * DAY_MS;
  expect(await tokens.verify(project(), uid, token)).toBe(true);
  now = START + 30 * DAY_MS + 60_000;
  expect(await tokens.verify(project(), uid, token)).toBe(false);
});

test('the project says how long tokens are good, also for those issued before', async () => {
  const uid = freshUid();
  const token = await tokens.issue(project(), uid);
  now = START + 3600_000;
  expect(await tokens.verify(project({ tokenTtlSeconds: 3600 }), uid, token)).toBe(true);
  now = START + 3660_000;
  expect(await tokens.verify(project({ tokenTtlSeconds: 3600 }), uid, token)).toBe(false);
});

test('a token from a clock that is a little ahead is good, one from another day is not', async () => {
  const uid = freshUid();
  now = START + 4 * 60_000;
  const early = await tokens.issue(project(), uid);
  now = START + DAY_MS;
  const tomorrow = await tokens.issue(project(), uid);
  now = START;
  expect(await tokens.verify(project(), uid, early)).toBe(true);
  expect(await tokens.verify(project(), uid, tomorrow)).toBe(false);
});

test('removing the tokens of a user ends those issued before, in the same minute too, and no others', async () => {
  const [uid, other] = [freshUid(), freshUid()];
  const before = await tokens.issue(project(), uid);
  const others = await tokens.issue(project(), other);
  await tokens.removeAll(project(), uid);
  const after = await tokens.issue(project(), uid);
  expect(await tokens.verify(project(), uid, before)).toBe(false);
  expect(await tokens.verify(project(), uid, after)).toBe(true);
  expect(await tokens.verify(project(), other, others)).toBe(true);
  await Promise.all(Array.from({ length: 10 }, () => tokens.removeAll(project(), uid)));
  expect(await tokens.verify(project(), uid, after)).toBe(false);
});

test('a self-made token names pid, uid and time, and counts within the window of signatures', () => {
  const uid = freshUid();
  const ts = START / 1000;
  const make = (text: string) => createHmac('sha256', 'test-secret').update(text).digest('base64');
  const token = make(`80000001:${uid}:${ts}`);
  expect(tokens.verifySelfMade(project(), uid, ts, token)).toBe(true);
  expect(tokens.verifySelfMade(project(), uid, ts + 1, token)).toBe(false);
  expect(tokens.verifySelfMade(project(), uid + 1n, ts, token)).toBe(false);
  expect(tokens.verifySelfMade(project({}, 80_000_002), uid, ts, token)).toBe(false);
  expect(tokens.verifySelfMade(project(), uid, ts, make(`80000001:${ts}`))).toBe(false);

  for (const offset of [600_000, -600_000]) {
    now = START + offset;
    expect(tokens.verifySelfMade(project(), uid, ts, token)).toBe(true);
    now = START + offset * 1.01;
    expect(() => tokens.verifySelfMade(project(), uid, ts, token)).toThrow(RtmError);
    expect(() => tokens.verifySelfMade(project(), uid, ts, token)).toThrow(/^ts: /);
    expect(tokens.verifySelfMade(project(), uid, ts, make('wrong'))).toBe(false);
  }
});

test('a self-made token may be signed with a key whose public half the project names', () => {
  const uid = freshUid();
  const ts = START / 1000;
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const named = project({ tokenPublicKeys: [publicKey.export({ type: 'spki', format: 'pem' }) as string] });
  const token = sign(null, Buffer.from(`80000001:${uid}:${ts}`), privateKey).toString('base64');
  expect(tokens.verifySelfMade(named, uid, ts, token)).toBe(true);
  expect(tokens.verifySelfMade(named, uid + 1n, ts, token)).toBe(false);
  expect(tokens.verifySelfMade(project(), uid, ts, token)).toBe(false);
});

test('settings refuse keys that cannot check tokens, and say why', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'pem' }) as string;
  const secret = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const faultOf = (key: string) =>
    projectSettingsSchema.safeParse({ tokenPublicKeys: [key] }).error?.issues[0]?.message;
  expect(faultOf(pem(rsa.publicKey))).toMatch('EC or Ed25519');
  expect(faultOf(secret)).toMatch('keep the private one');
  expect(faultOf('nonsense')).toMatch('PEM');
});
