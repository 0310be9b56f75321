import { expect, it } from 'vitest';
import { classifyFirstBytes } from './first-bytes.ts';

it.each([
  ['FPNN', 'fpnn'],
  ['FPNN\x01\x80', 'fpnn'],
  ['GET /service/x', 'http'],
  ['POST /service/x', 'http'],
  ['OPTIONS * HTTP/1.1', 'http'],
  ['HEAD /', 'http'],
  ['PUT /', 'http'],
  ['DELETE /', 'http'],
])('%s is %s, undecided before its fourth byte', (text, announced) => {
  const bytes = Buffer.from(text, 'latin1');
  for (let length = 0; length < 4; length++) expect(classifyFirstBytes(bytes.subarray(0, length))).toBe('undecided');
  for (let length = 4; length <= bytes.length; length++) {
    expect(classifyFirstBytes(bytes.subarray(0, length))).toBe(announced);
  }
});

it.each(['X', 'fpnn', 'FPNX', 'GETX', 'PX', '\x16\x03\x01', '\0', 'get '])('%j is unknown', (text) => {
  expect(classifyFirstBytes(Buffer.from(text, 'latin1'))).toBe('unknown');
});
