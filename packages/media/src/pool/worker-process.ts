import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MediaError } from '../media-error.ts';
import type { MediaLogger } from '../media-logger.ts';
import type {
  FromWorker,
  ToWorker,
  WorkerCallName,
  WorkerCalls,
  WorkerEvent,
  WorkerSettings,
} from '../worker/protocol.ts';
import { RestartDelay } from './restart-delay.ts';

/** Workers are run as built: the same place seen from the sources and from the build. */
const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url));
/** A worker that takes longer does not come up at all. */
const START_TIMEOUT_MS = 10_000;
const CALL_TIMEOUT_MS = 10_000;
const CALLS_MAX = 10_000;
/** Of pings without a sign of life in between: a worker that hangs in native code is as good as dead. */
const UNANSWERED_MAX = 5;
const LOG_LINE_MAX = 2000;
/** Peers can cause faults, by offers that the native library refuses for instance. They must not flood the log. */
const FAULTS_LOGGED_PER_PING = 5;

export type WorkerProcessHandler = {
  handleEvent(event: WorkerEvent): void;
  /** It has died. Nothing that it held is left; a new one is on its way. */
  handleDeath(): void;
  handleReady(): void;
};

export type WorkerProcessOptions = {
  readonly log: MediaLogger;
  readonly now: () => number;
  readonly pingIntervalMs: number;
  readonly handler: WorkerProcessHandler;
};

type PendingCall = {
  readonly resolve: (result: never) => void;
  readonly reject: (error: MediaError) => void;
  readonly timer: NodeJS.Timeout;
};

/** One worker process and its successors: started, restarted when it dies, asked by calls. */
export class WorkerProcess {
  restarts = 0;
  /** Packets sent to players, as the present process has told, and as those before it had. */
  #sentPackets = { now: 0, before: 0 };
  readonly #log: MediaLogger;
  readonly #handler: WorkerProcessHandler;
  readonly #delay: RestartDelay;
  readonly #pingIntervalMs: number;
  readonly #calls = new Map<number, PendingCall>();
  #settings: WorkerSettings;
  #child: ChildProcess | undefined;
  #port: number | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #unanswered = 0;
  #callCount = 0;
  #isCongested = false;
  #isClosed = false;
  #fault: string | undefined;
  #faultsToLog = FAULTS_LOGGED_PER_PING;

  constructor(settings: WorkerSettings, { log, now, pingIntervalMs, handler }: WorkerProcessOptions) {
    this.#pingIntervalMs = pingIntervalMs;
    this.#settings = settings;
    this.#log = log;
    this.#handler = handler;
    this.#delay = new RestartDelay(now);
  }

  /** Whether it can be asked. */
  get isUp(): boolean {
    return this.#port !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Packets sent to players by all processes, as of the last answer to a ping. */
  get sentPackets(): number {
    return this.#sentPackets.now + this.#sentPackets.before;
  }

  /** UDP; undefined while it is down. */
  get port(): number | undefined {
    return this.#port;
  }

  /** @throws MediaError `unavailable` when the first process does not come up; none is started again then. */
  async start(): Promise<void> {
    const outcome = await this.#launch();
    if (outcome === 'ready') return;
    const reason = this.#fault ?? 'no reason was given';
    await this.close();
    throw new MediaError('unavailable', `a media worker on UDP port ${this.#settings.port} did not come up: ${reason}`);
  }

  /** @throws MediaError of the worker, or `unavailable` when it is down, dies or does not answer. */
  call<Name extends WorkerCallName>(
    name: Name,
    params: WorkerCalls[Name]['params'],
  ): Promise<WorkerCalls[Name]['result']> {
    if (!this.isUp) return Promise.reject(new MediaError('unavailable', 'the media worker is down'));
    if (this.#calls.size >= CALLS_MAX)
      return Promise.reject(new MediaError('limit', 'too many calls wait for a worker'));
    this.#callCount += 1;
    const id = this.#callCount;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(new MediaError('unavailable', 'the media worker does not answer'));
      }, CALL_TIMEOUT_MS);
      this.#calls.set(id, { resolve, reject, timer });
      this.#send({ type: 'call', id, name, params });
    });
  }

  /** Frames are dropped while the worker is down or behind: late voice is of no use. */
  sendVoice(room: number, member: string, data: Uint8Array, timestampMs: number): void {
    if (this.isUp && !this.#isCongested) this.#send({ type: 'voice', room, member, data, timestampMs });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restartTimer);
    clearInterval(this.#pingTimer);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    // It is stateless: there is nothing to finish.
    child.kill('SIGKILL');
    await exited;
  }

  #launch(): Promise<'ready' | 'dead'> {
    const child = fork(MAIN, [JSON.stringify(this.#settings)], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#fault = undefined;
    this.#faultsToLog = FAULTS_LOGGED_PER_PING;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#handleFault(text.trim()));
    const startTimer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    return new Promise((resolve) => {
      child.on('message', (message: FromWorker) => {
        this.#unanswered = 0;
        if (message.type === 'ready') {
          clearTimeout(startTimer);
          this.#handleReady(message.port);
          resolve('ready');
        } else if (message.type === 'pong') {
          this.#sentPackets.now = message.sentPackets;
        } else if (!this.#isClosed) {
          this.#handleMessage(message);
        }
      });
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        clearTimeout(startTimer);
        this.#handleDeath(code, signal);
        resolve('dead');
      };
      // After the last message.
      child.once('close', end);
      child.on('error', (error) => {
        this.#handleFault(error.message);
        // A process that could not be made at all does not close.
        if (child.pid !== undefined) return;
        child.off('close', end);
        end(null, null);
      });
    });
  }

  #handleReady(port: number): void {
    this.#port = port;
    // Successors take the same port, which firewalls and browsers may know by now.
    this.#settings = { ...this.#settings, port };
    this.#delay.handleStart();
    this.#unanswered = 0;
    this.#pingTimer = setInterval(() => this.#ping(), this.#pingIntervalMs);
    this.#log.info('media worker is up', { worker: this.pid, port });
    this.#handler.handleReady();
  }

  #handleMessage(message: Exclude<FromWorker, { type: 'ready' | 'pong' }>): void {
    switch (message.type) {
      case 'answer':
        this.#settle(message.id)?.resolve(message.result as never);
        break;
      case 'refusal':
        this.#settle(message.id)?.reject(new MediaError(message.code, message.message));
        break;
      case 'fault':
        this.#handleFault(message.message);
        break;
      case 'event':
        this.#handler.handleEvent(message);
        break;
    }
  }

  /** Turns are counted, not time: where this process itself was held up, messages are read before the next turn. */
  #ping(): void {
    this.#faultsToLog = FAULTS_LOGGED_PER_PING;
    this.#unanswered += 1;
    if (this.#unanswered > UNANSWERED_MAX) {
      this.#handleFault('it does not answer and is killed');
      this.#child?.kill('SIGKILL');
    } else {
      this.#send({ type: 'ping' });
    }
  }

  #settle(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    clearTimeout(call?.timer);
    this.#calls.delete(id);
    return call;
  }

  #handleFault(text: string): void {
    this.#fault = text.slice(0, LOG_LINE_MAX);
    if (this.#isClosed || this.#faultsToLog === 0) return;
    this.#faultsToLog -= 1;
    this.#log.warn('media worker had a fault', { worker: this.pid, fault: this.#fault });
  }

  #handleDeath(code: number | null, signal: NodeJS.Signals | null): void {
    const wasUp = this.isUp;
    clearInterval(this.#pingTimer);
    this.#port = undefined;
    this.#isCongested = false;
    this.#sentPackets = { now: 0, before: this.sentPackets };
    for (const id of [...this.#calls.keys()]) {
      this.#settle(id)?.reject(new MediaError('unavailable', 'the media worker died'));
    }
    if (this.#isClosed) return;
    this.#log.error('media worker died', { worker: this.pid, code, signal, lastFault: this.#fault });
    this.#restartTimer = setTimeout(() => {
      this.restarts += 1;
      void this.#launch();
    }, this.#delay.next());
    if (wasUp) this.#handler.handleDeath();
  }

  #send(message: ToWorker): void {
    const child = this.#child;
    if (child?.connected !== true) return;
    this.#isCongested = !child.send(message, () => {
      // An error here is the worker's death, which is told by itself.
      this.#isCongested = false;
    });
  }
}
