import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

const SILENCE_MS = 30;

/** A TCP proxy in front of a gate that tests cut. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #links = new Set<{ client: Socket; gate: Socket }>();
  #isCut = false;
  #silencesNext = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(gate: { host: string; port: number }): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.#link(client, connect(gate)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#links.size;
  }

  /** Breaks every connection off, and refuses new ones until `mend`. */
  cut(): void {
    this.#isCut = true;
    this.drop();
  }

  /** Breaks every connection off; new ones are served. */
  drop(): void {
    for (const { client, gate } of this.#links) {
      client.destroy();
      gate.destroy();
    }
  }

  /** What the gate sends from now on gets lost, as on a network that is gone without a word. */
  silence(): void {
    for (const { gate, client } of this.#links) {
      gate.unpipe(client);
      gate.resume();
    }
  }

  /** As {@link silence}, for the connection that comes next. */
  silenceNext(): void {
    this.#silencesNext = true;
  }

  /** Loses what the gate sends for some time, then breaks off: calls arrive whose answers never do. */
  silenceThenDrop(): void {
    const links = [...this.#links];
    this.silence();
    setTimeout(() => {
      for (const { client } of links) client.destroy();
    }, SILENCE_MS);
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #link(client: Socket, gate: Socket): void {
    const link = { client, gate };
    this.#links.add(link);
    for (const [socket, other] of [
      [client, gate],
      [gate, client],
    ] as const) {
      // An error is followed by close.
      socket.on('error', () => {});
      socket.on('close', () => {
        other.destroy();
        this.#links.delete(link);
      });
    }
    if (this.#isCut) {
      client.destroy();
      return;
    }
    client.pipe(gate);
    if (this.#silencesNext) gate.resume();
    else gate.pipe(client);
    this.#silencesNext = false;
  }
}
