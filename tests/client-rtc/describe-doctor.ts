import type { Diagnosis } from '@parley/client-sdk/rtc';
import type { ServerConfigInput } from '@parley/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_TURN_SERVER, TurnServer } from '../support/turn-server.ts';
import { RoomPage } from './room-page.ts';
import { freshId, RoomPages, type RtcFixture } from './room-pages.ts';

/** Answers of the server lead to a port where nothing listens, as behind a firewall. */
const CLOSED_PORT = `
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return setRemoteDescription.call(this, { type, sdp: sdp.replace(/( udp \\d+ \\S+) \\d+/gi, '$1 9') });
  };`;

/** As above for whoever does not go through the TURN server. */
const CLOSED_HOST_PORTS = `
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    const isRelayed = this.getConfiguration().iceTransportPolicy === 'relay';
    const changed = isRelayed ? sdp : sdp.replace(/( udp \\d+ \\S+) \\d+/gi, '$1 9');
    return setRemoteDescription.call(this, { type, sdp: changed });
  };`;

/** What keeps media from flowing is provoked, and found. */
export function describeDoctor(fixture: RtcFixture): void {
  const pages = new RoomPages(fixture);

  /** @param script - Runs in the page before anything else. */
  async function diagnose(
    media: ServerConfigInput['media'] | undefined,
    script = '',
    rtc = {},
    timeoutMs = 1500,
  ): Promise<Diagnosis> {
    const { parley } = media === undefined ? fixture.parley : await fixture.parley.startAnother({ config: { media } });
    const context = await pages.newContext();
    if (script !== '') await context.addInitScript(script);
    const page = await RoomPage.open(context, parley, freshId(), rtc);
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
    const diagnosis = await diagnose({ workers: 1, publicAddress: '192.0.2.1' }, '', {}, 2500);
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

  test('finds a web RTC endpoint that cannot be reached', async () => {
    const diagnosis = await diagnose(undefined, '', { endpoint: 'ws://127.0.0.1:9' });
    expect(diagnosis).toMatchObject({ verdict: 'endpoint-unreachable', failed: 'offer' });
    expect(diagnosis.settings).toContain('PARLEY_RTC_GATE_ENDPOINT');
  });

  test('finds a server without media', async () => {
    const diagnosis = await diagnose({ workers: 0 });
    expect(diagnosis).toMatchObject({ verdict: 'no-media', failed: 'offer', settings: ['PARLEY_MEDIA_WORKERS'] });
  });

  describe.runIf(HAS_TURN_SERVER)('with a TURN server', () => {
    const secret = 'north';
    let turn: TurnServer;

    beforeAll(async () => {
      turn = await TurnServer.start(secret);
    });
    afterAll(() => turn?.close());

    const open = async (options: { secret: string; script?: string; rtc?: object }) => {
      const media = { workers: 1, turn: { urls: [turn.url], secret: options.secret } };
      const { parley } = await fixture.parley.startAnother({ config: { media } });
      return async () => {
        const context = await pages.newContext();
        if (options.script !== undefined) await context.addInitScript(options.script);
        return RoomPage.open(context, parley, freshId(), options.rtc);
      };
    };

    test('voice and video go through it when they have to', async () => {
      const openPage = await open({ secret, rtc: { iceTransportPolicy: 'relay' } });
      const [ada, bob] = [await openPage(), await openPage()];
      await ada.join('video', 1);
      await bob.join('video', 1);
      await Promise.all([
        ada.untilMore(bob.uid, { audio: 10, frames: 3 }),
        bob.untilMore(ada.uid, { audio: 10, frames: 3 }),
      ]);
    });

    test('the doctor finds that only that way is open', async () => {
      const page = await (await open({ secret, script: CLOSED_HOST_PORTS }))();
      const diagnosis = await page.call<Diagnosis>('diagnose', { timeoutMs: 1500 });
      expect(diagnosis).toMatchObject({ verdict: 'relay-only' });
      expect(diagnosis.failed).toBeUndefined();
    });

    test('the doctor finds that it does not share the secret', async () => {
      const page = await (await open({ secret: 'south', script: CLOSED_PORT }))();
      const diagnosis = await page.call<Diagnosis>('diagnose', { timeoutMs: 800 });
      expect(diagnosis).toMatchObject({ verdict: 'udp-blocked-turn-unreachable', failed: 'udp' });
      expect(diagnosis.settings).toContain('PARLEY_TURN_SECRET');
    });
  });
}
