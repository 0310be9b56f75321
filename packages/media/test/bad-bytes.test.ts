import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Member } from '../src/forwarding/member.ts';
import { OutgoingStream } from '../src/forwarding/outgoing-stream.ts';
import { Player } from '../src/forwarding/player.ts';
import { Publisher } from '../src/forwarding/publisher.ts';
import { MediaError } from '../src/media-error.ts';
import { parseRtcp } from '../src/rtcp/compound.ts';
import { encodePictureLoss } from '../src/rtcp/key-frame-requests.ts';
import { encodeNack } from '../src/rtcp/nack.ts';
import { encodeRemb } from '../src/rtcp/remb.ts';
import { encodeReceiverReport, encodeSenderReport } from '../src/rtcp/reports.ts';
import { readOffer } from '../src/sdp/offer.ts';
import { PLAY_OFFER, PUBLISH_OFFER } from './offers.ts';
import { DELTA_FRAME, KEY_FRAME, RecordingSink, rtpPacket } from './packets.ts';

const SETTINGS = { seed: 20_261_128, numRuns: 400 };
const KINDS = ['audio', 'video'] as const;
const SSRC = 5;

/** Good packets of each sort, to be spoilt. */
const SEEDS: readonly Buffer[] = [
  rtpPacket({ payloadType: 111, sequenceNumber: 65_535, ssrc: SSRC }),
  rtpPacket({ payloadType: 96, sequenceNumber: 3, ssrc: SSRC, payload: KEY_FRAME }),
  rtpPacket({ payloadType: 96, sequenceNumber: 900, ssrc: SSRC, payload: DELTA_FRAME }),
  encodeSenderReport({
    ssrc: SSRC,
    ntpSeconds: 3_900_000_000,
    ntpFraction: 1,
    rtpTimestamp: 2,
    packetCount: 3,
    octetCount: 4,
  }),
  encodeReceiverReport(1, [
    {
      ssrc: SSRC,
      fractionLost: 255,
      cumulativeLost: 9,
      highestSequenceNumber: 9,
      jitter: 1,
      lastSenderReport: 1,
      delaySinceLastSenderReport: 1,
    },
  ]),
  encodeNack(1, SSRC, [1, 2, 17, 900, 65_535]),
  encodePictureLoss(1, SSRC),
  encodeRemb(1, 1_000_000, [SSRC]),
  Buffer.from('80cf00050000000107000000' + '04000002eeb4c662925ecc3e', 'hex'),
];

const spoilt = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }), fc.nat(90))
  .map(([seed, changes, length]) => {
    const bytes = Buffer.from(seed);
    for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
    return bytes.subarray(0, length);
  });
const anyPacket = fc.oneof(
  { weight: 6, arbitrary: spoilt },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(...SEEDS).map((seed) => Buffer.from(seed)) },
);

describe('whatever bytes a peer sends', () => {
  test('a publisher and its viewers go on, what is not understood is counted, and nothing grows', () => {
    let ignored = 0;
    let forwarded = 0;
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 120 }), (packets) => {
        const member = new Member('ada', { floorBps: 1, capBps: 2 });
        const sink = new RecordingSink();
        const publisher = new Publisher(member, 1);
        const streams = KINDS.map((kind) =>
          publisher.addSection({ kind, payloadType: kind === 'audio' ? 111 : 96, audioLevelId: 1, sink }),
        );
        member.setPublisher(publisher);
        const out = new RecordingSink();
        const player = new Player('1', member, 'bob');
        for (const kind of KINDS) {
          player.addStream(
            new OutgoingStream({
              kind,
              ssrc: SSRC,
              payloadType: 100,
              extensionId: 3,
              sink: out,
              firstSequenceNumber: 1,
            }),
          );
        }
        member.players.add(player);
        player.connect();
        packets.forEach((bytes, index) => {
          const nowMs = 1_700_000_000_000 + index * 10;
          for (const stream of streams) stream.handleMessage(Buffer.from(bytes), nowMs);
          for (const kind of KINDS) player.handleMessage(kind, Buffer.from(bytes), nowMs);
          if (index % 5 === 0) member.handleTick(nowMs);
          if (index % 50 === 0) member.handleSecond(nowMs);
        });
        ignored += publisher.statistics().ignored + player.ignored;
        forwarded += out.packets.length;
        expect(sink.packets.every((bytes) => parseRtcp(bytes) !== undefined)).toBe(true);
        // Twice as much as one second of retransmissions and all that came: nothing multiplies without a bound.
        expect(out.packets.length).toBeLessThan(4000 + packets.length * 2);
      }),
      SETTINGS,
    );
    expect(ignored).toBeGreaterThan(1000);
    expect(forwarded).toBeGreaterThan(200);
  });

  test('an offer is served or refused with a MediaError', () => {
    const lines = [PUBLISH_OFFER, PLAY_OFFER].map((offer) => offer.split('\r\n'));
    const changed = fc
      .tuple(
        fc.constantFrom(...lines),
        fc.array(
          fc.tuple(fc.nat(300), fc.constantFrom('', 'a=mid:0', 'm=audio 9 X 1', 'a=ssrc:x', 'a=rtpmap:'), fc.string()),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
      )
      .map(([offer, changes]) => {
        const copy = [...offer];
        for (const [place, start, rest] of changes) copy[place % copy.length] = start + rest;
        return copy.join('\r\n');
      });
    let refused = 0;
    fc.assert(
      fc.property(
        fc.oneof(changed, fc.string()),
        fc.constantFrom('publish' as const, 'play' as const),
        (sdp, purpose) => {
          try {
            readOffer(sdp, purpose);
          } catch (error) {
            if (!(error instanceof MediaError)) throw error;
            refused += 1;
          }
        },
      ),
      SETTINGS,
    );
    expect(refused).toBeGreaterThan(100);
  });
});
