import { expect, test } from 'vitest';
import { ReconnectSchedule } from './reconnect-schedule.ts';

const longest = () => 1;

function delaysOfFailures(schedule: ReconnectSchedule, count: number): number[] {
  return Array.from({ length: count }, () => {
    const delayMs = schedule.nextDelayMs;
    schedule.handleFailure();
    return delayMs;
  });
}

test('three tries are immediate, then the delay grows to its limit', () => {
  const schedule = new ReconnectSchedule({}, longest);
  expect(delaysOfFailures(schedule, 9)).toEqual([0, 0, 0, 2_000, 4_000, 6_000, 8_000, 8_000, 8_000]);
});

test('jitter takes away at most half of a delay', () => {
  const schedule = new ReconnectSchedule({}, () => 0);
  expect(delaysOfFailures(schedule, 5)).toEqual([0, 0, 0, 1_000, 2_000]);
});

test('a connection that lived for 1.5 s makes the tries immediate again', () => {
  const schedule = new ReconnectSchedule({}, longest);
  delaysOfFailures(schedule, 5);
  schedule.handleLoss(1_500);
  expect(delaysOfFailures(schedule, 4)).toEqual([0, 0, 0, 2_000]);
});

test('a connection that lived for less counts as a failed try', () => {
  const schedule = new ReconnectSchedule({}, longest);
  for (let i = 0; i < 3; i += 1) schedule.handleLoss(1_499);
  expect(schedule.nextDelayMs).toBe(2_000);
});

test.each([{ immediateTries: -1 }, { delayMaxMs: 0 }, { delaySteps: 0 }, { stableAfterMs: Number.NaN }])(
  '%j is refused',
  (options) => {
    expect(() => new ReconnectSchedule(options, longest)).toThrow(RangeError);
  },
);

test('after a reset the tries are immediate again', () => {
  const schedule = new ReconnectSchedule({}, longest);
  delaysOfFailures(schedule, 5);
  schedule.reset();
  expect(delaysOfFailures(schedule, 4)).toEqual([0, 0, 0, 2_000]);
});
