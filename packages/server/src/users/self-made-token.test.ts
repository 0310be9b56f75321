import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSelfMadeToken } from './self-made-token.ts';

const text = '80000001:12:1700000000';
const hmac = (key: string | Uint8Array) => createHmac('sha256', key).update(text).digest('base64');
const withSecret = (secret: string) => ({ secret, publicKeys: [] as KeyObject[] });

test('the key of an HMAC is what a base64 secret decodes to', () => {
  const key = Buffer.from('0123456789abcdef-key', 'latin1');
  for (const secret of [key.toString('base64'), key.toString('base64url')]) {
    expect(isSelfMadeToken(withSecret(secret), text, hmac(key))).toBe(true);
  }
});

test('the key of an HMAC may be the text of the secret, whether or not it is base64', () => {
  for (const secret of ['test secret!', 'abcd1234', 'odd--']) {
    expect(isSelfMadeToken(withSecret(secret), text, hmac(secret))).toBe(true);
  }
});

test('an HMAC with another key or over another text is refused, and so is one that is cut off', () => {
  const token = hmac('test secret!');
  const secrets = withSecret('test secret!');
  expect(isSelfMadeToken(secrets, text, hmac('test secret?'))).toBe(false);
  expect(isSelfMadeToken(secrets, '80000001:12:1700000001', token)).toBe(false);
  expect(isSelfMadeToken(secrets, '80000001:13:1700000000', token)).toBe(false);
  for (let length = 0; length < 43; length += 1) {
    expect(isSelfMadeToken(secrets, text, token.slice(0, length))).toBe(false);
  }
});

test.each([
  ['EC over P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
  ['EC over secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 'sha256'],
  ['Ed25519', generateKeyPairSync('ed25519'), null],
] as const)('a signature by %s counts for its own key and text only', (_name, pair, digest) => {
  const other = generateKeyPairSync('ed25519').publicKey;
  const token = sign(digest, Buffer.from(text), pair.privateKey).toString('base64');
  const check = (publicKeys: KeyObject[], signed = text, given = token) =>
    isSelfMadeToken({ secret: 'x', publicKeys }, signed, given);
  expect(check([other, pair.publicKey])).toBe(true);
  expect(check([other])).toBe(false);
  expect(check([])).toBe(false);
  expect(check([pair.publicKey], `${text}0`)).toBe(false);
  expect(check([pair.publicKey], text, token.slice(0, 20))).toBe(false);
});

test('no garbage makes the check throw', () => {
  const publicKeys = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
    generateKeyPairSync('ed25519').publicKey,
  ];
  const garbage = ['', '=', 'A', 'AAAA', '\0', 'ü'.repeat(50), 'MAA=', '////'.repeat(16), 'A'.repeat(1_000_000)];
  for (const token of garbage) expect(isSelfMadeToken({ secret: 'x', publicKeys }, text, token)).toBe(false);
});
