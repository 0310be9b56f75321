import { expect, test } from 'vitest';
import { LinkMeter } from './link-meter.ts';
import { EMPTY_SAMPLE, type LinkSample } from './link-sample.ts';
import { qualityOf, worstOf } from './network-quality.ts';

/** A second of voice and video, and so many lost. */
const after = (seconds: number, lost = 0): LinkSample => ({
  ...EMPTY_SAMPLE,
  at: 1000 * seconds,
  audio: { packets: 50 * seconds, bytes: 4000 * seconds, lost },
  video: { packets: 100 * seconds, bytes: 100_000 * seconds, lost: 0, frames: 30 * seconds, width: 640, height: 480 },
  rttMs: 20,
});

const meterOf = (...samples: LinkSample[]) => {
  const meter = new LinkMeter();
  for (const sample of samples) meter.handleSample(sample);
  return meter;
};

test('rates are those of the last seconds', () => {
  expect(meterOf(after(1), after(2), after(3)).statistics(true)).toMatchObject({
    audioBitrateBps: 32_000,
    videoBitrateBps: 800_000,
    framesPerSecond: 30,
    audioPackets: 150,
    lossRatio: 0,
    quality: 'good',
  });
});

test('loss counts in the last seconds alone', () => {
  const meter = meterOf(after(1), after(2, 100));
  expect(meter.statistics(true)).toMatchObject({ lossRatio: 0.4, quality: 'poor' });
  for (const seconds of [3, 4, 5, 6]) meter.handleSample(after(seconds, 100));
  expect(meter.statistics(true)).toMatchObject({ lossRatio: 0, quality: 'good' });
});

test('a new connection counts from 0, and its rates are its own', () => {
  const meter = meterOf(after(8), { ...after(1), at: 9000 }, { ...after(2), at: 10_000 });
  expect(meter.statistics(true)).toMatchObject({ audioBitrateBps: 32_000, lossRatio: 0 });
});

test('nothing is said before there is a sample, nor of loss among a few packets', () => {
  expect(meterOf().statistics(true)).toBeUndefined();
  const few = { ...after(1), audio: { packets: 55, bytes: 4000, lost: 3 }, video: after(1).video, at: 1100 };
  expect(meterOf(after(1), few).statistics(true)).toMatchObject({ lossRatio: 0 });
});

test.each([
  [{}, 'good'],
  [{ lossRatio: 0.03 }, 'fair'],
  [{ lossRatio: 0.11 }, 'poor'],
  [{ rttMs: 300 }, 'fair'],
  [{ rttMs: 700 }, 'poor'],
  [{ jitterMs: 50 }, 'fair'],
  [{ jitterMs: 130 }, 'poor'],
  [{ isConnected: false }, 'poor'],
] as const)('with %o the network is %s', (input, quality) => {
  expect(qualityOf({ isConnected: true, lossRatio: 0, rttMs: undefined, jitterMs: undefined, ...input })).toBe(quality);
});

test('the worst of several decides', () => {
  expect(worstOf([])).toBe('unknown');
  expect(worstOf(['unknown', 'good'])).toBe('good');
  expect(worstOf(['poor', 'good', 'fair'])).toBe('poor');
});
