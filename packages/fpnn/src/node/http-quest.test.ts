import { expect, it } from 'vitest';
import { parseServicePath } from './http-quest.ts';

it.each([
  ['/service/test', 'test'],
  ['/service/*ping', '*ping'],
  ['/service/%2Aping', '*ping'],
  ['/service/a%2Fb', 'a/b'],
  ['/service/test?fpnn=%7B%7D/x', 'test'],
  [`/service/${'m'.repeat(255)}`, 'm'.repeat(255)],
])('%s names a method', (url, method) => {
  expect(parseServicePath(url)).toBe(method);
});

it.each([
  '/',
  '',
  '/service',
  '/service/',
  '/service/?x',
  '/service/a/b',
  '/service/a/',
  '//service/a',
  '/other/a',
  'service/a',
  '/service/%zz',
  '/service/%ff',
  '*',
  `/service/${'m'.repeat(256)}`,
])('%s names none', (url) => {
  expect(parseServicePath(url)).toBeUndefined();
});
