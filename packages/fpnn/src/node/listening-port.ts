import type { AddressInfo, Server } from 'node:net';

/** Connections that the system has taken and this process not yet: some thousand users may come within a moment. */
const BACKLOG = 4096;
const RETRY_MS = 1000;

/** What `ListeningPort` needs. */
export interface ListeningPortOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Called with failures to accept a connection, and to open the port again. */
  readonly onError: (error: unknown) => void;
}

/**
 * The port of a server. It can be closed for a while, so that the system refuses connections: a client that is accepted
 * and then dropped may never try again, one that is refused does.
 */
export class ListeningPort {
  readonly #server: Server;
  readonly #options: ListeningPortOptions;
  /** Known from the first opening on. */
  #port: number;
  #isOpening = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(server: Server, options: ListeningPortOptions) {
    this.#server = server;
    this.#options = options;
    this.#port = options.port;
  }

  /** @returns the address and port taken. @throws The error of the system, as EADDRINUSE. */
  async open(): Promise<{ host: string; port: number }> {
    const address = await this.#listen();
    this.#port = address.port;
    this.#server.on('error', this.#options.onError);
    return { host: address.address, port: address.port };
  }

  /** Refuses connections until `reopen`; those that are open stay. */
  pause(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Takes connections again, on the same port. Does nothing on an open or stopped port. */
  reopen(): void {
    if (this.#isStopped || this.#isOpening || this.#server.listening) return;
    clearTimeout(this.#retry);
    this.#isOpening = true;
    this.#listen()
      .catch(() => {
        // `onError` has been told; another program may have taken the port meanwhile.
        this.#retry = setTimeout(() => this.reopen(), RETRY_MS).unref();
      })
      .finally(() => {
        this.#isOpening = false;
        if (this.#isStopped) this.pause();
      });
  }

  /** Frees the port for good. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.pause();
  }

  #listen(): Promise<AddressInfo> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const handleError = (error: Error): void => {
        server.off('listening', handleListening);
        reject(error);
      };
      const handleListening = (): void => {
        server.off('error', handleError);
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('not listening on a port'));
        else resolve(address);
      };
      server.once('error', handleError);
      server.once('listening', handleListening);
      server.listen({ host: this.#options.host, port: this.#port, backlog: BACKLOG });
    });
  }
}
