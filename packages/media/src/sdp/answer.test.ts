import { expect, test } from 'vitest';
import { finishAnswer } from './answer.ts';

const answerWith = (candidates: string): string =>
  [
    'v=0',
    'o=rtc 1 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'm=audio 4000 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 10.0.0.5',
    'a=mid:0',
    'a=recvonly',
    'a=rtcp-mux',
    `a=rtpmap:111 opus/48000/2${candidates}`,
    'a=end-of-candidates',
    'm=video 4000 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 10.0.0.5',
    'a=mid:1',
    'a=recvonly',
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n');
const HOSTS =
  '\r\na=candidate:1 1 UDP 2114977791 10.0.0.5 4000 typ host\r\na=candidate:2 1 UDP 2114977535 fd00::5 4000 typ host';
const candidatesOf = (answer: string): string[] => answer.match(/a=candidate:.*/g) ?? [];
const options = { publicAddress: undefined, fallbackAddress: '127.0.0.1', port: 4000 };

test('an answer offers every address of the host', () => {
  expect(candidatesOf(finishAnswer(answerWith(HOSTS), options))).toEqual([
    'a=candidate:1 1 UDP 2114977791 10.0.0.5 4000 typ host',
    'a=candidate:2 1 UDP 2114977535 fd00::5 4000 typ host',
  ]);
});

test('an answer of a host behind address translation offers its public address alone', () => {
  const answer = finishAnswer(answerWith(HOSTS), { ...options, publicAddress: '203.0.113.9' });
  expect(candidatesOf(answer)).toEqual(['a=candidate:1 1 UDP 2130706431 203.0.113.9 4000 typ host']);
  expect(answer).toContain('a=end-of-candidates');
});

test('an answer of a host without addresses offers the loopback', () => {
  expect(candidatesOf(finishAnswer(answerWith(''), options))).toEqual([
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 4000 typ host',
  ]);
});

test('relayed candidates stay', () => {
  const relayed = '\r\na=candidate:3 1 UDP 1000 198.51.100.1 5000 typ relay raddr 10.0.0.5 rport 4000';
  const answer = finishAnswer(answerWith(HOSTS + relayed), { ...options, publicAddress: '203.0.113.9' });
  expect(candidatesOf(answer)).toEqual([
    'a=candidate:1 1 UDP 2130706431 203.0.113.9 4000 typ host',
    'a=candidate:3 1 UDP 1000 198.51.100.1 5000 typ relay raddr 10.0.0.5 rport 4000',
  ]);
});
