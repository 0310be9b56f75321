import { expect, test } from 'vitest';
import { startsVp8KeyFrame } from './vp8.ts';

const starts = (hex: string): boolean => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return startsVp8KeyFrame(bytes, 0, bytes.length);
};

test.each([
  ['a plain descriptor', '10 00'],
  ['a picture id of one byte', '90 80 7f 00'],
  ['a picture id of two bytes', '90 80 8123 10'],
  ['picture id, TL0PICIDX and TID', '90 e0 8123 05 40 9c'],
  ['a key index alone', '90 10 03 00'],
])('a key frame begins with %s', (_what, hex) => {
  expect(starts(hex)).toBe(true);
});

test.each([
  ['the P bit is set', '90 80 8123 11'],
  ['it is no start of a partition', '80 80 8123 10'],
  ['it is the second partition', '91 80 8123 10'],
  ['it is empty', ''],
  ['the descriptor is cut off', '90'],
  ['the picture id is cut off', '90 80'],
  ['the payload ends with the descriptor', '90 80 8123'],
])('no key frame begins where %s', (_what, hex) => {
  expect(starts(hex)).toBe(false);
});
