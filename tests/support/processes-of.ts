import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes that work in a folder or name it in their command line, as text for a failure. Linux only. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => `${pid} ${commandLineOf(pid)} in ${workingFolderOf(pid)}`)
    .filter((line) => line.includes(folder));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // The process has ended.
  }
}

function workingFolderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // As above, or it belongs to another user.
  }
}

/** The processes that this one has started whose command line holds a text. Linux only. */
export function childrenWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === process.pid && commandLineOf(name).includes(text))
    .map(Number);
}

function parentOf(pid: string): number {
  try {
    // After the name, which may hold anything but ends with the last parenthesis: state, parent.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
  } catch {
    return 0; // The process has ended.
  }
}
