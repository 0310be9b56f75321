import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Signer } from '@parley/testkit/internal';
import { ParleyProcess } from '../support/parley-process.ts';
import { killAll, processesOn } from './processes.mjs';

const WATCHDOG = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));

const POLL_MS = 2;

/** PostgreSQL's first process, and when it started, which tells it from a later one with the same number. */
export type Postmaster = { readonly pid: number; readonly startedAt: string };

/** A data folder, and the server that is started on it again and again. */
export class CrashSite {
  readonly #folder: string;
  readonly #signer: Signer;
  readonly #watchdog: ChildProcess;
  #server: ParleyProcess | undefined;

  private constructor(folder: string, signer: Signer, watchdog: ChildProcess) {
    this.#folder = folder;
    this.#signer = signer;
    this.#watchdog = watchdog;
  }

  static async open(signer: Signer): Promise<CrashSite> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-crash-'));
    // As a data folder made by a person: others may pass through.
    chmodSync(folder, 0o755);
    // In a group of its own, so that Ctrl-C in a terminal leaves it to its work.
    const watchdog = spawn(process.execPath, [WATCHDOG, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    await once(watchdog, 'spawn');
    return new CrashSite(folder, signer, watchdog);
  }

  get server(): ParleyProcess {
    if (this.#server === undefined) throw new Error('no server was started');
    return this.#server;
  }

  /** Starts the server on free ports and its embedded database; resolves when it is up. */
  async start(): Promise<ParleyProcess> {
    const { pid, secret } = this.#signer;
    this.#server = await ParleyProcess.start({ PARLEY_DATA: this.#folder, PARLEY_PROJECTS: `${pid}:${secret}` });
    return this.#server;
  }

  /** Starts the server and kills it with its database as soon as that is there, which is before it has recovered. */
  async killWhileStarting(): Promise<void> {
    const failure = this.start().then(
      () => undefined,
      (error: Error) => error,
    );
    while (!this.processes.some((process) => process.includes('parley.folder='))) await delay(POLL_MS);
    this.killEverything();
    if ((await failure) === undefined) throw new Error('the server was up before it was killed');
  }

  /** @throws Error when PostgreSQL does not run. */
  get postmaster(): Postmaster {
    const pid = Number(readFileSync(join(this.#folder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { pid, startedAt: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]! };
  }

  /** The command lines of all processes on the data folder. */
  get processes(): string[] {
    return processesOn(this.#folder).map(({ pid, command }) => `${pid} ${command}`);
  }

  /** The server, the postmaster and everything that it forked, with no time to say goodbye to each other. */
  killEverything(): void {
    killAll(processesOn(this.#folder));
  }

  killPostmaster(): void {
    killAll([this.postmaster]);
  }

  killServer(): void {
    this.server.signal('SIGKILL');
  }

  /** Leaves nothing: no process and no folder. Safe to call after anything. */
  async close(): Promise<void> {
    const isGone = once(this.#watchdog, 'exit');
    this.#watchdog.stdin!.end();
    await isGone;
  }
}
