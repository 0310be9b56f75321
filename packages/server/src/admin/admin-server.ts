import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../telemetry/metrics.ts';

/** What must be true for the server to take traffic: the name of each condition and whether it holds. */
export type Readiness = () => Record<string, boolean>;

/** HTTP for operators: `/health/live`, `/health/ready`, `/metrics`. */
export class AdminServer {
  readonly #server: Server;
  readonly #readiness: Readiness;
  readonly #metrics: Metrics;

  constructor(options: { readiness: Readiness; metrics: Metrics }) {
    this.#readiness = options.readiness;
    this.#metrics = options.metrics;
    this.#server = createServer((request, response) => {
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const path = (request.url ?? '/').split('?', 1)[0]!;
      if (!isRead) reply(response, 405, 'text/plain', 'only GET and HEAD are allowed\n');
      else void this.#answer(path, response);
    });
  }

  async listen(host: string, port: number): Promise<{ host: string; port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return { host, port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(path: string, response: ServerResponse): Promise<void> {
    try {
      if (path === '/health/live') return reply(response, 200, 'application/json', '{"status":"live"}\n');
      if (path === '/health/ready') return this.#answerReady(response);
      if (path === '/metrics') return reply(response, 200, this.#metrics.contentType, await this.#metrics.text());
      reply(response, 404, 'text/plain', 'there are /health/live, /health/ready and /metrics\n');
    } catch {
      // A failing collector is the only way here; the caller sees that metrics are missing.
      reply(response, 500, 'text/plain', 'the page could not be made\n');
    }
  }

  #answerReady(response: ServerResponse): void {
    const checks = this.#readiness();
    const isReady = Object.values(checks).every(Boolean);
    const body = JSON.stringify({ status: isReady ? 'ready' : 'not ready', checks });
    reply(response, isReady ? 200 : 503, 'application/json', `${body}\n`);
  }
}

function reply(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
