import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** False where coturn is not installed: pass it to `describe.runIf`. `npm test` has said so loudly by then. */
export const HAS_TURN_SERVER = spawnSync('turnserver', ['--version'], { stdio: 'ignore' }).error === undefined;

/** A real coturn on a free port of this machine, which takes credentials made with a secret. */
export class TurnServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.url = `turn:127.0.0.1:${port}`;
  }

  /** @throws Error when it ends at once. */
  static async start(secret: string): Promise<TurnServer> {
    const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'parley-turn-'))]);
    const child = spawn('turnserver', argumentsFor({ port, folder, secret }), {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the TURN server ended at once')));
    await Promise.race([isListening(child), ended]);
    ended.catch(() => {}); // Later it ends because it is told to.
    return new TurnServer(child, folder, port);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function argumentsFor({ port, folder, secret }: { port: number; folder: string; secret: string }): string[] {
  return [
    '-n',
    '--no-tls',
    '--no-dtls',
    '--no-cli',
    '--listening-ip=127.0.0.1',
    '--relay-ip=127.0.0.1',
    `--listening-port=${port}`,
    '--use-auth-secret',
    `--static-auth-secret=${secret}`,
    '--realm=parley.test',
    // The server under test is on this machine too.
    '--allow-loopback-peers',
    '--log-file=stdout',
    `--pidfile=${join(folder, 'pid')}`,
    `--userdb=${join(folder, 'users')}`,
  ];
}

/** Resolves when it says so; what it writes later is read, so that it does not block. */
function isListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('Total General servers')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
