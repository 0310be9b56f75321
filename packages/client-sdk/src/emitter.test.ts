import { expect, test } from 'vitest';
import { Emitter } from './emitter.ts';

test('each listener is called until it is taken out, and one that throws does not keep the others from it', () => {
  const errors: unknown[] = [];
  const seen: string[] = [];
  const emitter = new Emitter<{ said: string }>((error) => errors.push(error));
  const stop = emitter.on('said', (text) => seen.push(`first ${text}`));
  emitter.on('said', () => {
    throw new Error('oops');
  });
  emitter.on('said', (text) => {
    seen.push(`last ${text}`);
    stop();
  });
  emitter.emit('said', 'a');
  emitter.emit('said', 'b');
  expect(seen).toEqual(['first a', 'last a', 'last b']);
  expect(errors.length).toBe(2);
});
