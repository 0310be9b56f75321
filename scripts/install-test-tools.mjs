// Gives the tests the one tool that npm cannot bring: a Chromium. Installs Debian's where that is possible; where it is not, says
// loudly that the browser tests are left out.
import { spawnSync } from 'node:child_process';
import { findChromium } from '../tests/support/find-chromium.mjs';

if (findChromium() === undefined && process.getuid?.() === 0 && hasAptGet()) {
  console.log('installing chromium for the browser tests');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', ['--quiet=2', ...args], { stdio: 'inherit', env: environment });
    if (status !== 0) break;
  }
}
if (findChromium() === undefined) {
  console.warn(`
  *** No Chromium was found: ALL BROWSER TESTS ARE LEFT OUT. ***
  Install one, or name one in PARLEY_TEST_CHROMIUM.
`);
}

function hasAptGet() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}
