import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ConfigError, ENVIRONMENT, loadConfig } from './load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'parley-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

test('without anything set the defaults hold', () => {
  const config = loadConfig({ argv: [], env: {} });
  expect(config.host).toBe('127.0.0.1');
  expect(config.serverGate).toMatchObject({ port: 13315, idleTimeoutMs: 60_000, packetMaxBytes: 8 * 1024 * 1024 });
  expect(config.admin.port).toBe(13380);
  expect(config.databaseUrl).toBeUndefined();
});

test('a flag wins over the environment, the environment over the file', () => {
  const path = file(
    'layers.yaml',
    'host: 10.0.0.1\ndataDirectory: /from/file\nserverGate:\n  port: 1\n  curve: secp256r1\n',
  );
  const env = { PARLEY_CONFIG: path, PARLEY_DATA: '/from/env', PARLEY_SERVER_GATE_PORT: '2' };
  const config = loadConfig({ argv: ['--data', '/from/flag'], env });
  expect(config.host).toBe('10.0.0.1');
  expect(config.dataDirectory).toBe('/from/flag');
  expect(config.serverGate).toMatchObject({ port: 2, curve: 'secp256r1' });
});

test('PARLEY_PROJECTS names projects with their secrets', () => {
  const { projects } = loadConfig({ argv: [], env: { PARLEY_PROJECTS: '80000001:test-secret, 2:with:colon' } });
  expect(projects.map(({ pid, secret }) => [pid, secret])).toEqual([
    [80000001, 'test-secret'],
    [2, 'with:colon'],
  ]);
});

test('all faults are told at once, each with the name of its setting', () => {
  const path = file(
    'faulty.yaml',
    'host: ""\nserverGate:\n  prot: 1\nprojects:\n  - { pid: 1, secret: x, settings: { strictSing: true } }\n',
  );
  const env = { PARLEY_CONFIG: path, PARLEY_ADMIN_PORT: 'many', PARLEY_NONSENSE: '1', PARLEY_LOG_LEVEL: 'loud' };
  let message = '';
  try {
    loadConfig({ argv: [], env });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    message = (error as Error).message;
  }
  for (const name of ['host', 'prot', 'strictSing', 'PARLEY_ADMIN_PORT', 'PARLEY_NONSENSE', 'logLevel']) {
    expect(message).toContain(name);
  }
});

test('a bucket is named by variables alone', () => {
  const env = {
    PARLEY_FILE_STORE_S3_ENDPOINT: 'https://s3.example',
    PARLEY_FILE_STORE_S3_BUCKET: 'chat-files',
    PARLEY_FILE_STORE_S3_ACCESS_KEY_ID: 'id',
    PARLEY_FILE_STORE_S3_SECRET_ACCESS_KEY: 'secret',
  };
  expect(loadConfig({ argv: [], env }).fileStore.s3).toEqual({
    endpoint: 'https://s3.example',
    region: 'us-east-1',
    bucket: 'chat-files',
    prefix: '',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
  });
  expect(() => loadConfig({ argv: [], env: { PARLEY_FILE_STORE_S3_ENDPOINT: 'https://s3.example' } })).toThrow(
    /bucket/,
  );
});

test('a missing file, an unknown flag and a broken list of projects are faults', () => {
  expect(() => loadConfig({ argv: ['--config', join(directory, 'none.yaml')], env: {} })).toThrow(/none\.yaml/);
  expect(() => loadConfig({ argv: ['--wrong'], env: {} })).toThrow(ConfigError);
  expect(() => loadConfig({ argv: [], env: { PARLEY_PROJECTS: 'abc' } })).toThrow(/PARLEY_PROJECTS/);
});

const WITHOUT_DEFAULT = [
  'DATABASE_URL',
  'PARLEY_CLIENT_GATE_CERT_FILE',
  'PARLEY_CLIENT_GATE_KEY_FILE',
  'PARLEY_FILE_GATE_PUBLIC_HOST',
  'PARLEY_FILE_GATE_PUBLIC_URL',
  'PARLEY_MEDIA_GATE_ENDPOINT',
  'PARLEY_RTC_GATE_ENDPOINT',
  'PARLEY_RTC_GATE_PLAIN_PORT',
  'PARLEY_MEDIA_PUBLIC_ADDRESS',
  'PARLEY_TURN_SECRET',
];

test('the example file is valid, and every environment variable names a setting that exists', () => {
  const example = fileURLToPath(new URL('../../../../config.example.yaml', import.meta.url));
  const config = loadConfig({ argv: ['--config', example], env: {} });
  for (const [name, { path }] of Object.entries(ENVIRONMENT)) {
    if (WITHOUT_DEFAULT.includes(name) || name.startsWith('PARLEY_FILE_STORE_S3_')) continue;
    let node: unknown = config;
    for (const part of path) node = (node as Record<string, unknown>)[part];
    expect(node, name).toBeDefined();
  }
});
