import { describe, expect, test } from 'vitest';
import { parseRtcp } from './compound.ts';
import { encodePictureLoss } from './key-frame-requests.ts';
import { encodeNack } from './nack.ts';
import { encodeReceiverTimeEcho } from './receiver-time.ts';
import { encodeRemb } from './remb.ts';
import { compactNtp, encodeReceiverReport, encodeSenderReport } from './reports.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hexOf = (packet: Buffer): string => packet.toString('hex');

describe('reports', () => {
  const sender = {
    ssrc: 0x11111111,
    ntpSeconds: 0xe5000001,
    ntpFraction: 0x80000000,
    rtpTimestamp: 960,
    packetCount: 50,
    octetCount: 5000,
  };
  const senderHex = '80c80006 11111111 e5000001 80000000 000003c0 00000032 00001388';
  const block = {
    ssrc: 0x22222222,
    fractionLost: 13,
    cumulativeLost: -2,
    highestSequenceNumber: 0x0001ffff,
    jitter: 7,
    lastSenderReport: 0x00018000,
    delaySinceLastSenderReport: 0x8000,
  };
  const blockHex = '22222222 0dfffffe 0001ffff 00000007 00018000 00008000';

  test('a sender report is encoded and decoded', () => {
    expect(hexOf(encodeSenderReport(sender))).toBe(hexOf(bytes(senderHex)));
    expect(parseRtcp(bytes(senderHex))).toEqual([{ type: 'senderReport', ...sender, reports: [] }]);
  });

  test('a receiver report is encoded and decoded, with a negative loss', () => {
    const hex = `81c90007 33333333 ${blockHex}`;
    expect(hexOf(encodeReceiverReport(0x33333333, [block]))).toBe(hexOf(bytes(hex)));
    expect(parseRtcp(bytes(hex))).toEqual([{ type: 'receiverReport', ssrc: 0x33333333, reports: [block] }]);
  });

  test('a sender report carries blocks too', () => {
    const [packet] = parseRtcp(bytes(`81c8000c ${senderHex.slice(9)} ${blockHex}`))!;
    expect(packet).toMatchObject({ type: 'senderReport', reports: [block] });
  });

  test('the middle of an NTP time names a report', () => {
    expect(compactNtp(0xe5000001, 0x80000000)).toBe(0x00018000);
  });
});

describe('a request to send again', () => {
  test('names 17 packets with one entry, across the wrap', () => {
    const packet = encodeNack(1, 2, [65_534, 65_535, 0, 14]);
    expect(hexOf(packet)).toBe('81cd0003' + '00000001' + '00000002' + 'fffe8003');
    expect(parseRtcp(packet)).toEqual([
      { type: 'nack', senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [65_534, 65_535, 0, 14] },
    ]);
  });

  test('takes a second entry for the eighteenth packet', () => {
    const packet = encodeNack(1, 2, [10, 26, 27]);
    expect(hexOf(packet)).toBe('81cd0004' + '00000001' + '00000002' + '000a8000' + '001b0000');
  });
});

test('a picture loss is encoded and decoded', () => {
  expect(hexOf(encodePictureLoss(1, 2))).toBe('81ce0002' + '00000001' + '00000002');
  expect(parseRtcp(encodePictureLoss(1, 2))).toEqual([{ type: 'pictureLoss', senderSsrc: 1, mediaSsrc: 2 }]);
});

test('a full intra request names its streams', () => {
  expect(parseRtcp(bytes('84ce0006 00000001 00000000 00000005 01000000 00000006 02000000'))).toEqual([
    { type: 'fullIntraRequest', senderSsrc: 1, mediaSsrcs: [5, 6] },
  ]);
});

describe('REMB', () => {
  test('is encoded and decoded', () => {
    const packet = encodeRemb(1, 2_500_000, [5, 6]);
    // 2,500,000 = 156,250 * 2^4.
    expect(hexOf(packet)).toBe(
      '8fce0006' + '00000001' + '00000000' + '52454d42' + '0212625a' + '00000005' + '00000006',
    );
    expect(parseRtcp(packet)).toEqual([{ type: 'remb', senderSsrc: 1, bitrateBps: 2_500_000, mediaSsrcs: [5, 6] }]);
  });

  test('is passed over when its list is cut off or the word is another', () => {
    expect(parseRtcp(bytes('8fce0005 00000001 00000000 52454d42 02126258 00000005'))).toEqual([]);
    expect(parseRtcp(bytes('8fce0004 00000001 00000000 41424344 00126258'))).toEqual([]);
  });
});

describe('the time of a receiver', () => {
  // As Chromium 156 sends it, after another block.
  const time = '00000001 07000000 04000002 eeb4c662 925ecc3e';

  test('is decoded, and echoed with its middle 32 bits', () => {
    const [packet] = parseRtcp(bytes(`80cf0005 ${time}`))!;
    if (packet?.type !== 'receiverTime') throw new Error('no receiver time');
    expect(packet).toEqual({
      type: 'receiverTime',
      senderSsrc: 1,
      ntpSeconds: 0xeeb4c662,
      ntpFraction: 0x925ecc3e,
    });
    const echo = encodeReceiverTimeEcho(9, packet);
    expect(hexOf(echo)).toBe('80cf0005' + '00000009' + '05000003' + '00000001' + 'c662925e' + '00000000');
  });

  test('is passed over when it is cut off or another block', () => {
    expect(parseRtcp(bytes('80cf0003 00000001 04000002 eeb4c662'))).toEqual([]);
    expect(parseRtcp(bytes('80cf0004 00000001 06000002 eeb4c662 925ecc3e'))).toEqual([]);
    expect(parseRtcp(bytes('80cf0000'))).toEqual([]);
  });
});

describe('a compound', () => {
  test('is read packet by packet; what is not known is passed over', () => {
    const compound = Buffer.concat([
      encodeReceiverReport(1, []),
      bytes('81ca0002 00000001 01020000'), // a source description
      bytes('81cb0001 00000009'),
      encodePictureLoss(1, 2),
    ]);
    expect(parseRtcp(compound)).toEqual([
      { type: 'receiverReport', ssrc: 1, reports: [] },
      { type: 'bye', ssrcs: [9] },
      { type: 'pictureLoss', senderSsrc: 1, mediaSsrc: 2 },
    ]);
  });

  test('may end with padding', () => {
    expect(parseRtcp(bytes('a1cd0004 00000001 00000002 00070000 00000004'))).toEqual([
      { type: 'nack', senderSsrc: 1, mediaSsrc: 2, sequenceNumbers: [7] },
    ]);
  });

  test.each([
    ['a head that is cut off', '80c9'],
    ['a packet longer than the bytes', '80c90002 00000001'],
    ['version 0', '00c90001 00000001'],
    ['more padding than packet', 'a0c90001 000000ff'],
    ['a bad packet after a good one', '80c90001 00000001 80c9'],
  ])('is refused with %s', (_what, hex) => {
    expect(parseRtcp(bytes(hex))).toBeUndefined();
  });

  test.each([
    ['a report with fewer blocks than it says', '81c90001 00000001'],
    ['a sender report without its time', '80c80001 00000001'],
    ['a NACK of nothing', '81cd0002 00000001 00000002'],
    ['a BYE with fewer sources than it says', '82cb0001 00000009'],
    ['a FIR of nothing', '84ce0002 00000001 00000002'],
  ])('leaves out %s', (_what, hex) => {
    expect(parseRtcp(bytes(hex))).toEqual([]);
  });
});
