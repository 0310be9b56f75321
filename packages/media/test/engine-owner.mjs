// A process that owns an engine with peers in it, prints the pids of its workers and then waits to be killed.
import { readFileSync } from 'node:fs';
import { createMediaEngine } from '../dist/index.js';

const offer = readFileSync(new URL('./fixtures/chromium-156-play.sdp', import.meta.url), 'utf8');
const engine = await createMediaEngine({ workers: 2, host: '127.0.0.1' });
for (let index = 0; index < 20; index += 1) await engine.play({ room: `room${index % 4}`, member: 'ada', offer });
console.log(JSON.stringify(engine.workers().map(({ pid }) => pid)));
