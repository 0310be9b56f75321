import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The processes of a server with its data in `folder`: the server by its environment, PostgreSQL with everything that it
 * forked by the folder they work in. Linux only.
 *
 * @param {string} folder
 * @returns {{ pid: number, command: string }[]}
 */
export function processesOn(folder) {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => isOn(pid, folder))
    .map((pid) => ({ pid, command: readProcess(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/**
 * Kills processes at once; those that are gone already do not matter.
 *
 * @param {readonly { pid: number }[]} processes
 */
export function killAll(processes) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Kills whatever runs on the folder until nothing does.
 *
 * @param {string} folder
 * @returns {Promise<void>}
 */
export async function killEverythingOn(folder) {
  for (let left = processesOn(folder); left.length > 0; left = processesOn(folder)) {
    killAll(left);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOn(pid, folder) {
  return (
    workingFolderOf(pid).startsWith(`${folder}/`) ||
    readProcess(pid, 'environ').split('\0').includes(`PARLEY_DATA=${folder}`)
  );
}

function readProcess(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // It has ended, or it is somebody else's.
  }
}

function workingFolderOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // As above.
  }
}
