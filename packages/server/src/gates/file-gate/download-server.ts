import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseFileLink } from '../../files/file-links.ts';
import type { FileLookup, FoundFile } from '../../files/file-lookup.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { fileHeaders } from './file-headers.ts';

export type DownloadServerOptions = {
  lookup: FileLookup;
  connectionsMax: number;
  /** A response that takes longer is broken off. */
  timeoutMs: number;
  log: Logger;
};

const HEAD_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5000;
/** Of Node's own check of the two above. */
const CHECK_INTERVAL_MS = 1000;
/** What a refusal says of the file, or of the connection. */
const KEPT_HEADERS = ['content-range', 'connection'];

/**
 * HTTP for downloads: GET and HEAD of `/files/…` and `/thumbnails/…`, whole or one range. Bytes stream from the store to
 * the socket as fast as the client reads.
 */
export class DownloadServer {
  readonly #options: DownloadServerOptions;
  readonly #server: Server;
  readonly #statuses = new Map<number, number>();
  #isDraining = false;
  sentBytes = 0;

  constructor(options: DownloadServerOptions) {
    this.#options = options;
    this.#server = createServer(
      {
        headersTimeout: HEAD_TIMEOUT_MS,
        requestTimeout: HEAD_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
      },
      (request, response) => void this.#handle(request, response),
    );
    this.#server.maxConnections = options.connectionsMax;
  }

  /** How many responses there were of each status. */
  *statuses(): Iterable<readonly [{ status: string }, number]> {
    for (const [status, count] of this.#statuses) yield [{ status: String(status) }, count];
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

  /** Frees the port; downloads that have begun go on. */
  stopAccepting(): void {
    this.#isDraining = true;
    this.#server.close();
  }

  async close(): Promise<void> {
    this.stopAccepting();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isDraining) response.setHeader('connection', 'close');
    try {
      await this.#answer(request, response);
    } catch (error) {
      if (response.headersSent) {
        // The client has gone or was too slow; it sees that bytes are missing.
        response.destroy();
      } else {
        response.removeHeader('content-range');
        this.#options.log.warn('a download failed', { cause: String(error) });
        this.#refuse(response, 503, 'the file cannot be read now; try again later');
      }
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    if (method === 'OPTIONS') return this.#allowCrossOrigin(response);
    if (method !== 'GET' && method !== 'HEAD') return this.#refuse(response, 405, 'only GET and HEAD are allowed');
    const link = parseFileLink((request.url ?? '').split('?', 1)[0]!);
    const file = link === undefined ? undefined : await this.#options.lookup.find(link);
    if (file === undefined) return this.#refuse(response, 404, 'there is no such file');
    const etag = `"${file.key}"`;
    for (const [name, value] of fileHeaders(file, etag)) response.setHeader(name, value);
    if (isNamedIn(request.headers['if-none-match'], etag)) return this.#end(response, 304);
    const range = rangeOf(request, etag, file.size);
    if (range === 'unsatisfiable') {
      response.setHeader('content-range', `bytes */${file.size}`);
      return this.#refuse(response, 416, `the file has ${file.size} bytes`);
    }
    const { start, end } = range === 'whole' ? { start: 0, end: file.size } : range;
    const status = range === 'whole' ? 200 : 206;
    response.setHeader('content-length', end - start);
    if (status === 206) response.setHeader('content-range', `bytes ${start}-${end - 1}/${file.size}`);
    if (method === 'HEAD' || start === end) return this.#end(response, status);
    await this.#send(response, status, file, { start, end });
  }

  async #send(response: ServerResponse, status: number, file: FoundFile, { start, end }: ByteRange): Promise<void> {
    const stream = await this.#options.lookup.read(file, start, end);
    this.#count(status);
    response.writeHead(status);
    response.flushHeaders();
    stream.on('data', (chunk: Uint8Array) => {
      this.sentBytes += chunk.length;
    });
    await pipeline(stream, response, { signal: AbortSignal.timeout(this.#options.timeoutMs) });
  }

  /** Pages may fetch files; a link that cannot be guessed is all the permission that there is. */
  #allowCrossOrigin(response: ServerResponse): void {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-methods', 'GET, HEAD');
    response.setHeader('access-control-allow-headers', 'range, if-none-match, if-range');
    response.setHeader('access-control-max-age', '86400');
    this.#end(response, 204);
  }

  #refuse(response: ServerResponse, status: number, text: string): void {
    const body = `${text}\n`;
    for (const name of response.getHeaderNames()) if (!KEPT_HEADERS.includes(name)) response.removeHeader(name);
    response.setHeader('content-type', 'text/plain');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-length', Buffer.byteLength(body));
    if (status === 405) response.setHeader('allow', 'GET, HEAD, OPTIONS');
    this.#count(status);
    response.writeHead(status);
    response.end(body);
  }

  #end(response: ServerResponse, status: number): void {
    this.#count(status);
    response.writeHead(status);
    response.end();
  }

  #count(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }
}

/** If-Range asks for the whole file when it is another one than the client has a part of. */
function rangeOf(request: IncomingMessage, etag: string, size: number): ReturnType<typeof parseByteRange> {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return 'whole';
  return parseByteRange(request.headers.range, size);
}

function isNamedIn(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((part) => ['*', etag, `W/${etag}`].includes(part.trim()));
}
