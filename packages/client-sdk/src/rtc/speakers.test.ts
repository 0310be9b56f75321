import { beforeEach, expect, test } from 'vitest';
import { Speakers } from './speakers.ts';

let now: number;
let log: string[];
let speakers: Speakers;

beforeEach(() => {
  now = 0;
  log = [];
  speakers = new Speakers({
    now: () => now,
    onSpeaking: (uid, isSpeaking) => log.push(`${uid} ${isSpeaking ? 'speaks' : 'is silent'}`),
    onActiveSpeaker: (uid) => log.push(`active ${uid}`),
  });
});

/** Four samples a second. */
function hear(seconds: number, levels: Readonly<Record<number, number>>): void {
  for (let passed = 0; passed < 1000 * seconds; passed += 250) {
    now += 250;
    speakers.handleLevels(new Map(Object.entries(levels).map(([uid, level]) => [BigInt(uid), level])));
  }
}

test('who is loud enough speaks, and is the active speaker at once', () => {
  hear(1, { 1: 0.005, 2: 0.3 });
  expect(log).toEqual(['2 speaks', 'active 2']);
});

test('a pause between words is no silence', () => {
  hear(1, { 1: 0.3 });
  hear(0.5, { 1: 0 });
  expect(speakers.isSpeaking(1n)).toBe(true);
  hear(0.5, { 1: 0 });
  expect(log).toEqual(['1 speaks', 'active 1', '1 is silent', 'active undefined']);
});

test('somebody louder takes over after a while, not with one cough', () => {
  hear(1, { 1: 0.2, 2: 0 });
  hear(0.5, { 1: 0.2, 2: 0.9 });
  hear(1, { 1: 0.2, 2: 0 });
  expect(speakers.active).toBe(1n);
  hear(2, { 1: 0.2, 2: 0.9 });
  expect(speakers.active).toBe(2n);
});

test('who has gone speaks no more', () => {
  hear(1, { 1: 0.2, 2: 0.1 });
  hear(0.25, { 2: 0.1 });
  expect(log.slice(-3)).toEqual(['1 is silent', 'active undefined', 'active 2']);
  expect(speakers.levelOf(1n)).toBe(0);
});
