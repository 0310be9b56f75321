import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { ListenerFixture } from './listener-fixture.ts';

/** A whole response. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request. The default method is GET. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** Sends one request on a connection of its own. */
export function ask(fixture: ListenerFixture, { method = 'GET', path, body, headers = {} }: Ask): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: fixture.port, method, path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
