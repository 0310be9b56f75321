// Gives the tests the tools that npm cannot bring: a Chromium and a TURN server. Installs Debian's where that is possible; where
// it is not, says loudly which tests are left out.
import { spawnSync } from 'node:child_process';
import { findChromium } from '../tests/support/find-chromium.mjs';

const TOOLS = [
  {
    name: 'chromium',
    isThere: () => findChromium() !== undefined,
    without: `No Chromium was found: ALL BROWSER TESTS ARE LEFT OUT. ***
  Install one, or name one in PARLEY_TEST_CHROMIUM.`,
  },
  {
    name: 'coturn',
    isThere: () => spawnSync('turnserver', ['--version'], { stdio: 'ignore' }).error === undefined,
    without: 'No turnserver was found: THE TEST OF MEDIA THROUGH A TURN SERVER IS LEFT OUT. ***',
  },
];

const missing = TOOLS.filter(({ isThere }) => !isThere());
if (missing.length > 0 && process.getuid?.() === 0 && hasAptGet()) {
  const names = missing.map(({ name }) => name);
  console.log(`installing ${names.join(' and ')} for the tests`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...names]]) {
    const { status } = spawnSync('apt-get', ['--quiet=2', ...args], { stdio: 'inherit', env: environment });
    if (status !== 0) break;
  }
}
for (const { isThere, without } of TOOLS) if (!isThere()) console.warn(`\n  *** ${without}\n`);

function hasAptGet() {
  return spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}
