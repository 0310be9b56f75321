// CPU time and memory of processes, read from /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** CPU seconds used so far by the processes, user and system; processes that are gone count 0. */
export function cpuSeconds(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statOf(pid);
    if (fields !== undefined)
      ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory in bytes. */
export function residentBytes(pid) {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
}

/** Resident memory once it has stopped changing: garbage of the set-up is collected when the process is left alone. */
export async function settledMemory(pid) {
  let last = residentBytes(pid);
  for (let tries = 0; tries < 20; tries += 1) {
    await delay(500);
    const now = residentBytes(pid);
    if (Math.abs(now - last) < 256 * 1024) return now;
    last = now;
  }
  return last;
}

/** The process and everything it started. */
export function familyOf(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(name)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (let index = 0; index < family.length; index += 1) family.push(...(children.get(family[index]) ?? []));
  return family;
}

/** The fields of /proc/PID/stat after the command name, whose parentheses may hold spaces. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // the process ended
  }
}
