import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { issuedAt, issueToken } from './issued-token.ts';

const owner = { pid: 80_000_001, secret: 'test-secret', uid: 2n ** 63n - 1n, generation: 3n };
const now = Date.UTC(2026, 6, 5, 4, 3, 2);
const MINUTES = (Date.UTC(2026, 6, 5, 4, 3) - Date.UTC(2020, 0, 1)) / 60_000;

test('a token is the minute of its issue and 20 bytes of a MAC, 32 characters long', () => {
  const token = issueToken(owner, now);
  expect(token).toHaveLength(32);
  const bytes = Buffer.from(token, 'base64url');
  expect(bytes.readUInt32BE()).toBe(MINUTES);
  const mac = createHmac('sha256', 'test-secret').update(`80000001:9223372036854775807:${MINUTES}:3`).digest();
  expect(bytes.subarray(4)).toEqual(mac.subarray(0, 20));
});

test('its owner learns when it was issued, rounded up to the minute', () => {
  expect(issuedAt(owner, issueToken(owner, now))).toBe(Date.UTC(2026, 6, 5, 4, 4));
});

test('for another user, project, secret or generation it is no token', () => {
  const token = issueToken(owner, now);
  expect(issuedAt({ ...owner, uid: owner.uid - 1n }, token)).toBeUndefined();
  expect(issuedAt({ ...owner, uid: -owner.uid }, token)).toBeUndefined();
  expect(issuedAt({ ...owner, pid: owner.pid + 1 }, token)).toBeUndefined();
  expect(issuedAt({ ...owner, secret: 'test-secreT' }, token)).toBeUndefined();
  expect(issuedAt({ ...owner, generation: 4n }, token)).toBeUndefined();
});

test('cut off, lengthened or with any one character changed it is no token', () => {
  const token = issueToken(owner, now);
  for (let length = 0; length < token.length; length += 1) {
    expect(issuedAt(owner, token.slice(0, length))).toBeUndefined();
  }
  for (const longer of [`${token}A`, `${token}=`, ` ${token}`, token + token]) {
    expect(issuedAt(owner, longer)).toBeUndefined();
  }
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'A' ? 'B' : 'A';
    expect(issuedAt(owner, token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
  }
});

test('what is no base64url is no token, whatever it holds', () => {
  for (const text of ['', '\0'.repeat(32), '+'.repeat(32), 'ü'.repeat(32), '\ud800'.repeat(32), 'A'.repeat(100_000)]) {
    expect(issuedAt(owner, text)).toBeUndefined();
  }
});

test('a clock that was never set issues tokens all the same', () => {
  expect(issuedAt(owner, issueToken(owner, 0))).toBe(Date.UTC(2020, 0, 1, 0, 1));
});
