import { describe, expect, test } from 'vitest';
import { parseStreamUrl } from './stream-url.ts';

test('the official form names project, room and user', () => {
  expect(parseStreamUrl('webrtc://rtc.example:13706/80000001/555/9007199254740993')).toEqual({
    pid: 80_000_001,
    rid: 555n,
    uid: 9_007_199_254_740_993n,
    token: undefined,
  });
});

test('a token stands in the query, beside whatever else', () => {
  expect(parseStreamUrl('webrtc://h/1/-2/3?a=b&token=x%2By&c').token).toBe('x+y');
  expect(parseStreamUrl('webrtc://h/1/-2/3?').token).toBeUndefined();
});

describe('refused with 200034 is', () => {
  test.each([
    '',
    'webrtc://h',
    'webrtc:///1/2/3',
    'webrtc://h/1/2',
    'webrtc://h/1/2/3/4',
    'webrtc://h/1/2/3#x',
    'webrtc://h/-1/2/3',
    'webrtc://h/1/2/0x3',
    'webrtc://h/1/2/ 3',
    'webrtc://h/1/2/0',
    'webrtc://h/1/9223372036854775808/3',
    'https://h/1/2/3',
  ])('%j', (text) => {
    expect(() => parseStreamUrl(text)).toThrow(expect.objectContaining({ code: 200034 }));
  });
});
