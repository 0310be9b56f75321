import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleClient } from '../support/bundle-client.ts';

const GZIPPED_MAX_BYTES = 30_000;
const GZIPPED_WITH_RTC_MAX_BYTES = 45_000;

test('the browser bundle is below 30 kB gzipped and uses nothing of Node', async () => {
  const code = await bundleClient();
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`browser bundle: ${code.length} bytes, ${size} gzipped`);
  expect(code.includes('ParleyClient')).toBe(true);
  expect(size).toBeLessThan(GZIPPED_MAX_BYTES);
  // A module of Node would be left as an import, or stand as the bundler's stub.
  expect(/^import\b|\bimport\(|node:|__vite-browser-external|\brequire\(/m.exec(code)?.[0]).toBeUndefined();
});

test('with voice and video it is below 45 kB gzipped, and without them it has nothing of them', async () => {
  const [whole, core] = [await bundleClient({ withRtc: true }), await bundleClient()];
  const size = gzipSync(whole, { level: 9 }).length;
  console.log(`with voice and video: ${whole.length} bytes, ${size} gzipped`);
  expect(whole.includes('RTCPeerConnection')).toBe(true);
  expect(core.includes('RTCPeerConnection')).toBe(false);
  expect(size).toBeLessThan(GZIPPED_WITH_RTC_MAX_BYTES);
});
