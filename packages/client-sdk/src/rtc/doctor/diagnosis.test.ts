import { RtmError } from '@parley/contract/sdk';
import { expect, test } from 'vitest';
import { type Findings, judge, type Verdict } from './diagnosis.ts';

const up = { ice: true, dtls: true };
const down = { ice: false, dtls: false };
const server = { hasPublicAddress: true, hasTurn: true, udpPorts: [13_700], videoPackets: 5 };
const candidates = ['203.0.113.7:13700'];
const refusal = new RtmError(700001, 'no answer');
const host = 'rtc.example';

const CASES: readonly [Verdict, Findings, failed: string | undefined][] = [
  ['ok', { candidates, direct: up, server }, undefined],
  ['relay-only', { candidates, direct: down, relay: { ...up, hasCandidate: true }, server }, undefined],
  ['no-session', { sessionError: refusal }, 'signalling'],
  ['no-media', { hasMedia: false }, 'offer'],
  ['endpoint-unreachable', { offerError: { error: refusal, isUnreachable: true } }, 'offer'],
  ['offer-refused', { offerError: { error: refusal, isUnreachable: false } }, 'offer'],
  ['no-candidates', { candidates: [], direct: down, server }, 'candidates'],
  ['wrong-public-address', { candidates, direct: down, viaEndpointHost: { ...up, host }, server }, 'udp'],
  ['udp-blocked-no-turn', { candidates, direct: down, viaEndpointHost: { ...down, host }, server }, 'udp'],
  [
    'udp-blocked-turn-unreachable',
    { candidates, direct: down, relay: { ...down, hasCandidate: false }, server },
    'udp',
  ],
  ['udp-blocked-relay-fails', { candidates, direct: down, relay: { ...down, hasCandidate: true }, server }, 'udp'],
  ['dtls-failed', { candidates, direct: { ice: true, dtls: false }, server }, 'dtls'],
  ['no-rtp', { candidates, direct: up, server: { ...server, videoPackets: 0 } }, 'rtp'],
];

test.each(CASES)('%s', (verdict, findings, failed) => {
  const diagnosis = judge(findings);
  expect(diagnosis).toMatchObject({ verdict, failed });
  expect(diagnosis.advice).toMatch(/\.$/);
  expect(diagnosis.steps.map(({ name }) => name)).toEqual([
    'signalling',
    'offer',
    'candidates',
    'udp',
    'relay',
    'dtls',
    'rtp',
  ]);
  const failedAt = diagnosis.steps.findIndex(({ result }) => result === 'failed');
  // Nothing can have passed that comes after what failed, but for the detour through the TURN server.
  if (failedAt !== -1 && verdict !== 'relay-only') {
    expect(diagnosis.steps.slice(failedAt).filter(({ result }) => result === 'passed')).toEqual([]);
  }
});
