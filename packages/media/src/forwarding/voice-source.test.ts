import { expect, test } from 'vitest';
import { VoiceSource } from './voice-source.ts';

const wrapAll = (frames: readonly [number, number][]) => {
  const source = new VoiceSource();
  return frames.map(([timestampMs, bytes]) => source.wrap({ data: new Uint8Array(bytes).fill(9), timestampMs }));
};

test('frames are 20 ms apart on the clock of Opus, however they arrive', () => {
  const frames = wrapAll([
    [1000, 50],
    [1021, 50],
    [1090, 50],
    [1095, 50],
  ]);
  const first = frames[0]!;
  expect(frames.map(({ header }) => (header.timestamp - first.header.timestamp) >>> 0)).toEqual([0, 960, 1920, 2880]);
  expect(frames.map(({ index }) => index - first.index)).toEqual([0, 1, 2, 3]);
  expect(frames.map(({ header }) => header.hasMarker)).toEqual([true, false, false, false]);
});

test('a pause of the speaker moves the clock by its length', () => {
  const [first, second, third] = wrapAll([
    [1000, 50],
    [3000, 50],
    [3020, 50],
  ]);
  expect((second!.header.timestamp - first!.header.timestamp) >>> 0).toBe(96_000);
  expect(second!.header.hasMarker).toBe(true);
  expect((third!.header.timestamp - second!.header.timestamp) >>> 0).toBe(960);
});

test('a frame of silence is silent', () => {
  expect(
    wrapAll([
      [0, 50],
      [20, 1],
    ]).map(({ level }) => level),
  ).toEqual([30, 127]);
});
