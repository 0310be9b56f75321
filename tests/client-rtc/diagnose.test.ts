import type { Diagnosis } from '@parley/client-sdk/rtc';
import type { ServerConfigInput } from '@parley/server';
import { describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from '../support/browser-fixture.ts';
import { useParley } from '../support/parley-fixture.ts';
import { RoomPage } from './room-page.ts';

/** Answers of the server lead to a port where nothing listens, as behind a firewall. */
const CLOSED_PORT = `
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: sdp.replace(/( udp \\d+ \\S+) \\d+/gi, '$1 9') });
  };`;

describe.runIf(HAS_CHROMIUM)('the network doctor', () => {
  const fixture = useParley({ config: { media: { workers: 1 } } });
  const browser = useBrowser();
  let lastId = 600_000;

  /** @param script - Runs in the page before anything else. */
  async function diagnose(
    media: ServerConfigInput['media'] | undefined,
    script = '',
    rtc = {},
    timeoutMs = 1500,
  ): Promise<Diagnosis> {
    const { parley } = media === undefined ? fixture : await fixture.startAnother({ config: { media } });
    const context = await browser.newContext();
    if (script !== '') await context.addInitScript(script);
    const page = await RoomPage.open(context, parley, (lastId += 1), rtc);
    return page.call('diagnose', { timeoutMs });
  }

  const resultsOf = ({ steps }: Diagnosis) => Object.fromEntries(steps.map(({ name, result }) => [name, result]));

  test('finds nothing where media flows', async () => {
    const diagnosis = await diagnose(undefined, '', {}, 10_000);
    expect(diagnosis).toMatchObject({ verdict: 'ok', settings: [] });
    expect(diagnosis.failed).toBeUndefined();
    expect(resultsOf(diagnosis)).toEqual({
      signalling: 'passed',
      offer: 'passed',
      candidates: 'passed',
      udp: 'passed',
      relay: 'skipped',
      dtls: 'passed',
      rtp: 'passed',
    });
  });

  test('finds a wrong public address, and the right one', async () => {
    // Of those for documentation: it leads nowhere.
    const diagnosis = await diagnose({ workers: 1, publicAddress: '192.0.2.1' }, '', {}, 4000);
    expect(diagnosis).toMatchObject({
      verdict: 'wrong-public-address',
      failed: 'udp',
      settings: ['PARLEY_MEDIA_PUBLIC_ADDRESS'],
    });
    expect(diagnosis.advice).toContain('192.0.2.1');
    expect(diagnosis.advice).toContain('127.0.0.1');
  });

  test('finds blocked UDP, and that there is no TURN server', async () => {
    const diagnosis = await diagnose(undefined, CLOSED_PORT);
    expect(diagnosis).toMatchObject({ verdict: 'udp-blocked-no-turn', failed: 'udp' });
    expect(diagnosis.settings).toContain('PARLEY_TURN_URLS');
    expect(resultsOf(diagnosis)).toMatchObject({
      candidates: 'passed',
      udp: 'failed',
      relay: 'skipped',
      dtls: 'skipped',
    });
  });

  test('finds a TURN server that is not there', async () => {
    const turn = { urls: ['turn:127.0.0.1:9'], secret: 'north' };
    const diagnosis = await diagnose({ workers: 1, turn }, CLOSED_PORT);
    expect(diagnosis).toMatchObject({ verdict: 'udp-blocked-turn-unreachable', failed: 'udp' });
    expect(resultsOf(diagnosis)).toMatchObject({ relay: 'failed' });
  });

  test('finds a web RTC endpoint that cannot be reached', async () => {
    const diagnosis = await diagnose(undefined, '', { endpoint: 'ws://127.0.0.1:9' });
    expect(diagnosis).toMatchObject({ verdict: 'endpoint-unreachable', failed: 'offer' });
    expect(diagnosis.settings).toContain('PARLEY_RTC_GATE_ENDPOINT');
  });

  test('finds a server without media', async () => {
    const diagnosis = await diagnose({ workers: 0 });
    expect(diagnosis).toMatchObject({ verdict: 'no-media', failed: 'offer', settings: ['PARLEY_MEDIA_WORKERS'] });
  });
});
