import { describe, expect, it } from 'vitest';
import { FPNN_CODE_MEANINGS, FPNN_CODES } from './codes.ts';

describe('FPNN_CODES', () => {
  it('holds every code of the framework once', () => {
    const codes = Object.values(FPNN_CODES);
    const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    expect(codes).toEqual([0, ...range(10001, 10012), ...range(20001, 20015), 30001, 30002]);
  });

  it('has a meaning for each code', () => {
    expect(Object.keys(FPNN_CODE_MEANINGS)).toEqual(Object.keys(FPNN_CODES));
    for (const meaning of Object.values(FPNN_CODE_MEANINGS)) expect(meaning).toMatch(/^[A-Z].*\.$/);
  });
});
