import { readdirSync, readFileSync } from 'node:fs';

/** The processes that carry the media of a server which runs in the process `parent`. Linux only. */
export function mediaWorkersOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isWorkerOf(pid, parent));
}

function isWorkerOf(pid: number, parent: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parentOf = Number(/\) \S (\d+)/.exec(stat)?.[1]);
    return parentOf === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker/main.js');
  } catch {
    return false; // It has ended meanwhile.
  }
}
