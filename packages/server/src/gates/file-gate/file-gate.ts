import {
  checkFileTokenParams,
  ERROR_CODES,
  encodeFileAnswer,
  type FileGateMethodName,
  isFileGateMethodName,
  RtmError,
} from '@parley/contract';
import { FpnnError, type IncomingQuest } from '@parley/fpnn';
import { FpnnListener, type ServerKey } from '@parley/fpnn/node';
import type { ServerConfig } from '../../config/server-config.ts';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { CallCounters } from '../server-gate/call-counters.ts';
import { ConnectionCounters } from '../server-gate/connection-counters.ts';
import type { Certificate } from '../tls/certificate.ts';
import type { CertificateWatch } from '../tls/certificate-watch.ts';
import type { FileReceiver } from './file-receiver.ts';

type Address = { host: string; port: number };

export type FileGateOptions = {
  host: string;
  config: ServerConfig['fileGate'];
  key: ServerKey;
  certificate: CertificateWatch;
  projects: ProjectDirectory;
  receiver: FileReceiver;
  log: Logger;
};

/** Files of one connection in work, after which it is not read on. */
const IN_FLIGHT_MAX = 4;

/**
 * Where files come in: one port for native SDKs and two, plain and over TLS, for those of browsers. All three serve the
 * same. There is no login: every quest brings a token.
 */
export class FileGate {
  readonly #options: FileGateOptions;
  readonly #listeners: readonly [native: FpnnListener, webSocket: FpnnListener, webSocketTls: FpnnListener];
  #inProgress = 0;
  #idleListeners: (() => void)[] = [];
  readonly calls = new CallCounters();
  readonly connections = new ConnectionCounters();

  constructor(options: FileGateOptions) {
    this.#options = options;
    const { port, webSocketPort, webSocketTlsPort } = options.config;
    const webSocketTls = this.#createListener(webSocketTlsPort, { tls: options.certificate.current });
    options.certificate.onRenewed((renewed) => webSocketTls.replaceCertificate(renewed));
    this.#listeners = [this.#createListener(port, {}), this.#createListener(webSocketPort, {}), webSocketTls];
  }

  get connectionCount(): number {
    return this.#listeners.reduce((sum, listener) => sum + listener.connectionCount, 0);
  }

  /** Files being checked and stored. */
  get inProgress(): number {
    return this.#inProgress;
  }

  async listen(): Promise<{ native: Address; webSocket: Address; webSocketTls: Address }> {
    const [native, webSocket, webSocketTls] = this.#listeners;
    return {
      native: await native.listen(),
      webSocket: await webSocket.listen(),
      webSocketTls: await webSocketTls.listen(),
    };
  }

  async stopAccepting(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stopAccepting()));
  }

  /** Resolves when every file that came in has been answered. */
  idle(): Promise<void> {
    if (this.#inProgress === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #createListener(port: number, tls: { tls?: Certificate }): FpnnListener {
    const { host, config, key, log } = this.#options;
    return new FpnnListener({
      host,
      port,
      encryption: key,
      ...tls,
      packetMaxBytes: config.packetMaxBytes,
      partialInputMaxBytes: config.partialInputMaxBytes,
      idleTimeoutMs: config.idleTimeoutMs,
      connectionsMax: config.connectionsMax,
      inFlightMax: IN_FLIGHT_MAX,
      onConnection: () => ({ onQuest: (quest) => this.#handle(quest) }),
      onViolation: (reason) => this.connections.countViolation(reason),
      onClosed: (reason) => this.connections.countClose(reason),
      onError: (error) => log.error('the file gate failed on a connection', { cause: String(error) }),
    });
  }

  async #handle(quest: IncomingQuest): Promise<void> {
    const { method } = quest;
    if (!isFileGateMethodName(method)) {
      this.calls.countCall('unknown');
      this.calls.countRefusal('unknown', ERROR_CODES.unknownMethod);
      quest.fail(ERROR_CODES.unknownMethod, `there is no method ${method}`);
      return;
    }
    this.calls.countCall(method);
    if (this.#inProgress >= this.#options.config.uploadsMax) {
      const text = 'too many files are coming in; try again later with the same token';
      return this.#refuse(quest, new RtmError(ERROR_CODES.workQueueFull, text));
    }
    this.#inProgress += 1;
    try {
      quest.answer(encodeFileAnswer(method, await this.#receive(method, quest)));
    } catch (error) {
      this.#refuse(quest, error);
    }
    this.#inProgress -= 1;
    if (this.#inProgress > 0) return;
    for (const listener of this.#idleListeners.splice(0)) listener();
  }

  async #receive(method: FileGateMethodName, quest: IncomingQuest): ReturnType<FileReceiver['receive']> {
    const { pid, token } = checkFileTokenParams(quest.params);
    const project = this.#options.projects.find(pid);
    if (project === undefined) throw new RtmError(ERROR_CODES.invalidPidOrUid, `pid: there is no project ${pid}`);
    if (project.settings.disabledMethods.includes(method)) {
      throw new RtmError(ERROR_CODES.forbiddenMethod, `${method} is disabled for this project`);
    }
    return this.#options.receiver.receive(project, method, token.text, quest.params);
  }

  #refuse(quest: IncomingQuest, error: unknown): void {
    const known = error instanceof FpnnError ? error : undefined;
    const code = known?.code ?? ERROR_CODES.fpnnUnknown;
    this.calls.countRefusal(quest.method, code);
    if (known === undefined || known.cause !== undefined) {
      const cause = String(known?.cause ?? error);
      this.#options.log.error('a file was not taken in', { method: quest.method, code, cause });
    }
    quest.fail(code, known?.message ?? 'the file could not be stored; send it again with the same mid');
  }
}
