import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ParleyUnderTest } from '@parley/testkit';

const EXAMPLES = new URL('../../examples/', import.meta.url);

/** The server of the example pages, as a process of its own, beside a server under test. */
export class ExampleServer {
  /** It ends with a slash. */
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** @throws Error when it ends at once. */
  static async start(parley: ParleyUnderTest): Promise<ExampleServer> {
    const child = spawn(process.execPath, [pathOf('serve.mjs')], {
      env: environment(parley),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await Promise.race([
      once(child.stdout!, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the example ended at once'))),
    ]);
    return new ExampleServer(child, /http:\/\/[^/]+\//.exec(String(line))![0]);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}

/** Runs an example program to its end. @throws Error when it fails. */
export async function runExample(name: string, args: readonly string[], parley: ParleyUnderTest): Promise<void> {
  const child = spawn(process.execPath, [pathOf(name), ...args], { env: environment(parley), stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, EXAMPLES));
}

function environment({ pid, secret, serverGate, clientGate, rtcGatePlain }: ParleyUnderTest): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PARLEY_PID: String(pid),
    PARLEY_SECRET: secret,
    PARLEY_ENDPOINT: `${serverGate.host}:${serverGate.port}`,
    PARLEY_CLIENT_ENDPOINT: `ws://${clientGate.host}:${clientGate.port}`,
    PARLEY_RTC_ENDPOINT: `ws://${rtcGatePlain.host}:${rtcGatePlain.port}`,
    PORT: '0',
  };
}
