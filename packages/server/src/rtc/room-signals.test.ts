import { expect, test } from 'vitest';
import { formatSignal, parseSignal, type RoomSignal } from './room-signals.ts';

const parse = (text: string) => parseSignal(Buffer.from(text));

const SIGNALS: readonly [string, RoomSignal][] = [
  [
    '{"name":"rtc-signal", "type":1, "cameraEnabled":1, "microphoneEnabled":0}',
    { kind: 'enter', camera: true, microphone: false },
  ],
  ['{"name":"rtc-signal", "type":2}', { kind: 'leave' }],
  ['{"name":"rtc-signal", "type":3}', { kind: 'camera', isOpen: false }],
  ['{"name":"rtc-signal", "type":4}', { kind: 'camera', isOpen: true }],
  ['{"name":"rtc-signal", "type":5}', { kind: 'microphone', isOpen: false }],
  ['{"name":"rtc-signal", "type":6}', { kind: 'microphone', isOpen: true }],
  [
    '{"name":"rtc-heartbeat", "cameraEnabled":0, "microphoneEnabled":1}',
    { kind: 'heartbeat', camera: false, microphone: true },
  ],
];

test.each(SIGNALS)('%s is written and read as browsers do', (text, signal) => {
  expect(formatSignal(signal)).toBe(text);
  expect(parse(text)).toEqual(signal);
});

test('the order of fields and blanks do not matter, true counts as 1', () => {
  expect(parse('{"type":2,"name":"rtc-signal"}')).toEqual({ kind: 'leave' });
  expect(parse(' {"microphoneEnabled":true,"name":"rtc-heartbeat"}')).toEqual({
    kind: 'heartbeat',
    camera: false,
    microphone: true,
  });
});

test.each([
  '',
  'rtc-',
  '{"name":"rtc-signal"}',
  '{"name":"rtc-signal", "type":7}',
  '{"name":"rtc-signal", "type":"2"}',
  '{"name":"rtc-other", "type":2}',
  '{"name":["rtc-signal"], "type":2}',
  '["rtc-signal", 2]',
  'null rtc-',
  '"rtc-signal"',
  '{"name":"rtc-signal", "type":2',
  `{"name":"rtc-signal", "type":2, "more":"${'x'.repeat(256)}"}`,
])('%s is no signal', (text) => {
  expect(parse(text)).toBeUndefined();
});

test('bytes that are no UTF-8 are no signal', () => {
  expect(parseSignal(Uint8Array.of(0xff, 0xfe, ...Buffer.from('rtc-')))).toBeUndefined();
});
