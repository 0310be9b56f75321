import { expect, test } from 'vitest';
import { UnansweredPushes } from './unanswered-pushes.ts';

const packet = (seq: number) => ({ seq, bytes: Uint8Array.of(seq & 0xff) });
const seqs = (packets: readonly { seq: number }[]) => packets.map(({ seq }) => seq);

test('an answered push is never sent again', () => {
  const pushes = new UnansweredPushes();
  pushes.add(packet(1), 0);
  pushes.acknowledge(1);
  expect(pushes.takeDue(60_000)).toEqual([]);
  expect(pushes.size).toBe(0);
});

test('an unanswered push is due once after five seconds, and then forgotten', () => {
  const pushes = new UnansweredPushes();
  pushes.add(packet(1), 0);
  pushes.add(packet(2), 1000);
  expect(pushes.takeDue(4999)).toEqual([]);
  expect(seqs(pushes.takeDue(5000))).toEqual([1]);
  expect(seqs(pushes.takeDue(6000))).toEqual([2]);
  expect(pushes.takeDue(11_000)).toEqual([]);
  expect(pushes.size).toBe(0);
});

test('what is remembered is bounded, the oldest go', () => {
  const pushes = new UnansweredPushes();
  for (let seq = 1; seq <= 10_001; seq += 1) pushes.add(packet(seq), 0);
  expect(pushes.size).toBe(10_000);
  expect(seqs(pushes.takeDue(5000))).not.toContain(1);
});
