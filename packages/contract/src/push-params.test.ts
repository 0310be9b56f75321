import { decodeMsgpack, type Encodable, encodeMsgpack, RawString, WireError, type WireMap } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { clientPushBody, decodePush, encodePush, type PushOf, serverPushBody } from './index.ts';

const hex = (value: Encodable) => Buffer.from(encodeMsgpack(value)).toString('hex');
const wire = (value: Encodable) => decodeMsgpack(encodeMsgpack(value)) as WireMap;
const text = (value: string) => new RawString(new TextEncoder().encode(value));
const message = { from: 101, mid: 3, mtype: 30, attrs: '', mtime: 1_795_239_794_395 };

describe('encodePush', () => {
  test('gives chat to a client as a map', () => {
    const params = encodePush('pushmsg', { ...message, to: 102, msg: clientPushBody(30, text('hi')) });
    expect(hex(params)).toBe(
      [
        '87',
        'a466726f6d65', // from 101
        'a2746f66', // to 102
        'a36d696403', // mid 3
        'a56d747970651e', // mtype 30
        'a36d7367', // msg
        '84',
        'a6736f75726365a0', // source ""
        'a6746172676574a0', // target ""
        'aa736f7572636554657874a26869', // sourceText "hi"
        'aa74617267657454657874a0', // targetText ""
        'a56174747273a0', // attrs ""
        'a56d74696d65cf000001a1fca156db', // mtime
      ].join(''),
    );
  });

  test('gives chat to a back end as text, with the group as receiver too', () => {
    const params = encodePush('pushgroupmsg', { ...message, gid: 7, to: 7, msg: serverPushBody(30, text('hi')) });
    expect(Object.keys(params)).toEqual(['from', 'gid', 'to', 'mid', 'mtype', 'msg', 'attrs', 'mtime']);
    expect(hex({ msg: params['msg'] })).toBe('81a36d7367a26869');
  });

  test('leaves the second name of group and room out for clients', () => {
    const params = encodePush('pushroommsg', { ...message, rid: 7, msg: 'x' });
    expect(params).not.toHaveProperty('to');
  });

  test('of a kickout is an empty map', () => {
    expect(hex(encodePush('kickout', {}))).toBe('80');
    expect(hex(encodePush('kickoutroom', { rid: 5n }))).toBe('81a372696405');
  });

  test('refuses what SDKs would fail on', () => {
    const push = (changes: object) => () =>
      encodePush('pushmsg', { ...message, to: 1, msg: '', ...changes } as unknown as PushOf<'pushmsg'>);
    expect(push({ to: undefined })).toThrow(new TypeError('pushmsg needs to'));
    expect(push({ msg: undefined })).toThrow(TypeError);
    expect(push({ attrs: undefined })).toThrow(TypeError);
    for (const msg of [5, null, {}, { sourceText: '' }, { source: '', target: '', sourceText: '', targetText: 1 }]) {
      expect(push({ msg })).toThrow(new TypeError('msg must be a string, a Uint8Array or a chat body'));
    }
    expect(push({ mid: 2 ** 53 })).toThrow(RangeError);
  });
});

describe('decodePush', () => {
  test('gives ids as bigint and texts as strings', () => {
    const params = { pid: 5, event: 'login', uid: 2n ** 62n, time: 1_795_239_794, endpoint: '10.0.0.1:13321', x: 1 };
    expect(decodePush('pushevent', wire(params))).toEqual({
      ...{ pid: 5, event: 'login', uid: 2n ** 62n, time: 1_795_239_794, endpoint: '10.0.0.1:13321' },
      data: undefined,
    });
  });

  test('gives the content as map, text or bytes, as it came', () => {
    const read = (msg: Encodable) => decodePush('pushbroadcastmsg', wire({ ...message, msg })).msg;
    expect(read('hi')).toEqual(text('hi'));
    expect(read(new Uint8Array([0xff]))).toEqual(new Uint8Array([0xff]));
    const chat = { source: 'en', target: 'fr', sourceText: 'hi', targetText: 'salut' };
    expect(read({ ...chat, extra: 1 })).toEqual(chat);
  });

  test('refuses a push that lacks something or has another type', () => {
    const complete = { ...message, to: 1, msg: 'x' };
    expect(decodePush('pushmsg', wire(complete)).to).toBe(1n);
    for (const name of Object.keys(complete)) {
      expect(() => decodePush('pushmsg', wire({ ...complete, [name]: undefined })), name).toThrow(WireError);
      expect(() => decodePush('pushmsg', wire({ ...complete, [name]: null })), name).toThrow(WireError);
      expect(() => decodePush('pushmsg', wire({ ...complete, [name]: [1] })), name).toThrow(WireError);
    }
    for (const msg of [1, {}, { source: '', target: '', sourceText: '' }, { ...complete }]) {
      expect(() => decodePush('pushmsg', wire({ ...complete, msg }))).toThrow(
        new WireError('the push pushmsg has no str, bin or map msg'),
      );
    }
  });
});
