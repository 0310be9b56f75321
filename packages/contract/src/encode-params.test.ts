import { RawString } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { encodeClientParams, encodeParams, type ParamsIn } from './index.ts';

const message = { mtype: 66, from: 1, to: 2, mid: 3, msg: 'hi' };
type Wrong = { [name: string]: unknown };
const send = (changes: Wrong) => () => encodeParams('sendmsg', { ...message, ...changes } as ParamsIn<'sendmsg'>);

describe('encodeParams', () => {
  test('gives declared parameters and leaves out what is undefined', () => {
    const params = { ...message, attrs: undefined, extra: 1 };
    expect(encodeParams('sendmsg', params)).toEqual(message);
  });

  test('takes bodies as text, bytes or raw strings', () => {
    for (const msg of ['', new Uint8Array([1]), new RawString(new Uint8Array([0xff]))]) {
      expect(encodeParams('sendmsg', { ...message, msg })['msg']).toBe(msg);
    }
  });

  test('a missing required parameter is a TypeError', () => {
    expect(send({ to: undefined })).toThrow(new TypeError('sendmsg needs to'));
  });

  test.each([
    ['a string as id', { to: '2' }],
    ['null as id', { to: null }],
    ['a bigint as mtype', { mtype: 30n }],
    ['a number as text', { attrs: 5 }],
    ['a number as body', { msg: 5 }],
    ['an array buffer as body', { msg: new ArrayBuffer(1) }],
  ])('%s is a TypeError', (_, changes) => {
    expect(send(changes)).toThrow(TypeError);
  });

  test.each([
    ['an unsafe number', { to: 2 ** 53 }],
    ['a fraction', { to: 1.5 }],
    ['NaN', { to: Number.NaN }],
    ['a bigint beyond int64', { to: 2n ** 63n }],
    ['a bigint below int64', { to: -(2n ** 63n) - 1n }],
    ['a fraction as mtype', { mtype: 1.5 }],
  ])('%s is a RangeError', (_, changes) => {
    expect(send(changes)).toThrow(RangeError);
  });

  test('ids may span all of int64', () => {
    for (const to of [2n ** 63n - 1n, -(2n ** 63n), Number.MAX_SAFE_INTEGER]) expect(send({ to })()['to']).toBe(to);
  });

  test('names the item of a list that is wrong', () => {
    expect(() => encodeParams('getroomcount', { rids: [1, 2 ** 53] })).toThrow(
      new RangeError('rids[1] is no safe integer; pass a bigint'),
    );
    expect(() => encodeParams('getroomcount', { rids: new Set([1]) as never })).toThrow(TypeError);
    expect(() => encodeParams('getp2pmsg', { uid: 1, ouid: 2, desc: 1 as never, num: 1 })).toThrow(TypeError);
  });

  test('takes texts in lists, times by id and texts by name', () => {
    expect(encodeParams('addlisten', { events: ['login'] })).toEqual({ events: ['login'] });
    expect(encodeClientParams('getp2punreadbytime', { uid_time: new Map([[5n, 1]]) })).toEqual({
      uid_time: new Map([['5', 1]]),
    });
    expect(encodeClientParams('addattrs', { attrs: new Map([['k', 'v']]) })).toEqual({ attrs: new Map([['k', 'v']]) });
    expect(() => encodeParams('addlisten', { events: [5 as never] })).toThrow(
      new TypeError('events[0] must be a string'),
    );
    expect(() => encodeClientParams('addattrs', { attrs: new Map([['k', 5 as never]]) })).toThrow(
      new TypeError('attrs.k must be a string'),
    );
  });

  test('takes only the words of a closed set', () => {
    expect(encodeClientParams('filetoken', { cmd: 'uploadfile' })).toEqual({ cmd: 'uploadfile' });
    expect(() => encodeClientParams('filetoken', { cmd: 'broadcastfile' as never })).toThrow(RangeError);
    expect(() => encodeClientParams('filetoken', { cmd: 5 as never })).toThrow(TypeError);
  });

  test('names a parameter by its first name only', () => {
    expect(encodeClientParams('removesession', { to: 5 })).toEqual({ to: 5 });
  });
});
