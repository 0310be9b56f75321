import { expect, test } from 'vitest';
import { UnansweredPushes } from './unanswered-pushes.ts';

const FIRST = 0x8000_0000;
const packet = (number: number, sentAt = 0) => ({ seq: FIRST + number, bytes: Uint8Array.of(number & 0xff), sentAt });
const numbers = (packets: readonly { seq: number }[]) => packets.map(({ seq }) => seq - FIRST);

test('an answered push is never sent again', () => {
  const pushes = new UnansweredPushes();
  pushes.add(packet(1));
  pushes.acknowledge(FIRST + 1);
  expect(pushes.takeDue(60_000)).toEqual([]);
  expect(pushes.size).toBe(0);
});

test('an unanswered push is due once after five seconds, and then forgotten', () => {
  const pushes = new UnansweredPushes();
  pushes.add(packet(1));
  pushes.add(packet(2, 1000));
  expect(pushes.takeDue(4999)).toEqual([]);
  expect(numbers(pushes.takeDue(5000))).toEqual([1]);
  expect(numbers(pushes.takeDue(6000))).toEqual([2]);
  expect(pushes.takeDue(11_000)).toEqual([]);
  expect(pushes.size).toBe(0);
});

test('what is remembered is bounded, the oldest go', () => {
  const pushes = new UnansweredPushes();
  for (let number = 1; number <= 10_001; number += 1) pushes.add(packet(number));
  expect(pushes.size).toBe(10_000);
  expect(numbers(pushes.takeDue(5000))).not.toContain(1);
});

test.each([
  ['in order', (count: number) => Array.from({ length: count }, (_, index) => index)],
  ['backwards', (count: number) => Array.from({ length: count }, (_, index) => count - 1 - index)],
  ['the even ones first', (count: number) => Array.from({ length: count }, (_, index) => (index * 2) % (count - 1))],
])('answers in any order leave exactly the unanswered ones: %s', (_, order) => {
  const count = 1000;
  const pushes = new UnansweredPushes();
  for (let number = 0; number < count; number += 1) pushes.add(packet(number * 3));
  const answered = new Set(order(count).slice(0, 700));
  for (const index of answered) pushes.acknowledge(FIRST + index * 3);
  const left = Array.from({ length: count }, (_, index) => index).filter((index) => !answered.has(index));
  expect(numbers(pushes.takeDue(5000))).toEqual(left.map((index) => index * 3));
  expect(pushes.size).toBe(0);
});

test('numbers that were not sent here, or sent before, do nothing', () => {
  const pushes = new UnansweredPushes();
  for (const number of [10, 20, 30]) pushes.add(packet(number));
  for (const seq of [1, 10, FIRST + 9, FIRST + 15, FIRST + 31, 0xffff_ffff]) pushes.acknowledge(seq);
  expect(numbers(pushes.takeDue(5000))).toEqual([10, 20, 30]);
  pushes.acknowledge(FIRST + 10);
  expect(pushes.size).toBe(0);
});

test('the numbers begin anew after the last one', () => {
  const pushes = new UnansweredPushes();
  const seqs = [0xffff_fffe, 0xffff_ffff, FIRST, FIRST + 1];
  for (const seq of seqs) pushes.add({ seq, bytes: new Uint8Array(1), sentAt: 0 });
  pushes.acknowledge(FIRST);
  pushes.acknowledge(0xffff_fffe);
  pushes.acknowledge(0xffff_ffff);
  expect(pushes.takeDue(5000).map(({ seq }) => seq)).toEqual([FIRST + 1]);
});

test('a queue that runs on for long is used again', () => {
  const pushes = new UnansweredPushes();
  for (let number = 0; number < 100_000; number += 1) {
    pushes.add(packet(number));
    if (number >= 3) pushes.acknowledge(FIRST + number - 3);
  }
  expect(pushes.size).toBe(3);
  expect(numbers(pushes.takeDue(5000))).toEqual([99_997, 99_998, 99_999]);
});
