import { expect, test } from 'vitest';
import { QueuedBytes } from './queued-bytes.ts';

const [a, b, c] = ['aa', 'b', 'ccc'].map((text) => new TextEncoder().encode(text));
const textOf = (queue: QueuedBytes) => new TextDecoder().decode(queue.joined());

test('sockets that are given the same pieces in the same order share one queue, joined once', () => {
  const root = QueuedBytes.root();
  const first = [a!, b!, c!].reduce((queue, piece) => queue.with(piece), root);
  const second = [a!, b!, c!].reduce((queue, piece) => queue.with(piece), root);
  expect(second).toBe(first);
  expect(textOf(first)).toBe('aabccc');
  expect(second.joined()).toBe(first.joined());
  expect(first.length).toBe(6);
});

test('members that get their pieces in turns share as well, and one that differs gets its own', () => {
  const root = QueuedBytes.root();
  let members = [root, root, root];
  members = members.map((queue, index) => queue.with(index === 1 ? c! : a!));
  members = members.map((queue) => queue.with(b!));
  expect(members.map(textOf)).toEqual(['aab', 'cccb', 'aab']);
});

test('a single piece is not copied, and made a Buffer once', () => {
  const queue = QueuedBytes.root().with(a!);
  expect(queue.joined()).toBeInstanceOf(Buffer);
  expect(queue.joined().buffer).toBe(a!.buffer);
  expect(queue.joined()).toBe(queue.joined());
});

test('a root that forgets makes new queues; those that are out stay as they are', () => {
  const root = QueuedBytes.root();
  const before = root.with(a!).with(b!);
  root.forget();
  expect(root.with(a!).with(c!)).not.toBe(before);
  expect(textOf(before)).toBe('aab');
});
