import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import { checkKey, type FileStore } from './file-store.ts';

export type S3Settings = {
  /** Address of the service, such as `https://s3.eu-central-1.amazonaws.com`; the bucket is the first part of the path. */
  endpoint: string;
  region: string;
  bucket: string;
  /** Comes before every key, such as `parley/`. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
};

/** Until the answer begins; a body may take longer. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Of a request that the service answered with 429 or a failure of its own; the library waits longer each time. */
const RETRIES = 3;

/** Objects of a bucket of any service that speaks the protocol of S3. */
export class S3FileStore implements FileStore {
  readonly #client: AwsClient;
  readonly #base: string;

  constructor(settings: S3Settings) {
    const { accessKeyId, secretAccessKey, region } = settings;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
    this.#base = `${settings.endpoint.replace(/\/+$/, '')}/${settings.bucket}/${settings.prefix}`;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    // Bytes of a packet are never shared memory, which is all that the type of fetch objects to.
    const body = bytes as Uint8Array<ArrayBuffer>;
    const headers = { 'content-type': 'application/octet-stream' };
    await finish(await this.#request('PUT', key, { body, headers }), [200]);
  }

  async read(key: string, start: number, end: number): Promise<Readable | undefined> {
    const response = await this.#request('GET', key, { headers: { range: `bytes=${start}-${end - 1}` } });
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (response.status !== 206 || response.body === null) await finish(response, []);
    return Readable.fromWeb(response.body as ReadableStream);
  }

  async remove(key: string): Promise<void> {
    await finish(await this.#request('DELETE', key, {}), [200, 204, 404]);
  }

  async #request(
    method: string,
    key: string,
    init: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> },
  ): Promise<Response> {
    checkKey(key);
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), ANSWER_TIMEOUT_MS);
    try {
      return await this.#client.fetch(`${this.#base}${key}`, { method, signal: timeUp.signal, ...init });
    } catch (cause) {
      throw new Error(`the object store does not answer ${method}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Reads an answer to its end, so that its connection can be used again. @throws Error for an unexpected status. */
async function finish(response: Response, expected: readonly number[]): Promise<void> {
  const text = await response.text();
  if (expected.includes(response.status)) return;
  throw new Error(`the object store answered ${response.status}: ${text.slice(0, 300)}`);
}
