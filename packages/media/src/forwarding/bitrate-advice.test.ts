import { expect, test } from 'vitest';
import { adviseBitrate } from './bitrate-advice.ts';

const limits = { floorBps: 300_000, capBps: 2_500_000 };
const viewer = (estimateBps?: number, fractionLost = 0) => ({ estimateBps, fractionLost });

test.each([
  ['the cap while nobody has reported', [viewer(), viewer()], 2_500_000],
  ['the cap without viewers', [], 2_500_000],
  ['what the weakest can take', [viewer(900_000), viewer(2_000_000), viewer()], 900_000],
  ['no more than the cap', [viewer(9_000_000)], 2_500_000],
  ['no less than the floor', [viewer(20_000)], 300_000],
  ['no less for loss that retransmission copes with', [viewer(2_000_000, 0.08)], 2_000_000],
  ['less when much is lost', [viewer(2_000_000, 0.2)], 900_000],
])('advises %s', (_what, reports, advice) => {
  expect(adviseBitrate(reports, 1_000_000, limits)).toBe(advice);
});
