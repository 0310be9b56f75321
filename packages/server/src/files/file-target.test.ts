import { expect, test } from 'vitest';
import { fileTarget } from './file-target.ts';

test('the target is the one of the method, whatever else is named', () => {
  const all = { to: 1n, gid: 2n, rid: 3n };
  expect(fileTarget('sendfile', all)).toBe('1');
  expect(fileTarget('sendgroupfile', all)).toBe('2');
  expect(fileTarget('sendroomfile', all)).toBe('3');
  expect(fileTarget('broadcastfile', all)).toBe('');
  expect(fileTarget('uploadfile', {})).toBe('');
});

test('receivers are the same in any order, and others are not', () => {
  const target = fileTarget('sendfiles', { tos: [1n, 2n, 10n] });
  expect(fileTarget('sendfiles', { tos: [10n, 2n, 1n, 2n] })).toBe(target);
  expect(fileTarget('sendfiles', { tos: [1n, 210n] })).not.toBe(target);
  expect(target).toHaveLength(43);
});

test('a missing one is refused by name', () => {
  expect(() => fileTarget('sendfiles', { to: 1n })).toThrow('tos is missing; sendfiles needs it');
});
