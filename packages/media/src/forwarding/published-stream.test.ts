import { beforeEach, describe, expect, test } from 'vitest';
import { RecordingSink, rtpPacket } from '../../test/packets.ts';
import { parseRtcp } from '../rtcp/compound.ts';
import { encodeSenderReport } from '../rtcp/reports.ts';
import { PublishedStream } from './published-stream.ts';

const RECEIVER = 99;

describe('a published stream', () => {
  let sink: RecordingSink;
  let told: string[];

  beforeEach(() => {
    sink = new RecordingSink();
    told = [];
  });

  const create = (kind: 'audio' | 'video') =>
    new PublishedStream(
      { kind, payloadType: 111, audioLevelId: 1, sink, receiverSsrc: RECEIVER },
      {
        handlePacket: (_bytes, _header, index, level) => told.push(`${index - 0x10000} ${level}`),
        handleSenderReport: ({ rtpTimestamp }) => told.push(`report ${rtpTimestamp}`),
        handleNewSsrc: () => told.push('new'),
      },
    );
  const asked = () => sink.take().flatMap((bytes) => parseRtcp(bytes)!);

  test('gives packets with their level, each once', () => {
    const stream = create('audio');
    for (const sequenceNumber of [10, 11, 11]) stream.handleMessage(rtpPacket({ sequenceNumber }), 0);
    expect(told).toEqual(['10 20', '11 20']);
  });

  test('asks for what is missing, for voice too, and counts what came of it', () => {
    const stream = create('audio');
    stream.handleMessage(rtpPacket({ sequenceNumber: 10 }), 0);
    stream.handleMessage(rtpPacket({ sequenceNumber: 13 }), 0);
    expect(asked()).toEqual([{ type: 'nack', senderSsrc: RECEIVER, mediaSsrc: 7, sequenceNumbers: [11, 12] }]);
    stream.handleTick(60);
    expect(asked()).toMatchObject([{ sequenceNumbers: [11, 12] }]);
    stream.handleMessage(rtpPacket({ sequenceNumber: 12 }), 70);
    stream.handleTick(2000);
    expect(asked()).toEqual([]);
    expect(stream.statistics()).toMatchObject({ packets: 3, lost: 1, retransmitted: 1 });
  });

  test('asks for a key frame when video is lost for good', () => {
    const stream = create('video');
    stream.handleMessage(rtpPacket({ sequenceNumber: 10 }), 0);
    stream.handleMessage(rtpPacket({ sequenceNumber: 12 }), 0);
    asked();
    stream.handleTick(1000);
    expect(asked()).toEqual([{ type: 'pictureLoss', senderSsrc: RECEIVER, mediaSsrc: 7 }]);
  });

  test('asks for a key frame at most twice a second, and never forgets a wish', () => {
    const stream = create('video');
    stream.requestKeyFrame(0);
    stream.handleTick(20);
    expect(asked()).toEqual([]); // nothing has come yet that names the stream
    stream.handleMessage(rtpPacket({ sequenceNumber: 1 }), 30);
    stream.handleTick(40);
    expect(asked()).toHaveLength(1);
    stream.requestKeyFrame(100);
    stream.requestKeyFrame(200);
    stream.handleTick(539);
    expect(asked()).toEqual([]);
    stream.handleTick(540);
    expect(asked()).toHaveLength(1);
    stream.handleTick(2000);
    expect(asked()).toEqual([]);
  });

  test('tells of a new SSRC and reports on it alone, while its figures go on', () => {
    const stream = create('audio');
    for (const sequenceNumber of [10, 12]) stream.handleMessage(rtpPacket({ sequenceNumber }), 0);
    stream.handleMessage(rtpPacket({ sequenceNumber: 500, ssrc: 8 }), 20);
    expect(told).toEqual(['10 20', '12 20', 'new', '500 20']);
    expect(stream.takeReport(1000)).toMatchObject({ ssrc: 8, highestSequenceNumber: 500, cumulativeLost: 0 });
    expect(stream.statistics()).toMatchObject({ packets: 3 });
  });

  test('takes reports of its own SSRC and counts what it does not understand', () => {
    const stream = create('audio');
    stream.handleMessage(rtpPacket({ sequenceNumber: 10 }), 0);
    const report = { ntpSeconds: 1, ntpFraction: 0, packetCount: 1, octetCount: 1 };
    stream.handleMessage(encodeSenderReport({ ssrc: 7, rtpTimestamp: 5, ...report }), 0);
    stream.handleMessage(encodeSenderReport({ ssrc: 8, rtpTimestamp: 6, ...report }), 0);
    expect(told).toEqual(['10 20', 'report 5']);
    stream.handleMessage(rtpPacket({ sequenceNumber: 11, payloadType: 96 }), 0);
    stream.handleMessage(Buffer.from('80c9', 'hex'), 0);
    stream.handleMessage(Buffer.from('80c90009', 'hex'), 0);
    expect(stream.ignored).toBe(3);
  });
});
