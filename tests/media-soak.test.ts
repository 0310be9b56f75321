import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const SOAK = fileURLToPath(new URL('../bench/media-soak.mjs', import.meta.url));

test('viewers and publishers that leave or are killed, also while they join, harm nobody', {
  timeout: 120_000,
}, async () => {
  // It ends with 1, and this call with an error, when a worker died or a join failed.
  const { stdout } = await promisify(execFile)(process.execPath, [SOAK, '--seconds', '5']);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!);
  expect(result).toMatchObject({ restarts: 0, failed: 0 });
  expect(result.killedWhileJoining).toBeGreaterThan(0);
  expect(result.forwarded).toBeGreaterThan(0);
});
