import { beforeEach, describe, expect, test } from 'vitest';
import { DELTA_FRAME, KEY_FRAME, RecordingSink, rtpPacket } from '../../test/packets.ts';
import { parseRtcp } from '../rtcp/compound.ts';
import { parseRtp } from '../rtp/rtp-packet.ts';
import { Channel } from './channel.ts';
import { ntpToMs } from './clock.ts';
import { OutgoingStream } from './outgoing-stream.ts';

const FIRST_OUT = 100;
const NOW = 1_700_000_000_000;

describe('a channel', () => {
  let keyFrameRequests: number;
  let sink: RecordingSink;

  beforeEach(() => {
    keyFrameRequests = 0;
    sink = new RecordingSink();
  });

  const createChannel = (kind: 'audio' | 'video') => {
    const channel = new Channel(kind, () => {
      keyFrameRequests += 1;
    });
    const output = createOutput(kind, sink);
    channel.addOutput(output);
    return { channel, output };
  };
  const createOutput = (kind: 'audio' | 'video', to: RecordingSink) =>
    new OutgoingStream({
      kind,
      ssrc: 0xaabbccdd,
      payloadType: 96,
      extensionId: 5,
      sink: to,
      firstSequenceNumber: FIRST_OUT,
    });
  /** Feeds a packet; the index is the sequence number. */
  const feed = (
    channel: Channel,
    sequenceNumber: number,
    {
      payload = [1],
      timestamp = sequenceNumber * 960,
      nowMs = NOW,
    }: { payload?: readonly number[]; timestamp?: number; nowMs?: number } = {},
  ) => {
    const bytes = rtpPacket({ sequenceNumber, timestamp, payload });
    channel.handlePacket(bytes, parseRtp(bytes)!, sequenceNumber, channel.kind === 'audio' ? 20 : undefined, nowMs);
  };
  const numbers = () => sink.takeHeaders().map(({ sequenceNumber }) => sequenceNumber - FIRST_OUT);

  test('rewrites what differs between viewers and keeps the rest', () => {
    const { channel } = createChannel('audio');
    const other = new RecordingSink();
    channel.addOutput(
      new OutgoingStream({
        kind: 'audio',
        ssrc: 1,
        payloadType: 109,
        extensionId: undefined,
        sink: other,
        firstSequenceNumber: 7,
      }),
    );
    feed(channel, 4000, { payload: [9, 8, 7], timestamp: 123 });
    expect(sink.take()[0]!.toString('hex')).toBe('90600064' + '0000007b' + 'aabbccdd' + 'bede000150140000' + '090807');
    // Id 15 ends the list of extensions for a viewer that has agreed on none.
    expect(other.take()[0]!.toString('hex')).toBe('906d0007' + '0000007b' + '00000001' + 'bede0001f0140000' + '090807');
  });

  test('shows a viewer the gaps of loss, so that it can ask', () => {
    const { channel, output } = createChannel('audio');
    for (const number of [10, 11, 14]) feed(channel, number);
    expect(numbers()).toEqual([0, 1, 4]);
    feed(channel, 12);
    expect(numbers()).toEqual([2]);
    channel.retransmit(output, [FIRST_OUT + 1, FIRST_OUT + 3], NOW);
    expect(numbers()).toEqual([1]);
    expect(output).toMatchObject({ retransmitted: 1, notFound: 1 });
  });

  test('sends again with the same number, also across the wrap of both counts', () => {
    const { channel, output } = createChannel('audio');
    for (let index = 65_530; index < 65_550; index += 1) feed(channel, index);
    const sent = sink.take();
    channel.retransmit(output, [FIRST_OUT + 10], NOW);
    expect(sink.take()).toEqual([sent[10]]);
  });

  test('does not keep more than the ring', () => {
    const { channel, output } = createChannel('audio');
    for (let index = 0; index < 1026; index += 1) feed(channel, index);
    sink.take();
    channel.retransmit(output, [FIRST_OUT, FIRST_OUT + 1, FIRST_OUT + 2, FIRST_OUT + 1025], NOW);
    expect(numbers()).toEqual([2, 1025]);
  });

  test('bounds what requests can cause in a second', () => {
    const { channel, output } = createChannel('audio');
    for (let index = 0; index < 1000; index += 1) feed(channel, index);
    sink.take();
    const all = Array.from({ length: 1000 }, (_, index) => FIRST_OUT + index);
    for (let turn = 0; turn < 5; turn += 1) channel.retransmit(output, all, NOW);
    expect(sink.take()).toHaveLength(2000);
    output.renewRetransmissions();
    channel.retransmit(output, all, NOW);
    expect(sink.take()).toHaveLength(1000);
  });

  test('leaves no gap where a member was forbidden to speak', () => {
    const { channel } = createChannel('audio');
    feed(channel, 1);
    channel.setForbidden(true);
    for (const number of [2, 3, 4]) feed(channel, number);
    expect(numbers()).toEqual([0]);
    channel.setForbidden(false);
    feed(channel, 5);
    feed(channel, 6);
    expect(numbers()).toEqual([1, 2]);
  });

  test('never sends what came while it was forbidden, late or asked for', () => {
    const { channel, output } = createChannel('audio');
    feed(channel, 1);
    channel.setForbidden(true);
    feed(channel, 2);
    feed(channel, 4);
    channel.setForbidden(false);
    feed(channel, 3);
    feed(channel, 5);
    expect(numbers()).toEqual([0, 1]);
    channel.retransmit(output, [FIRST_OUT - 1, FIRST_OUT, FIRST_OUT + 1, FIRST_OUT + 2], NOW);
    const again = sink.takeHeaders();
    expect(again.map(({ timestamp }) => timestamp / 960)).toEqual([1, 5]);
  });

  test('answers for what was lost just before a pause', () => {
    const { channel, output } = createChannel('audio');
    feed(channel, 1);
    feed(channel, 2);
    channel.setBlocked(output, true);
    feed(channel, 3);
    channel.setBlocked(output, false);
    feed(channel, 4);
    sink.take();
    channel.retransmit(output, [FIRST_OUT + 1, FIRST_OUT + 2], NOW);
    expect(sink.takeHeaders().map(({ timestamp }) => timestamp / 960)).toEqual([2, 4]);
  });

  test('blocks for one viewer alone', () => {
    const { channel, output } = createChannel('audio');
    const other = new RecordingSink();
    channel.addOutput(createOutput('audio', other));
    channel.setBlocked(output, true);
    feed(channel, 1);
    expect(sink.take()).toHaveLength(0);
    expect(other.take()).toHaveLength(1);
  });

  test('begins video at a key frame, which it asks for, and goes on with all that follows', () => {
    const { channel } = createChannel('video');
    expect(keyFrameRequests).toBe(1);
    feed(channel, 1, { payload: DELTA_FRAME });
    expect(numbers()).toEqual([]);
    feed(channel, 2, { payload: KEY_FRAME });
    feed(channel, 3, { payload: DELTA_FRAME });
    expect(numbers()).toEqual([0, 1]);
  });

  test.each(['setForbidden', 'setBlocked', 'changeSource'] as const)('waits for a new key frame after %s', (pause) => {
    const { channel, output } = createChannel('video');
    feed(channel, 1, { payload: KEY_FRAME });
    if (pause === 'changeSource') channel.changeSource();
    else if (pause === 'setForbidden') channel.setForbidden(true);
    else channel.setBlocked(output, true);
    const asked = keyFrameRequests;
    if (pause === 'setForbidden') channel.setForbidden(false);
    if (pause === 'setBlocked') channel.setBlocked(output, false);
    if (pause !== 'changeSource') expect(keyFrameRequests).toBe(asked + 1);
    feed(channel, 2, { payload: DELTA_FRAME });
    feed(channel, 3, { payload: KEY_FRAME });
    expect(numbers()).toEqual([0, 1]);
  });

  test('takes up a key frame whose first packet comes last', () => {
    const { channel } = createChannel('video');
    feed(channel, 1, { payload: DELTA_FRAME });
    feed(channel, 3, { payload: [0, 1, 1] });
    feed(channel, 5, { payload: [0, 1, 2] });
    feed(channel, 2, { payload: KEY_FRAME });
    expect(numbers()).toEqual([0, 1, 3]);
  });

  test('goes on counting when the publisher is replaced, and its clock moves by the time that has passed', () => {
    const { channel } = createChannel('audio');
    feed(channel, 60_000, { timestamp: 4_000_000_000, nowMs: NOW });
    channel.changeSource();
    feed(channel, 5, { timestamp: 77, nowMs: NOW + 500 });
    feed(channel, 6, { timestamp: 77 + 960, nowMs: NOW + 520 });
    const [first, second, third] = sink.takeHeaders();
    expect([second!.sequenceNumber, third!.sequenceNumber]).toEqual([FIRST_OUT + 1, FIRST_OUT + 2]);
    expect((second!.timestamp - first!.timestamp) >>> 0).toBe(24_000);
    expect((third!.timestamp - second!.timestamp) >>> 0).toBe(960);
  });

  test('moves its clock forward even when a new publisher comes in the same moment', () => {
    const { channel } = createChannel('audio');
    feed(channel, 1, { timestamp: 1000 });
    channel.changeSource();
    feed(channel, 1, { timestamp: 1000 });
    expect(sink.takeHeaders().map(({ timestamp }) => timestamp)).toEqual([1000, 1960]);
  });

  test('tells viewers the time on its own clock, also after a replacement', () => {
    const { channel } = createChannel('audio');
    feed(channel, 1, { timestamp: 48_000 });
    channel.changeSource();
    feed(channel, 9, { timestamp: 5, nowMs: NOW + 1000 });
    sink.take();
    channel.sendSenderReports(NOW + 1000);
    expect(sink.take()).toEqual([]);
    channel.setClockPoint(NOW + 990, 5);
    channel.sendSenderReports(NOW + 1040);
    const [report] = parseRtcp(sink.take()[0]!)!;
    if (report?.type !== 'senderReport') throw new Error('no sender report');
    expect(report).toMatchObject({ ssrc: 0xaabbccdd, packetCount: 2, octetCount: 2 });
    expect(ntpToMs(report.ntpSeconds, report.ntpFraction)).toBeCloseTo(NOW + 1040, 2);
    expect(report.rtpTimestamp).toBe(48_000 + 48_000 + 50 * 48);
  });
});
