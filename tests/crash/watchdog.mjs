// Stands by a test that kills servers: when the test's end of the pipe closes, be it that the test is over or that its
// process died, whatever still runs on the data folder is killed and the folder removed.
import { rmSync } from 'node:fs';
import { killEverythingOn } from './processes.mjs';

const folder = process.argv[2];

process.stdin.resume();
process.stdin.on('end', async () => {
  await killEverythingOn(folder);
  rmSync(folder, { recursive: true, force: true });
});
