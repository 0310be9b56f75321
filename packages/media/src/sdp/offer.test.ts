import { write } from 'sdp-transform';
import { describe, expect, test } from 'vitest';
import { PLAY_OFFER, PUBLISH_OFFER } from '../../test/offers.ts';
import { MediaError } from '../media-error.ts';
import { readOffer } from './offer.ts';

describe('the offer of a publisher', () => {
  const offer = readOffer(PUBLISH_OFFER, 'publish');
  const lines = write(offer.sdp).split('\r\n');

  test('gives its sections with the numbers that the browser chose', () => {
    expect(offer.sections).toEqual([
      {
        kind: 'audio',
        mid: '0',
        payloadType: 111,
        format: 'minptime=10;useinbandfec=1',
        audioLevelId: 1,
        absSendTimeId: 2,
      },
      { kind: 'video', mid: '1', payloadType: 96, format: undefined, audioLevelId: undefined, absSendTimeId: 2 },
    ]);
  });

  test('is left with one codec for each kind', () => {
    expect(lines.filter((line) => line.startsWith('m='))).toEqual([
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
    ]);
    expect(lines.filter((line) => /^a=(rtpmap|fmtp)/.test(line))).toEqual([
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'a=rtpmap:96 VP8/90000',
    ]);
  });

  test('is left with the feedback that is spoken, and voice may be asked for again', () => {
    expect(lines.filter((line) => line.startsWith('a=rtcp-fb'))).toEqual([
      'a=rtcp-fb:111 nack',
      'a=rtcp-fb:96 goog-remb',
      'a=rtcp-fb:96 ccm fir',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 nack pli',
    ]);
  });

  test('is left with three extensions, one SSRC for each kind, and no group of them', () => {
    expect(lines.filter((line) => line.startsWith('a=extmap:')).map((line) => line.split(' ')[0])).toEqual([
      'a=extmap:1',
      'a=extmap:2',
      'a=extmap:4',
      'a=extmap:2',
      'a=extmap:4',
    ]);
    expect(lines.filter((line) => /^a=ssrc:\d+ cname/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('a=ssrc-group'))).toEqual([]);
  });

  test('loses its candidates', () => {
    const candidate = 'a=candidate:1 1 udp 2113937151 host.local 5000 typ host\r\na=end-of-candidates\r\n';
    const { sdp } = readOffer(PUBLISH_OFFER.replace('a=sendonly\r\n', `a=sendonly\r\n${candidate}`), 'publish');
    expect(write(sdp)).not.toMatch(/candidate/);
  });
});

test('the offer of a viewer has the same form', () => {
  expect(readOffer(PLAY_OFFER, 'play').sections.map(({ kind, mid }) => `${kind} ${mid}`)).toEqual([
    'audio 0',
    'video 1',
  ]);
});

test('other payload types and an audio section alone are served', () => {
  const [audioOnly] = PUBLISH_OFFER.replaceAll('BUNDLE 0 1', 'BUNDLE 0')
    .replaceAll(/\b111\b/g, '109')
    .split('m=video');
  expect(readOffer(audioOnly!, 'publish').sections).toMatchObject([{ kind: 'audio', payloadType: 109 }]);
});

const refusals: [string, string, 'publish' | 'play', RegExp][] = [
  ['nothing', '', 'publish', /is no SDP|no media section/],
  ['no SDP', 'hello', 'publish', /is no SDP|no media section/],
  ['a viewer that publishes', PLAY_OFFER, 'publish', /the audio section is recvonly/],
  ['a publisher that plays', PUBLISH_OFFER, 'play', /the audio section is sendonly/],
  [
    'two sections of a kind',
    PUBLISH_OFFER + PUBLISH_OFFER.slice(PUBLISH_OFFER.indexOf('m=video')),
    'publish',
    /two video/,
  ],
  ['the same mid twice', PUBLISH_OFFER.replace('a=mid:1', 'a=mid:0'), 'publish', /mid 0 twice/],
  ['no mid', PUBLISH_OFFER.replace('a=mid:1\r\n', ''), 'publish', /video section has no proper mid/],
  ['data', PUBLISH_OFFER.replace('m=video', 'm=application'), 'publish', /kind application/],
  ['no Opus', PUBLISH_OFFER.replace('opus/48000', 'speex/48000'), 'publish', /does not offer opus/],
  ['no VP8', PUBLISH_OFFER.replace('VP8/90000', 'VP7/90000'), 'publish', /does not offer vp8/],
  ['no fingerprint', PUBLISH_OFFER.replaceAll(/a=fingerprint.*\r\n/g, ''), 'publish', /no fingerprint/],
  ['no ICE password', PUBLISH_OFFER.replaceAll(/a=ice-pwd.*\r\n/g, ''), 'publish', /no ice-ufrag or ice-pwd/],
  ['too much', `${PUBLISH_OFFER}${'a=x:y\r\n'.repeat(10_000)}`, 'publish', /more than 65536 characters/],
];

test.each(refusals)('an offer with %s is refused with a sentence that says so', (_what, sdp, purpose, message) => {
  let refusal: unknown;
  try {
    readOffer(sdp, purpose);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(MediaError);
  expect(refusal).toMatchObject({ code: 'bad-offer', message: expect.stringMatching(message) });
});
