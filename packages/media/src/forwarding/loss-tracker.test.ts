import { expect, test } from 'vitest';
import { LossTracker } from './loss-tracker.ts';

const fill = (tracker: LossTracker, ...indexes: number[]) => indexes.map((index) => tracker.handlePacket(index, 0));

test('asks for what is missing at once, again after 60 ms, and gives up after a second', () => {
  const tracker = new LossTracker();
  fill(tracker, 100, 103);
  expect(tracker.takeDue(0)).toEqual([101, 102]);
  expect(tracker.takeDue(59)).toEqual([]);
  expect(tracker.takeDue(60)).toEqual([101, 102]);
  expect(tracker.handlePacket(102, 70)).toBe('recovered');
  expect(tracker.takeDue(120)).toEqual([101]);
  expect(tracker.takeDue(999)).toEqual([101]);
  expect(tracker.takeDue(1000)).toEqual([]);
  expect(tracker).toMatchObject({ lost: 1, recovered: 1, missingCount: 0 });
});

test('takes no packet twice, and none from before the first', () => {
  const tracker = new LossTracker();
  expect(fill(tracker, 100, 102, 102, 101, 101, 99)).toEqual([
    'new',
    'new',
    'duplicate',
    'recovered',
    'duplicate',
    'duplicate',
  ]);
  expect(tracker.duplicates).toBe(3);
});

test('does not ask for more than a key frame is worth', () => {
  const tracker = new LossTracker();
  fill(tracker, 100, 358);
  expect(tracker.takeDue(0)).toEqual([]);
  expect(tracker.lost).toBe(257);
  fill(tracker, 615);
  expect(tracker.takeDue(0)).toHaveLength(256);
});
