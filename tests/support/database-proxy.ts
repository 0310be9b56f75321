import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

type Target = { path: string } | { host: string; port: number };

const HOST = '127.0.0.1';

/** Stands between a server and its database, so that a test can take the database away and give it back. */
export class DatabaseProxy {
  /** The database as it is reached through the proxy. */
  readonly url: string;
  readonly #sockets = new Set<Socket>();
  readonly #target: Target;
  readonly #port: number;
  #server: Server;

  private constructor(url: URL, target: Target, server: Server) {
    this.#port = (server.address() as AddressInfo).port;
    const through = new URL(url);
    through.searchParams.delete('host');
    through.hostname = HOST;
    through.port = String(this.#port);
    this.url = through.href;
    this.#target = target;
    this.#server = server;
    this.#accept();
  }

  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const url = new URL(databaseUrl);
    const socketFolder = url.searchParams.get('host');
    const port = Number(url.port || 5432);
    const target = socketFolder === null ? { host: url.hostname, port } : { path: `${socketFolder}/.s.PGSQL.${port}` };
    return new DatabaseProxy(url, target, await listen(0));
  }

  /** Breaks every connection and refuses new ones. */
  async takeAway(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async giveBack(): Promise<void> {
    this.#server = await listen(this.#port);
    this.#accept();
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.takeAway();
  }

  #accept(): void {
    this.#server.on('connection', (near: Socket) => {
      const far = connect(this.#target as { path: string });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => {}); // `close` follows.
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, HOST);
  await once(server, 'listening');
  return server;
}
