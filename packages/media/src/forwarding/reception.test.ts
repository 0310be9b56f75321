import { expect, test } from 'vitest';
import { Reception } from './reception.ts';

const FIRST = 0x10000 + 65_534;

test('reports loss since the last report and altogether, with wraps and the time since the sender report', () => {
  const reception = new Reception(48_000);
  for (const index of [0, 1, 2, 5]) reception.handlePacket(FIRST + index, index * 960, 10, index * 20);
  reception.handleSenderReport(
    {
      type: 'senderReport',
      ssrc: 9,
      ntpSeconds: 0x10002,
      ntpFraction: 0x30000000,
      rtpTimestamp: 0,
      packetCount: 0,
      octetCount: 0,
      reports: [],
    },
    100,
  );
  expect(reception.takeReport(9, 600)).toEqual({
    ssrc: 9,
    fractionLost: 85, // 2 of 6
    cumulativeLost: 2,
    highestSequenceNumber: 0x10003,
    jitter: 0,
    lastSenderReport: 0x00023000,
    delaySinceLastSenderReport: 32_768,
  });
  reception.handlePacket(FIRST + 3, 3 * 960, 10, 130);
  reception.handlePacket(FIRST + 6, 6 * 960, 10, 120);
  expect(reception.takeReport(9, 1600)).toMatchObject({ fractionLost: 0, cumulativeLost: 1 });
  expect(reception).toMatchObject({ packets: 6, bytes: 60 });
});

test('measures jitter in the units of the clock, and not by packets that were sent again', () => {
  const reception = new Reception(48_000);
  reception.handlePacket(FIRST, 0, 1, 0);
  reception.handlePacket(FIRST + 2, 1920, 1, 40 + 10);
  reception.handlePacket(FIRST + 1, 960, 1, 500);
  expect(reception.takeReport(9, 0)?.jitter).toBe(30); // 480 / 16
});

test('has nothing to report before the first packet', () => {
  expect(new Reception(48_000).takeReport(9, 0)).toBeUndefined();
});
