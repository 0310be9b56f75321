import { expect, test } from 'vitest';
import { SpeakerDetector } from './speaker-detector.ts';

const turns = (detector: SpeakerDetector, levels: Record<string, number>, count: number): number => {
  let changes = 0;
  for (let turn = 0; turn < count; turn += 1) {
    if (detector.handleLevels(Object.entries(levels).map(([member, level]) => ({ member, level })))) changes += 1;
  }
  return changes;
};

test('who speaks becomes the speaker, and nobody is one after a second of silence', () => {
  const detector = new SpeakerDetector();
  expect(turns(detector, { ada: 0.8, bob: 0.3 }, 10)).toBe(1);
  expect(detector.speaker).toBe('ada');
  expect(turns(detector, { bob: 0.3 }, 10)).toBe(1);
  expect(detector.speaker).toBeUndefined();
});

test('a short word of another does not take over, speech does', () => {
  const detector = new SpeakerDetector();
  turns(detector, { ada: 0.75 }, 10);
  turns(detector, { ada: 0.75, bob: 0.95 }, 1);
  expect(detector.speaker).toBe('ada');
  turns(detector, { ada: 0.75, bob: 0.95 }, 5);
  expect(detector.speaker).toBe('bob');
});

test('two who speak alike do not take turns', () => {
  const detector = new SpeakerDetector();
  turns(detector, { ada: 0.8 }, 5);
  let changes = 0;
  for (let turn = 0; turn < 50; turn += 1) changes += turns(detector, { ada: 0.8 + (turn % 3) * 0.02, bob: 0.82 }, 1);
  expect(changes).toBe(0);
});

test('a pause between words is no end', () => {
  const detector = new SpeakerDetector();
  turns(detector, { ada: 0.8 }, 10);
  turns(detector, {}, 4);
  expect(detector.speaker).toBe('ada');
});
