import { expect, test } from 'vitest';
import { BitrateAdvice } from './bitrate-advice.ts';

const limits = { floorBps: 300_000, capBps: 2_500_000 };
const viewer = (estimateBps: number | undefined, { sentBps = 1_500_000, fractionLost = 0 } = {}) => ({
  estimateBps,
  sentBps,
  fractionLost,
});

test.each([
  ['the cap while nobody has reported', [viewer(undefined), viewer(undefined)], 2_500_000],
  ['the cap without viewers', [], 2_500_000],
  ['what the weakest can take', [viewer(900_000), viewer(1_200_000), viewer(undefined)], 900_000],
  ['the cap while estimates follow what is sent', [viewer(400_000, { sentBps: 400_000 })], 2_500_000],
  ['no less than the floor', [viewer(20_000)], 300_000],
  ['no less for loss that retransmission copes with', [viewer(2_000_000, { fractionLost: 0.08 })], 2_500_000],
  ['less when much is lost', [viewer(2_000_000, { fractionLost: 0.2 })], 900_000],
])('advises %s', (_what, reports, advice) => {
  expect(new BitrateAdvice(limits).update(reports, 1_000_000)).toBe(advice);
});

test('rises again by steps', () => {
  const advice = new BitrateAdvice(limits);
  advice.update([viewer(1_000_000)], 1_000_000);
  expect(advice.update([viewer(1_000_000, { sentBps: 1_000_000 })], 1_000_000)).toBe(1_100_000);
  for (let second = 0; second < 20; second += 1) advice.update([], 1_000_000);
  expect(advice.update([], 1_000_000)).toBe(2_500_000);
});
