import { describe, expect, test } from 'vitest';
import { absSendTime, findExtension } from './header-extensions.ts';
import { isRtcp, parseRtp } from './rtp-packet.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('parseRtp', () => {
  test('reads the fixed header', () => {
    expect(parseRtp(bytes('80 ef 1234 deadbeef 0badcafe 010203'))).toEqual({
      hasMarker: true,
      payloadType: 111,
      sequenceNumber: 0x1234,
      timestamp: 0xdeadbeef,
      ssrc: 0x0badcafe,
      extensionProfile: 0,
      extensionsStart: 12,
      extensionsEnd: 12,
      payloadStart: 12,
      payloadEnd: 15,
    });
  });

  test('passes over sources, extensions and padding', () => {
    const packet = bytes('b1 60 0001 00000002 00000003 0000000a bede 0001 10 85 00 00 aabb 00 02');
    expect(parseRtp(packet)).toMatchObject({
      hasMarker: false,
      payloadType: 96,
      extensionProfile: 0xbede,
      extensionsStart: 20,
      extensionsEnd: 24,
      payloadStart: 24,
      payloadEnd: 26,
    });
  });

  test('takes a packet of padding alone', () => {
    expect(parseRtp(bytes('a0 60 0001 00000002 00000003 000003'))).toMatchObject({ payloadStart: 12, payloadEnd: 12 });
  });

  test.each([
    ['nothing', ''],
    ['a header that is cut off', '80 60 0001 00000002 000000'],
    ['version 1', '40 60 0001 00000002 00000003'],
    ['sources that are cut off', '82 60 0001 00000002 00000003 00000001'],
    ['an extension head that is cut off', '90 60 0001 00000002 00000003 bede'],
    ['extensions longer than the packet', '90 60 0001 00000002 00000003 bede 0002 10 85 00 00'],
    ['padding longer than the packet', 'a0 60 0001 00000002 00000003 04'],
    ['padding of 0', 'a0 60 0001 00000002 00000003 aa00'],
  ])('does not take %s', (_what, hex) => {
    expect(parseRtp(bytes(hex))).toBeUndefined();
  });
});

test('RTCP is told apart by its second byte', () => {
  expect(isRtcp(bytes('80 c8 0001'))).toBe(true);
  expect(isRtcp(bytes('80 df 0001'))).toBe(true);
  expect(isRtcp(bytes('80 bf 0001'))).toBe(false);
  expect(isRtcp(bytes('80 ef 0001'))).toBe(false);
});

describe('findExtension', () => {
  const find = (hex: string, id: number) => {
    const packet = bytes(hex);
    return findExtension(packet, parseRtp(packet)!, id);
  };
  const oneByte = '90 60 0001 00000002 00000003 bede 0003 22 aabbcc 00 10 85 f3 10 99 0000 ';

  test('finds an element of the one-byte form, after others and padding', () => {
    expect(find(oneByte, 2)).toBe(17);
    expect(find(oneByte, 1)).toBe(22);
  });

  test('ends at id 15 and where there is none', () => {
    expect(find('90 60 0001 00000002 00000003 bede 0001 f0 00 10 85', 1)).toBe(-1);
    expect(find(oneByte, 3)).toBe(-1);
    expect(find('80 60 0001 00000002 00000003', 1)).toBe(-1);
  });

  test('does not read past the extensions', () => {
    expect(find('90 60 0001 00000002 00000003 bede 0001 00 00 12 85 aabb', 1)).toBe(-1);
  });

  test('finds an element of the two-byte form, and none that is empty', () => {
    expect(find('90 60 0001 00000002 00000003 1000 0002 0200 00 01 01 85 0000', 1)).toBe(21);
    expect(find('90 60 0001 00000002 00000003 1000 0001 0200 0000', 2)).toBe(-1);
  });
});

test('abs-send-time counts 2^-18 s and begins anew after 64 s', () => {
  expect(absSendTime(1000)).toBe(1 << 18);
  expect(absSendTime(64_000)).toBe(0);
  expect(absSendTime(65_500)).toBe(3 << 17);
});
