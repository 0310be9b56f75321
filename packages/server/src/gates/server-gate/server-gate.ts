import {
  type AnswerOf,
  checkParams,
  ERROR_CODES,
  encodeAnswer,
  type MethodName,
  type ParamsOut,
} from '@parley/contract';
import { FpnnError, type IncomingQuest } from '@parley/fpnn';
import { type Connection, FpnnListener, type ServerKey } from '@parley/fpnn/node';
import type { ServerConfig } from '../../config/server-config.ts';
import type { Listening } from '../../listening/listening.ts';
import type { Project } from '../../projects/project-settings.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CallAuthority } from './call-authority.ts';
import { CallCounters } from './call-counters.ts';
import { ConnectionCounters } from './connection-counters.ts';
import type { Handlers } from './handler.ts';
import { listeningHandlers } from './listening-handlers.ts';

export type ServerGateOptions = {
  host: string;
  config: ServerConfig['serverGate'];
  key: ServerKey;
  authority: CallAuthority;
  /** The methods served; any other is answered with 20004. */
  handlers: Partial<Handlers>;
  listening: Listening;
  log: Logger;
};

type AnyHandler = (
  project: Project,
  params: ParamsOut<MethodName>,
  connection: Connection,
) => Promise<AnswerOf<MethodName>>;

/** Where back ends call: FPNN over TCP and WebSocket, and HTTP, on one port. Every call is signed; there is no login. */
export class ServerGate {
  readonly #options: ServerGateOptions;
  readonly #handlers: ReadonlyMap<string, AnyHandler>;
  readonly #listener: FpnnListener;
  #callsInProgress = 0;
  #idleListeners: (() => void)[] = [];
  readonly calls = new CallCounters();
  readonly connections = new ConnectionCounters();

  constructor(options: ServerGateOptions) {
    this.#options = options;
    const handlers = { ...options.handlers, ...listeningHandlers(options.listening) };
    this.#handlers = new Map(Object.entries(handlers) as unknown as [string, AnyHandler][]);
    this.#listener = new FpnnListener({
      host: options.host,
      port: options.config.port,
      encryption: options.key,
      packetMaxBytes: options.config.packetMaxBytes,
      idleTimeoutMs: options.config.idleTimeoutMs,
      connectionsMax: options.config.connectionsMax,
      outputMaxBytes: options.config.outputMaxBytes,
      onConnection: (connection) => ({
        onQuest: (quest) => this.#handle(quest, connection),
        onStrayAnswers: (firstSeq, count) => options.listening.acknowledge(connection.peer, firstSeq, count),
        onClose: () => options.listening.forget(connection.peer),
      }),
      onViolation: (reason) => this.connections.countViolation(reason),
      onClosed: (reason) => this.connections.countClose(reason),
      onError: (error) => options.log.error('the gate failed on a connection', { cause: String(error) }),
    });
  }

  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  get callsInProgress(): number {
    return this.#callsInProgress;
  }

  listen(): Promise<{ host: string; port: number }> {
    return this.#listener.listen();
  }

  /** Takes no more connections; those there are go on. */
  stopAccepting(): Promise<void> {
    return this.#listener.stopAccepting();
  }

  /** Resolves when every call that came in has been answered. */
  idle(): Promise<void> {
    if (this.#callsInProgress === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  #handle(quest: IncomingQuest, connection: Connection): void {
    const handler = this.#handlers.get(quest.method);
    if (handler === undefined) {
      this.calls.countCall('unknown');
      this.calls.countRefusal('unknown', ERROR_CODES.unknownMethod);
      quest.fail(ERROR_CODES.unknownMethod, `there is no method ${quest.method}`);
      return;
    }
    const method = quest.method as MethodName;
    this.calls.countCall(method);
    try {
      const project = this.#options.authority.authorize(quest);
      const params = checkParams(method, quest.params, project.settings.limits);
      void this.#serve(quest, method, () => handler(project, params, connection));
    } catch (error) {
      this.#refuse(quest, error);
    }
  }

  async #serve(quest: IncomingQuest, method: MethodName, handle: () => ReturnType<AnyHandler>): Promise<void> {
    this.#callsInProgress += 1;
    try {
      quest.answer(encodeAnswer(method, await handle()));
    } catch (error) {
      this.#refuse(quest, error);
    }
    this.#callsInProgress -= 1;
    if (this.#callsInProgress > 0) return;
    for (const listener of this.#idleListeners.splice(0)) listener();
  }

  #refuse(quest: IncomingQuest, error: unknown): void {
    const known = error instanceof FpnnError ? error : undefined;
    const code = known?.code ?? ERROR_CODES.fpnnUnknown;
    this.calls.countRefusal(quest.method, code);
    if (known === undefined || known.cause !== undefined) {
      this.#options.log.error('a call failed', { method: quest.method, code, cause: String(known?.cause ?? error) });
    }
    quest.fail(code, known?.message ?? 'the server could not serve this call');
  }
}
