import { expect, test } from 'vitest';
import { createLogger, type LogLevel, silentLogger } from './logger.ts';

function collect(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  return { lines, log: createLogger({ level, write: (line) => lines.push(JSON.parse(line)) }) };
}

test('each line is one object with level, time, process, message and the fields', () => {
  const { lines, log } = collect('debug');
  log.debug('one', { rooms: 2 });
  log.info('two');
  log.warn('three');
  log.error('four');
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ['debug', 'one'],
    ['info', 'two'],
    ['warn', 'three'],
    ['error', 'four'],
  ]);
  expect(lines[0]).toMatchObject({ pid: process.pid, rooms: 2 });
  expect(new Date(lines[0]!['time'] as string).getTime()).toBeCloseTo(Date.now(), -5);
});

test('lines below the level are left out, and a silent log writes none', () => {
  const { lines, log } = collect('warn');
  log.info('quiet');
  log.warn('loud');
  expect(lines).toHaveLength(1);
  const silent = collect('silent');
  silent.log.error('nothing');
  silentLogger.child({ a: 1 }).error('nothing');
  expect(silent.lines).toEqual([]);
});

test('a child adds its fields, those of its parents included', () => {
  const { lines, log } = collect('info');
  log.child({ gate: 'server' }).child({ session: 7n }).info('opened', { address: '::1' });
  expect(lines[0]).toMatchObject({ gate: 'server', session: '7', address: '::1', msg: 'opened' });
});

test('errors keep their stack, bigints their digits, and what refers to itself does not throw', () => {
  const { lines, log } = collect('info');
  const circle: { self?: unknown } = {};
  circle.self = circle;
  log.info('odd', { cause: new TypeError('wrong'), id: 2n ** 63n - 1n, circle, ids: [1n] });
  expect(lines[0]?.['cause']).toMatch(/^TypeError: wrong\n +at /);
  expect(lines[0]?.['id']).toBe('9223372036854775807');
});
