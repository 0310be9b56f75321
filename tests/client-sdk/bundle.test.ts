import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleClient } from '../support/bundle-client.ts';

const GZIPPED_MAX_BYTES = 30_000;

test('the browser bundle is below 30 kB gzipped and uses nothing of Node', async () => {
  const code = await bundleClient();
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`browser bundle: ${code.length} bytes, ${size} gzipped`);
  expect(code.includes('ParleyClient')).toBe(true);
  expect(size).toBeLessThan(GZIPPED_MAX_BYTES);
  // A module of Node would be left as an import, or stand as the bundler's stub.
  expect(/^import\b|\bimport\(|node:|__vite-browser-external|\brequire\(/m.exec(code)?.[0]).toBeUndefined();
});
