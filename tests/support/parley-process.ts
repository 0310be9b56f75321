import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Address } from '@parley/server';
import { FREE_PORTS } from '@parley/server/internal';

const MAIN = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));
/** An embedded PostgreSQL has to be made first. */
const START_TIMEOUT_MS = 60_000;

/** How a process ended. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The built server in a process of its own, as users run it. */
export class ParleyProcess {
  readonly serverGate: Address;
  readonly fileGate: Address;
  readonly downloads: Address;
  readonly admin: Address;
  /** What it printed when it was up. */
  readonly greeting: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #output: Output;

  private constructor(child: ChildProcess, output: Output, exited: Promise<Exit>) {
    this.#child = child;
    this.#output = output;
    this.greeting = output.printed;
    this.serverGate = addressIn(this.greeting, /server gate\s+(\S+):(\d+)/);
    this.fileGate = addressIn(this.greeting, /file gate\s+(\S+):(\d+)/);
    this.downloads = addressIn(this.greeting, /downloads\s+http:\/\/(\S+?):(\d+)/);
    this.admin = addressIn(this.greeting, /health\s+http:\/\/(\S+?):(\d+)/);
    this.exited = exited;
  }

  /**
   * Starts the server on free ports and waits until it is up.
   *
   * @param env - Its settings; those of this process are not passed on.
   * @throws Error with its log when it ends before.
   */
  static async start(env: Readonly<Record<string, string>>): Promise<ParleyProcess> {
    const { child, output, exited } = launch(env);
    const isUp = new Promise<'up'>((resolve) => {
      child.stdout!.on('data', () => /project .*\n$/.test(output.printed) && resolve('up'));
    });
    const timeUp = new AbortController();
    const late = once(timeUp.signal, 'abort').then(() => 'late');
    const timer = setTimeout(() => timeUp.abort(), START_TIMEOUT_MS);
    const outcome = await Promise.race([isUp, exited, late]);
    clearTimeout(timer);
    if (outcome === 'up') return new ParleyProcess(child, output, exited);
    child.kill('SIGKILL');
    throw new Error(`the server did not come up: ${JSON.stringify(outcome)} ${output.logged}`);
  }

  /**
   * Runs a server that ends by itself, or that is told to stop as soon as its log matches.
   *
   * @returns How it ended and what it logged.
   */
  static async runToEnd(
    env: Readonly<Record<string, string>>,
    { stopAt }: { stopAt?: RegExp } = {},
  ): Promise<Exit & { logged: string }> {
    const { child, output, exited } = launch(env);
    let isStopping = false;
    child.stderr!.on('data', () => {
      if (isStopping || stopAt?.test(output.logged) !== true) return;
      isStopping = true;
      child.kill('SIGTERM');
    });
    return { ...(await exited), logged: output.logged };
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What it has written to its log so far, one JSON object a line. */
  get log(): string {
    return this.#output.logged;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to stop and waits for its end. Safe to call when it has ended. */
  async stop(): Promise<Exit> {
    if (!this.hasExited) this.signal('SIGTERM');
    return this.exited;
  }
}

/** What a process has written. */
class Output {
  printed = '';
  logged = '';

  constructor(child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.printed += text;
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.logged += text;
    });
  }
}

function launch(env: Readonly<Record<string, string>>) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(PARLEY_|DATABASE_URL$|NODE_OPTIONS$)/.test(name),
  );
  const settings = {
    ...FREE_PORTS,
    // Only the tests of media need a process for it.
    PARLEY_MEDIA_WORKERS: '0',
    PARLEY_LOG_LEVEL: 'warn',
    ...env,
  };
  const child = spawn(process.execPath, [MAIN], {
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  return { child, output: new Output(child), exited };
}

function addressIn(text: string, pattern: RegExp): Address {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`no address like ${pattern} in ${text}`);
  return { host: match[1]!, port: Number(match[2]) };
}
