import { decodeMsgpack, encodeMsgpack, RawString, WireError, type WireMap } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import {
  type AnswerOf,
  decodeAnswer,
  decodeClientAnswer,
  encodeAnswer,
  encodeClientAnswer,
  type MethodName,
} from './index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('encodeAnswer', () => {
  test('the time of a message is an integer on the wire', () => {
    // {"mtime": uint64 1795239794395}
    expect(hex(encodeMsgpack(encodeAnswer('sendmsg', { mtime: 1_795_239_794_395 })))).toBe(
      '81a56d74696d65cf000001a1fca156db',
    );
  });

  test('a method without results answers an empty map', () => {
    expect(hex(encodeMsgpack(encodeAnswer('delmsg', {})))).toBe('80');
  });

  test('administrators are sent under all three names', () => {
    const answer = encodeAnswer('getRTCRoomMembers', { uids: [1, 2n], administrators: [2n], owner: 0 });
    expect(answer).toEqual({ uids: [1, 2n], administrators: [2n], managers: [2n], administartors: [2n], owner: 0 });
    expect(encodeAnswer('getVoiceRoomMembers', { uids: [], administrators: [], owner: 0n })).toHaveProperty('managers');
  });

  test('counts are keyed by decimal strings', () => {
    const answer = encodeAnswer('getroomcount', { cn: new Map([[2n ** 62n, 3]]) });
    expect(answer).toEqual({ cn: new Map([['4611686018427387904', 3]]) });
  });

  test('an optional field may be left out, and only such a one', () => {
    expect(encodeAnswer('dataget', {})).toEqual({});
    expect(encodeAnswer('dataget', { val: undefined })).toEqual({});
    expect(encodeAnswer('dataget', { val: '' })).toEqual({ val: '' });
    expect(() => encodeAnswer('dataget', { val: null as never })).toThrow(
      new TypeError('the answer of dataget lacks val'),
    );
  });

  test('infos, muted types and numbers are keyed by decimal strings', () => {
    const info = encodeAnswer('getuseropeninfo', { info: new Map([[-(2n ** 63n), 'me']]) });
    expect(info).toEqual({ info: new Map([['-9223372036854775808', 'me']]) });
    const options = encodeAnswer('getoption', { p2p: new Map([[5n, [0]]]), group: new Map() });
    expect(options).toEqual({ p2p: new Map([['5', [0]]]), group: new Map() });
    // {"p2p": {"5": 2}, "ltime": {"5": 9}}
    const counts = encodeClientAnswer('getp2punread', { p2p: new Map([[5n, 2]]), ltime: new Map([[5n, 9]]) });
    expect(hex(encodeMsgpack(counts))).toBe('82a370327081a13502a56c74696d6581a13509');
  });

  test('keys and values of a wrong type are refused', () => {
    const info = (map: unknown) => () => encodeAnswer('getuseropeninfo', { info: map as never });
    expect(info({ 5: 'me' })).toThrow(new TypeError('info must be a Map'));
    expect(info(new Map([[5, 'me']]))).toThrow(new TypeError('each key of info must be a bigint'));
    expect(info(new Map([[2n ** 63n, 'me']]))).toThrow(new RangeError('each key of info must lie within int64'));
    expect(info(new Map([[5n, 5]]))).toThrow(new TypeError('info[5] must be a string'));
  });

  test('attributes are a map for one SDK and a list of maps for another', () => {
    const own = new Map([['k', 'v']]);
    expect(hex(encodeMsgpack(encodeClientAnswer('getattrs', { attrs: own })))).toBe('81a5617474727381a16ba176');
    expect(hex(encodeMsgpack(encodeClientAnswer('getattrs', { attrs: [own] })))).toBe('81a561747472739181a16ba176');
    expect(() => encodeClientAnswer('getattrs', { attrs: { k: 'v' } as never })).toThrow(TypeError);
  });

  test('the lists of conversations are parallel, with a gap where there is no message', () => {
    const answer = encodeClientAnswer('getgroupconversationlist', { conversations: [7n], unreads: [0], msgs: [null] });
    expect(answer).toEqual({ conversations: [7n], unreads: [0], msgs: [[0, 0, 0, 0, false, '', '', 0]] });
  });

  test('a field that is left out or nil is a fault of the handler', () => {
    const forgotten = [{ oinfo: '' }, { oinfo: '', pinfo: undefined }, { oinfo: '', pinfo: null }];
    for (const answer of forgotten) {
      expect(() => encodeAnswer('getroominfo', answer as AnswerOf<'getroominfo'>)).toThrow(
        new TypeError('the answer of getroominfo lacks pinfo'),
      );
    }
  });

  test('undeclared fields are not sent', () => {
    const answer: AnswerOf<'isbanofroom'> & { secret: string } = { ok: false, secret: 'x' };
    expect(encodeAnswer('isbanofroom', answer)).toEqual({ ok: false });
  });

  test('wrong types and unsafe numbers are refused', () => {
    expect(() => encodeAnswer('isbanofroom', { ok: 1 } as never)).toThrow(new TypeError('ok must be a boolean'));
    expect(() => encodeAnswer('getroommembers', { uids: [2 ** 53] })).toThrow(RangeError);
    expect(() => encodeAnswer('sendmsg', { mtime: 1.5 })).toThrow(RangeError);
  });
});

describe('decodeAnswer', () => {
  const read = <M extends MethodName>(method: M, answer: Parameters<typeof encodeMsgpack>[0]) =>
    decodeAnswer(method, decodeMsgpack(encodeMsgpack(answer)) as WireMap);

  test('undeclared fields are ignored', () => {
    expect(read('sendmsg', { mtime: 5, extra: 1 })).toEqual({ mtime: 5 });
  });

  test('administrators are read under any of their names', () => {
    for (const name of ['administrators', 'managers', 'administartors']) {
      expect(read('getRTCRoomMembers', { uids: [], [name]: [7], owner: 0 }).administrators).toEqual([7n]);
    }
  });

  test('texts are strings, bodies stay what they were', () => {
    const answer = read('getmsg', {
      id: 1,
      mtype: 66,
      msg: new Uint8Array([0xff]),
      attrs: new RawString(new Uint8Array([0xff])),
      mtime: 5,
    });
    expect(answer).toEqual({ id: 1n, mtype: 66, msg: new Uint8Array([0xff]), attrs: '\uFFFD', mtime: 5 });
  });

  test('counts have ids as keys', () => {
    expect(read('getroomcount', { cn: { '4611686018427387904': 3 } }).cn).toEqual(new Map([[2n ** 62n, 3]]));
  });

  test('an optional field that is missing or nil is undefined', () => {
    expect(read('dataget', {})).toEqual({ val: undefined });
    expect(read('dataget', { val: null })).toEqual({ val: undefined });
    expect(() => read('dataget', { val: 1 })).toThrow(WireError);
  });

  test('both forms of attributes are read as they come', () => {
    const attrs = (value: Parameters<typeof encodeMsgpack>[0]) =>
      decodeClientAnswer('getattrs', decodeMsgpack(encodeMsgpack({ attrs: value })) as WireMap).attrs;
    expect(attrs({ k: 'v' })).toEqual(new Map([['k', 'v']]));
    expect(attrs([{ k: 'v' }, {}])).toEqual([new Map([['k', 'v']]), new Map()]);
    for (const value of ['k', { k: 1 }, [1], [{ k: null }]]) expect(() => attrs(value)).toThrow(WireError);
  });

  test.each<[MethodName, Parameters<typeof encodeMsgpack>[0]]>([
    ['sendmsg', {}],
    ['sendmsg', { mtime: null }],
    ['sendmsg', { mtime: 'soon' }],
    ['isbanofroom', { ok: 1 }],
    ['getroommembers', { uids: {} }],
    ['getroommembers', { uids: ['a'] }],
    ['getuseropeninfo', { info: { a: 'x' } }],
    ['getuseropeninfo', { info: { 1: 1 } }],
    ['getoption', { p2p: { 1: 30 }, group: {} }],
    ['getroomcount', { cn: [] }],
    ['getroomcount', { cn: { a: 1 } }],
    ['getroomcount', { cn: { 1: 'a' } }],
    ['getgroupmsg', { num: 1, lastid: 1, begin: 0, end: 0, msgs: [[1, 2, 3]] }],
    ['getgroupmsg', { num: 1, lastid: 1, begin: 0, end: 0, msgs: {} }],
  ])('%s: an answer %j that does not match is a WireError', (method, answer) => {
    expect(() => read(method, answer)).toThrow(WireError);
  });
});
