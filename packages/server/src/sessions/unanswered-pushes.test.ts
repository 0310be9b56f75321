import { encodeQuest, PACKET_HEADER_BYTES, QuestBatch } from '@parley/fpnn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnansweredPushes } from './unanswered-pushes.ts';

const FIRST = 0x8000_0000;
const batch = (number: number, count: number, sentAt = 0) => {
  const packets = Array.from({ length: count }, () => encodeQuest({ method: 'push', params: {}, seq: 0 }));
  return { quests: QuestBatch.of(packets, FIRST + number), sentAt };
};
const packet = (number: number, sentAt = 0) => batch(number, 1, sentAt);
const seqOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(PACKET_HEADER_BYTES, true);
const numbers = (packets: readonly Uint8Array[]) => packets.map((bytes) => seqOf(bytes) - FIRST);

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

test('what is remembered of batches is bounded as well', () => {
  const pushes = new UnansweredPushes();
  for (let number = 0; number < 10_500; number += 700) pushes.add(batch(number, 700));
  expect(pushes.size).toBe(10_000);
  pushes.acknowledge(FIRST + 499, 2);
  expect(pushes.size).toBe(9999);
  expect(numbers(pushes.takeDue(5000))[0]).toBe(501);
});

test('one row of answers may reach over several batches, and begin or end in the middle of one', () => {
  const pushes = new UnansweredPushes();
  for (const number of [0, 4, 8]) pushes.add(batch(number, 4));
  pushes.acknowledge(FIRST + 6, 4);
  expect(pushes.size).toBe(12);
  pushes.acknowledge(FIRST, 5);
  expect(numbers(pushes.takeDue(5000))).toEqual([5, 10, 11]);
});

test('of a batch only what is unanswered is due, when its time has come', () => {
  const pushes = new UnansweredPushes();
  pushes.add(batch(0, 3));
  pushes.add(batch(3, 2, 1000));
  pushes.acknowledge(FIRST, 2);
  pushes.acknowledge(FIRST + 4);
  expect(numbers(pushes.takeDue(5000))).toEqual([2]);
  expect(numbers(pushes.takeDue(6000))).toEqual([3]);
  expect(pushes.size).toBe(0);
});

test('whatever is sent and answered, exactly what is unanswered is left', () => {
  const step = fc.oneof(
    fc.record({ skip: fc.nat(3), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ from: fc.nat(60), row: fc.integer({ min: 1, max: 8 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pushes = new UnansweredPushes();
      const waiting = new Set<number>();
      let next = 0;
      for (const each of steps) {
        if ('count' in each) {
          next += each.skip;
          pushes.add(batch(next, each.count));
          for (let number = next; number < next + each.count; number += 1) waiting.add(number);
          next += each.count;
        } else {
          // Answers to what has not been sent yet do not count.
          pushes.acknowledge(FIRST + each.from, each.row);
          for (let number = each.from; number < each.from + each.row; number += 1) waiting.delete(number);
        }
      }
      expect(numbers(pushes.takeDue(5000))).toEqual([...waiting]);
      expect(pushes.size).toBe(0);
    }),
  );
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
  for (const seq of seqs) pushes.add(packet(seq - FIRST));
  pushes.acknowledge(FIRST);
  pushes.acknowledge(0xffff_fffe);
  pushes.acknowledge(0xffff_ffff);
  expect(numbers(pushes.takeDue(5000))).toEqual([1]);
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
