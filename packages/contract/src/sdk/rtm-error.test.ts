import { FpnnError, WireError } from '@parley/fpnn';
import { expect, test } from 'vitest';
import { RtmError, toRtmError } from './rtm-error.ts';

test('an RtmError stays what it is', () => {
  const error = new RtmError(20003, 'late');
  expect(toRtmError(error)).toBe(error);
  expect('cause' in error).toBe(false);
});

test('an FpnnError gives its code, text and cause', () => {
  const cause = new Error('ECONNRESET');
  const error = toRtmError(new FpnnError(20002, 'closed', { cause }));
  expect(error).toBeInstanceOf(RtmError);
  expect(error).toMatchObject({ name: 'RtmError', code: 20002, message: 'closed', cause });
});

test.each([
  [new WireError('too deep', 'bad-payload'), 20006],
  [new WireError('too large', 'not-encodable'), 20005],
  [new Error('anything'), 20001],
  ['a text', 20001],
])('%s becomes code %d and stays the cause', (cause, code) => {
  expect(toRtmError(cause)).toMatchObject({ code, cause });
});
