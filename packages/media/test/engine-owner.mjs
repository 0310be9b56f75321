// A process that owns an engine, prints the pids of its workers and then waits to be killed.
import { createMediaEngine } from '../dist/index.js';

const engine = await createMediaEngine({ workers: 2, host: '127.0.0.1' });
console.log(JSON.stringify(engine.workers().map(({ pid }) => pid)));
