import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string) => createHmac('sha256', key).update(data).digest();

export const S3_CREDENTIALS = { accessKeyId: 'TESTKEY', secretAccessKey: 'test/secret+key', region: 'eu-test-1' };

/**
 * As much of S3 as a store needs, path style: PUT, GET with a range, DELETE. Unlike the ones that npm has, it checks the
 * signature (version 4) of every request.
 */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Called when an object is kept, before the answer. */
  onPut: (key: string) => void | Promise<void> = () => {};
  /** Statuses to answer the next requests with instead. */
  readonly failures: number[] = [];
  /** Where the next requests are sent on to instead. */
  readonly redirects: { status: number; to: string }[] = [];
  /** So many answers begin and never end. */
  endless = 0;
  requests = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const body = await buffer(request);
    const redirect = this.redirects.shift();
    if (redirect !== undefined) {
      response.setHeader('location', redirect.to);
      return end(response, redirect.status);
    }
    if (this.endless > 0) {
      this.endless -= 1;
      response.writeHead(200).flushHeaders();
      return;
    }
    const failure = this.failures.shift();
    if (failure !== undefined) return end(response, failure, '<Error><Code>SlowDown</Code></Error>');
    if (!isSigned(request, body)) return end(response, 403, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
    const key = request.url!;
    if (request.method === 'PUT') {
      this.objects.set(key, body);
      await this.onPut(key);
      return end(response, 200);
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return end(response, 204);
    }
    const found = this.objects.get(key);
    if (found === undefined) return end(response, 404, '<Error><Code>NoSuchKey</Code></Error>');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range === null) return end(response, 200, found);
    const [start, last] = [Number(range[1]), Number(range[2])];
    if (start >= found.length) return end(response, 416);
    response.setHeader('content-range', `bytes ${start}-${last}/${found.length}`);
    end(response, 206, found.subarray(start, last + 1));
  }
}

function end(response: ServerResponse, status: number, body: string | Uint8Array = ''): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** AWS Signature Version 4, as its documentation describes it. */
function isSigned(request: IncomingMessage, body: Uint8Array): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;
  const match = pattern.exec(request.headers.authorization ?? '');
  if (match === null) return false;
  const [, keyId, date, region, signedHeaders, signature] = match;
  if (keyId !== S3_CREDENTIALS.accessKeyId || region !== S3_CREDENTIALS.region) return false;
  const contentHash = request.headers['x-amz-content-sha256'] as string;
  if (contentHash !== 'UNSIGNED-PAYLOAD' && contentHash !== sha256(body)) return false;
  const names = signedHeaders!.split(';');
  const canonical = [
    request.method,
    request.url,
    '',
    ...names.map((name) => `${name}:${request.headers[name]}`),
    '',
    signedHeaders,
    contentHash,
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const keys = [date!, region!, 's3', 'aws4_request'];
  const key = keys.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${S3_CREDENTIALS.secretAccessKey}`);
  return hmac(key, text).toString('hex') === signature;
}
